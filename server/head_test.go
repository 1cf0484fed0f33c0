package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHeadsThatOthersLetThrough has requests as the servers of other programs may give them.
func TestHeadsThatOthersLetThrough(t *testing.T) {
	t.Parallel()
	s, log := newServer(t, Config{Pages: whoPage})
	for name, change := range map[string]func(*http.Request){
		"host with slash":    func(r *http.Request) { r.Host = "a/b" },
		"target with space":  func(r *http.Request) { r.RequestURI = "/a b" },
		"space in a field":   func(r *http.Request) { r.Header["A"] = []string{" b"} },
		"two lengths":        func(r *http.Request) { r.Header["Content-Length"] = []string{"0", "1"} },
		"another host field": func(r *http.Request) { r.ProtoMajor, r.Header["Host"] = 2, []string{"i"} },
	} {
		r := httptest.NewRequest("GET", "/x", nil)
		change(r)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s: got %d, want 400", name, w.Code)
		}
	}
	if lines := log.lines("status=400"); len(lines) != 5 {
		t.Errorf("got access lines %q, want 5", lines)
	}
}

// TestHeadsThatNetHTTPLetsThrough goes over the wire, with Go's own server and with ours.
func TestHeadsThatNetHTTPLetsThrough(t *testing.T) {
	t.Parallel()
	for _, std := range []bool{false, true} {
		s, _ := newServer(t, Config{Pages: whoPage, StdHTTP: std})
		addr := serve(t, s)
		for name, head := range map[string]string{
			"fragment":       "GET /a#b HTTP/1.1\r\nHost: h\r\n",
			"host with port": "GET / HTTP/1.1\r\nHost: h:65536\r\n",
			"open bracket":   "GET / HTTP/1.1\r\nHost: [::1\r\n",
			"unknown scheme": "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n",
		} {
			if got := exchange(t, addr, head+"\r\n"); len(got) < 12 || got[9:12] != "400" || !strings.Contains(got, "Connection: close") {
				t.Errorf("std %v, %s: got %.200q, want 400 and the end", std, name, got)
			}
		}
	}
}
