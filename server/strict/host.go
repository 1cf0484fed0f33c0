package strict

import (
	"net/netip"
	"strings"
)

// IsHostPort reports whether s is a host that is not empty, with or without a port:
// RFC 9110, 7.2, and RFC 3986, 3.2.2.
func IsHostPort(s string) bool {
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		return end > 0 && isIPLiteral(s[1:end]) && isPort(s[end+1:])
	}
	if i := strings.IndexByte(s, ':'); i >= 0 {
		return isRegName(s[:i]) && isPort(s[i:])
	}
	return isRegName(s)
}

// isPort reports whether s is nothing, or a colon and a port, which may have no digits:
// RFC 3986, 3.2.3.
func isPort(s string) bool {
	if s == "" {
		return true
	}
	port := 0
	for i := 1; i < len(s); i++ {
		digit := int(s[i]) - '0'
		if digit < 0 || digit > 9 {
			return false
		}
		if port = 10*port + digit; port > 65535 {
			return false
		}
	}
	return s[0] == ':'
}

// isRegName reports whether s is a reg-name (an IPv4 address is one, too) that is not empty.
func isRegName(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if i+2 >= len(s) || Unhex(s[i+1]) < 0 || Unhex(s[i+2]) < 0 {
				return false
			}
			i += 2
		} else if octets[s[i]]&classHost == 0 {
			return false
		}
	}
	return s != ""
}

// isIPLiteral reports whether s may stand between brackets: an IPv6 address, which has no zone
// in RFC 3986, or an IPvFuture.
func isIPLiteral(s string) bool {
	if s != "" && (s[0] == 'v' || s[0] == 'V') {
		return isIPvFuture(s[1:])
	}
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// isIPvFuture reports whether s, after its "v", is a version, a dot and an address of that version.
func isIPvFuture(s string) bool {
	version, addr, _ := strings.Cut(s, ".")
	for i := 0; i < len(version); i++ {
		if Unhex(version[i]) < 0 {
			return false
		}
	}
	for i := 0; i < len(addr); i++ {
		if octets[addr[i]]&classHost == 0 && addr[i] != ':' {
			return false
		}
	}
	return version != "" && addr != ""
}

// Unhex returns the value of a hexadecimal digit, or -1.
func Unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
