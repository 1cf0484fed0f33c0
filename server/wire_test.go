package server

import (
	"fmt"
	"strings"
	"testing"
)

func TestOddTargetsOnTheWire(t *testing.T) {
	s, logs := newServer(t, Config{Pages: echoPage, Root: site(t, map[string]string{"index.html": "home", "docs/index.html": "docs"})})
	addr := serve(t, s)
	tests := []struct{ name, line, status, part string }{
		{"absolute form", "GET http://x/docs/ HTTP/1.1", "200", "docs"},
		{"absolute form without path", "GET http://x HTTP/1.1", "200", "home"},
		{"options of everything", "OPTIONS * HTTP/1.1", "204", "Allow: GET, HEAD, POST"},
		{"options of a host", "OPTIONS http://x HTTP/1.1", "204", "Allow: GET, HEAD, POST"},
		{"star is for options", "GET * HTTP/1.1", "400", ""},
		{"no proxy", "CONNECT example.com:443 HTTP/1.1", "501", ""},
		{"rootless", "GET docs HTTP/1.1", "400", ""},
		{"opaque", "GET mailto:x HTTP/1.1", "400", ""},
		{"opaque options", "OPTIONS mailto:x HTTP/1.1", "400", ""},
		{"dot dot", "GET /docs/../index.html HTTP/1.1", "400", ""},
		{"encoded dot dot", "GET /docs/%2e%2e/index.html HTTP/1.1", "400", ""},
		{"other host", "GET //evil.example/.. HTTP/1.1", "400", ""},
		{"other host that is a folder", "GET //docs HTTP/1.1", "301", "Location: ../docs/\r\n"},
		{"encoded line break", "GET /docs/%0d%0aX:y HTTP/1.1", "200", "page GET /docs/%0d%0aX:y"},
		{"NUL", "GET /%00 HTTP/1.1", "400", ""},
		{"broken escape", "GET /%2 HTTP/1.1", "400", ""},
		{"raw bytes", "GET /\xff\xc2\x85 HTTP/1.1", "200", "page GET"},
		{"encoded slash beside a bare quote", `GET /docs%2F" HTTP/1.1`, "200", "page GET"},
		{"http/1.0", "GET / HTTP/1.0", "200", "home"},
		{"empty query", "GET /docs? HTTP/1.1", "301", "Location: ./docs/\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := exchange(t, addr, tt.line+"\r\nHost: x\r\nConnection: close\r\n\r\n")
			if fields := strings.Fields(got); len(fields) < 2 || fields[1] != tt.status || !strings.Contains(got, tt.part) {
				t.Errorf("%s: %q, want %s with %q", tt.line, got, tt.status, tt.part)
			}
			if strings.Contains(got, "Location: //") {
				t.Errorf("%s leads elsewhere: %q", tt.line, got)
			}
		})
	}
	if n := len(logs.lines("OPTIONS path=* status=204")); n != 1 {
		t.Errorf("%d access lines of OPTIONS *, want one", n)
	}
}

func TestLargeHeadIsRefused(t *testing.T) {
	s, _ := newServer(t, Config{})
	head := fmt.Sprintf("GET / HTTP/1.1\r\nHost: x\r\nX-A: %s\r\n\r\n", strings.Repeat("a", 40<<10))
	if got := exchange(t, serve(t, s), head); !strings.HasPrefix(got, "HTTP/1.1 431 ") {
		t.Errorf("got %.60q, want 431", got)
	}
}
