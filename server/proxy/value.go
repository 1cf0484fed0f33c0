package proxy

import (
	"net/netip"
	"strconv"
	"strings"
)

// parseNode reads whom a request comes from: RFC 7239, 6. There is no address where that is a secret
// or nobody knows. An IPv6 address may come without its brackets, as in X-Forwarded-For.
func parseNode(node string) (addr netip.Addr, port string, err error) {
	name, port := node, ""
	if addr, err := netip.ParseAddr(node); err == nil && addr.Zone() == "" {
		return addr.Unmap(), "", nil
	}
	if i := strings.LastIndexByte(node, ':'); i > strings.LastIndexByte(node, ']') {
		name, port = node[:i], node[i+1:]
		if !isPort(port) && !isObfuscated(port) && node != "unix:" {
			return netip.Addr{}, "", wrongNode(node)
		}
	}
	nobody := node == "" || node == "unix:" || strings.EqualFold(name, "unknown") // nginx says unix:
	if nobody || isObfuscated(name) {
		return netip.Addr{}, "", nil
	}
	if !isPort(port) {
		port = ""
	}
	bare, isV6 := strings.CutPrefix(name, "[")
	if bare = strings.TrimSuffix(bare, "]"); isV6 && name != "["+bare+"]" {
		return netip.Addr{}, "", wrongNode(node)
	}
	addr, err = netip.ParseAddr(bare)
	if err != nil || addr.Zone() != "" || addr.Is6() != isV6 {
		return netip.Addr{}, "", wrongNode(node)
	}
	return addr.Unmap(), port, nil
}

func wrongNode(node string) error {
	return errorf("a trusted proxy says that the request comes from %q, which is no address", node)
}

// isObfuscated reports whether s is a name that a proxy has made up: RFC 7239, 6.3.
func isObfuscated(s string) bool {
	return len(s) > 1 && s[0] == '_' && !strings.ContainsFunc(s, func(c rune) bool { return !isNameRune(c) })
}

// isHost reports whether s is a host, with or without a port, as it stands in the field Host.
func isHost(s string) bool {
	name := s
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		if name = s[:i]; !isPort(s[i+1:]) {
			return false
		}
	}
	if strings.HasPrefix(name, "[") {
		addr, err := netip.ParseAddr(strings.TrimSuffix(name[1:], "]"))
		return err == nil && addr.Is6() && addr.Zone() == "" && name[len(name)-1] == ']'
	}
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool { return !isNameRune(c) })
}

func isNameRune(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_'
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

// isPrefix reports whether a path may begin with s, which ends in no slash and may be empty. With
// two slashes in front it would be another host.
func isPrefix(s string) bool {
	if s == "" {
		return true
	}
	visible := !strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c >= 0x7f })
	return s[0] == '/' && !strings.HasPrefix(s, "//") && visible && !strings.ContainsAny(s, `\?#"<>`)
}
