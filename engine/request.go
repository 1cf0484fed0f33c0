package engine

import (
	"net"
	"net/http"
	"strings"
	"unicode/utf8"
)

// text makes Unicode of bytes from the wire: UTF-8 where it is valid, else Latin-1.
func text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// requestURI returns the request target as sent.
func requestURI(r *http.Request) string {
	if r.RequestURI != "" {
		return text(r.RequestURI)
	}
	return text(r.URL.RequestURI()) // made by a program, not by a server
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// serverAddr returns the host that the client asked for, and the port that it reached.
func serverAddr(r *http.Request) (host, port string) {
	port = "80"
	if r.TLS != nil {
		port = "443"
	}
	host, named, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = strings.Trim(r.Host, "[]")
	} else if named != "" {
		port = named
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		localHost, localPort, err := net.SplitHostPort(local.String())
		if err == nil {
			port = localPort
		}
		if host == "" {
			host = localHost
		}
	}
	if host == "" {
		host = "localhost"
	}
	return text(host), port
}
