package strict

import (
	"net/url"
	"strings"
)

// ParseTarget reads a request target of at most limit octets into u: RFC 9112, 3.2. The result is
// what net/http makes of the same target; what no form of the grammar allows for the method is
// refused.
//
// Octets above 0x7f and characters such as | and ^ are let through, although RFC 3986 wants them
// escaped: browsers and curl send them.
func ParseTarget(u *url.URL, method, target string, limit int) *Error {
	switch {
	case len(target) > limit:
		return ErrURILong
	case target == "" || !all(target, classTarget):
		return ErrTarget
	case method == "CONNECT":
		return parseAuthorityForm(u, target)
	case target[0] == '/':
		return parseOriginForm(u, target)
	case target == "*":
		if method != "OPTIONS" {
			return ErrTarget
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
	if all(path, classPath) && (query != "" || len(path) == len(target)) {
		*u = url.URL{Path: path, RawQuery: query}
		return nil
	}
	parsed, err := url.ParseRequestURI(target)
	if err != nil {
		return ErrTarget
	}
	*u = *parsed
	return nil
}

// parseAbsoluteForm reads a whole URL: RFC 9112, 3.2.2. Its authority is not empty and has no
// user: RFC 9110, 4.2.1 and 4.2.4. net/url knows fewer hosts than RFC 3986.
func parseAbsoluteForm(u *url.URL, target string) *Error {
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok || !EqualFold(scheme, "http") && !EqualFold(scheme, "https") {
		return ErrTarget
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	host, rest := rest[:end], rest[end:]
	if !IsHostPort(host) {
		return ErrTarget
	}
	*u = url.URL{}
	if strings.HasPrefix(rest, "/") {
		if err := parseOriginForm(u, rest); err != nil {
			return err
		}
	} else if query, has := strings.CutPrefix(rest, "?"); has {
		u.RawQuery, u.ForceQuery = query, query == ""
	}
	u.Scheme, u.Host = strings.ToLower(scheme), host
	return nil
}

// parseAuthorityForm reads the host and port of a CONNECT: RFC 9112, 3.2.3.
func parseAuthorityForm(u *url.URL, target string) *Error {
	port := target[strings.LastIndexByte(target, ':')+1:]
	if port == "" || strings.HasSuffix(port, "]") || port == target || !IsHostPort(target) {
		return ErrTarget
	}
	*u = url.URL{Host: target}
	return nil
}
