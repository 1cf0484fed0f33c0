package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// whoPage answers with what a page gets to see of whom it answers.
var whoPage = pageFunc(func(w http.ResponseWriter, r *http.Request) error {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	_, err := fmt.Fprintf(w, "%s %s://%s", r.RemoteAddr, scheme, r.Host)
	return err
})

func TestTrustedProxyDecidesWhomAPageSees(t *testing.T) {
	t.Parallel()
	const head = "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: example.org\r\n"
	for _, std := range []bool{false, true} {
		s, log := newServer(t, Config{TrustProxy: []string{"127.0.0.1"}, Pages: whoPage, StdHTTP: std})
		got := exchange(t, serve(t, s), "GET /x HTTP/1.1\r\nHost: internal\r\nConnection: close\r\n"+head+"\r\n")
		if !strings.HasSuffix(got, "192.0.2.1 https://example.org") {
			t.Errorf("std %v: %q", std, got)
		}
		eventually(t, "the client in the access log", func() bool { return len(log.lines(" remote=192.0.2.1\n")) == 1 })

		s, log = newServer(t, Config{TrustProxy: []string{"127.0.0.2"}, Pages: whoPage, StdHTTP: std})
		got = exchange(t, serve(t, s), "GET /x HTTP/1.1\r\nHost: internal\r\nConnection: close\r\n"+head+"\r\n")
		if _, body, _ := strings.Cut(got, "\r\n\r\n"); !strings.HasPrefix(body, "127.0.0.1:") || !strings.HasSuffix(body, " http://internal") {
			t.Errorf("std %v, not trusted: %q", std, got)
		}
		eventually(t, "the peer in the access log", func() bool { return len(log.lines(" remote=127.0.0.1:")) == 1 })
	}
}

func TestWhatATrustedProxyCannotMeanIsRefused(t *testing.T) {
	t.Parallel()
	s, log := newServer(t, Config{TrustProxy: []string{"192.0.2.0/24"}, Pages: whoPage}) // where httptest's requests come from
	for range 3 {
		if w := do(s, "GET", "/x", "X-Forwarded-Proto: gopher\u202e"); w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), "gopher") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if lines := log.lines("WARN"); len(lines) != 1 || !strings.Contains(lines[0], "gopher") || strings.Contains(lines[0], "\u202e") {
		t.Errorf("it should be said once, in one line: %q", lines)
	}
	if lines := log.lines("status=400"); len(lines) != 3 {
		t.Errorf("access lines: %q", lines)
	}
}

func TestRedirectsKeepWhatAProxyHasTakenOffThePath(t *testing.T) {
	t.Parallel()
	s, _ := newServer(t, Config{
		TrustProxy: []string{"192.0.2.0/24"}, Root: site(t, map[string]string{"docs/index.html": ""}),
		Redirects: []Redirect{{From: "/old", To: "/new"}, {From: "/away", To: "https://example.org/"}},
	})
	for target, want := range map[string]string{"/old": "/app/new", "/away": "https://example.org/", "/docs": "./docs/"} {
		if got := do(s, "GET", target, "X-Forwarded-Prefix: /app").Header().Get("Location"); got != want {
			t.Errorf("%s is redirected to %s, want %s", target, got, want)
		}
	}
	other, _ := newServer(t, Config{Redirects: []Redirect{{From: "/old", To: "/new"}}})
	if got := do(other, "GET", "/old", "X-Forwarded-Prefix: /app").Header().Get("Location"); got != "/new" {
		t.Errorf("somebody who is not trusted sends visitors to %s", got)
	}
}

func TestPeersOfUnixSockets(t *testing.T) {
	t.Parallel()
	for trust, want := range map[string]string{"": "unix http://internal", "unix": "192.0.2.1 http://internal"} {
		s, _ := newServer(t, Config{TrustProxy: strings.Fields(trust), Pages: whoPage})
		ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "socket"))
		must(t, err)
		serveOn(t, s, ln)
		conn, err := net.Dial("unix", ln.Addr().String())
		must(t, err)
		defer conn.Close()
		_, err = io.WriteString(conn, "GET /x HTTP/1.1\r\nHost: internal\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")
		must(t, err)
		if _, body := readAnswer(t, bufio.NewReader(conn), "GET"); body != want {
			t.Errorf("with trust in %q: %q, want %q", trust, body, want)
		}
	}
}
