package http1

import (
	"net/url"
	"strings"
)

// parseTarget reads a request target into u: RFC 9112, 3.2. The result is what net/http makes
// of the same target; what no form of the grammar allows for the method is refused.
//
// Octets above 0x7f and characters such as | and ^ are let through, although RFC 3986 wants them
// escaped: browsers and curl send them.
func parseTarget(u *url.URL, method, target string) *Error {
	switch {
	case method == "CONNECT":
		return parseAuthorityForm(u, target)
	case target[0] == '/':
		return parseOriginForm(u, target)
	case target == "*":
		if method != "OPTIONS" {
			return errTarget
		}
		*u = url.URL{Path: "*"}
		return nil
	}
	return parseAbsoluteForm(u, target)
}

// parseOriginForm reads a path with or without a query: RFC 9112, 3.2.1. The path of most
// requests has nothing that needs unescaping.
func parseOriginForm(u *url.URL, target string) *Error {
	path, query, _ := strings.Cut(target, "?")
	if !all(path, classPath) || query == "" && len(path) < len(target) {
		return parseURL(u, target)
	}
	*u = url.URL{Path: path, RawQuery: query}
	return nil
}

// parseAbsoluteForm reads a whole URL: RFC 9112, 3.2.2. Its authority is not empty and has no
// user: RFC 9110, 4.2.1 and 4.2.4.
func parseAbsoluteForm(u *url.URL, target string) *Error {
	scheme, _, ok := strings.Cut(target, "://")
	if !ok || !equalFold(scheme, "http") && !equalFold(scheme, "https") {
		return errTarget
	}
	if err := parseURL(u, target); err != nil {
		return err
	}
	if u.User != nil || !isHostPort(u.Host) {
		return errTarget
	}
	return nil
}

// parseAuthorityForm reads the host and port of a CONNECT: RFC 9112, 3.2.3.
func parseAuthorityForm(u *url.URL, target string) *Error {
	port := target[strings.LastIndexByte(target, ':')+1:]
	if port == "" || strings.HasSuffix(port, "]") || port == target || !isHostPort(target) {
		return errTarget
	}
	if err := parseURL(u, "http://"+target); err != nil {
		return err
	}
	u.Scheme = ""
	return nil
}

func parseURL(u *url.URL, target string) *Error {
	parsed, err := url.ParseRequestURI(target)
	if err != nil {
		return errTarget
	}
	*u = *parsed
	return nil
}

// isHostPort reports whether s is a host that is not empty, with or without a port:
// RFC 9110, 7.2 and RFC 3986, 3.2.2.
func isHostPort(s string) bool {
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		return end > 0 && isIPLiteral(s[1:end]) && isPort(s[end+1:])
	}
	if i := strings.IndexByte(s, ':'); i >= 0 {
		return isRegName(s[:i]) && isPort(s[i:])
	}
	return isRegName(s)
}

// isPort reports whether s is nothing, or a colon and digits, of which there may be none.
func isPort(s string) bool {
	for i := 0; i < len(s); i++ {
		if i == 0 && s[i] != ':' || i > 0 && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return len(s) <= len(":65535")
}

// isRegName reports whether s is a reg-name (an IPv4 address is one, too) that is not empty.
func isRegName(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if i+2 >= len(s) || unhex(s[i+1]) < 0 || unhex(s[i+2]) < 0 {
				return false
			}
			i += 2
		} else if octets[s[i]]&classHost == 0 {
			return false
		}
	}
	return s != ""
}

// isIPLiteral reports whether s may stand between brackets: the letters of an IPv6 address, or
// of an IPvFuture. Whether it is an address makes no difference to framing or routing.
func isIPLiteral(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; unhex(c) < 0 && c != ':' && c != '.' {
			return false
		}
	}
	return s != ""
}

// unhex returns the value of a hexadecimal digit, or -1.
func unhex(c byte) int {
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
