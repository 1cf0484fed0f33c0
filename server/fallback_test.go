package server

import (
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"testing"
)

// pageUnder answers a path and what is below it, and nothing else.
func pageUnder(prefix string) Pages {
	return pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		if r.URL.Path != prefix && !strings.HasPrefix(r.URL.Path, prefix+"/") {
			return fmt.Errorf("no page for it: %w", fs.ErrNotExist)
		}
		_, err := fmt.Fprint(w, "page ", r.URL.Path)
		return err
	})
}

func TestFallbackIsForPagesOnly(t *testing.T) {
	root := site(t, map[string]string{"index.html": "app", "a.txt": "a", "files/a": "", "404.html": "not found"})
	s, _ := newServer(t, Config{Root: root, Fallback: "index.html", Pages: pageUnder("/api")})
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	for _, test := range []struct {
		request, accept string
		status          int
		body            string
	}{
		{"GET /users/7", browser, 200, "app"},
		{"GET /users/", browser, 200, "app"},
		{"GET /v1.2/users", browser, 200, "app"},
		{"GET /files", browser, 200, "app"},
		{"HEAD /users/7", browser, 200, ""},
		{"POST /users/7", browser, 404, "not found"},
		{"GET /users/7", "*/*", 404, "not found"},
		{"GET /users/7", "", 404, "not found"},
		{"GET /users/7", "application/json", 404, "not found"},
		{"GET /users/7", "text/html;q=0, */*", 404, "not found"},
		{"GET /missing.js", browser, 404, "not found"},
		{"GET /users/ada.lovelace", browser, 404, "not found"},
		{"GET /.git/config", browser, 404, "not found"},
		{"GET /a.txt", browser, 200, "a"},
		{"GET /api/x", browser, 200, "page /api/x"},
		{"GET /a%00b", browser, 400, ""},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		w := do(s, method, path, "Accept: "+test.accept)
		if w.Code != test.status || test.status != 400 && w.Body.String() != test.body {
			t.Errorf("%s with Accept %q: %d %q, want %d %q", test.request, test.accept, w.Code, w.Body, test.status, test.body)
		}
	}
	for path, vary := range map[string]string{"/users/7": "Accept", "/missing.js": ""} {
		if w := do(s, "GET", path, "Accept: application/json"); w.Code != 404 || w.Header().Get("Vary") != vary {
			t.Errorf("%s for a program: %d that varies by %q, want %q", path, w.Code, w.Header().Get("Vary"), vary)
		}
	}
	w := do(s, "GET", "/users/7", "Accept: text/html")
	if h := w.Header(); h.Get("Vary") != "Accept" || h.Get("Etag") == "" || h.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("the headers are %v", h)
	}
	if w := do(s, "GET", "/users/7", "Accept: text/html", "If-None-Match: "+w.Header().Get("Etag")); w.Code != 304 {
		t.Errorf("not modified: %d", w.Code)
	}
}

func TestFallbackIsAFileOfTheSite(t *testing.T) {
	for _, name := range []string{"/index.html", "../x", "a/../b", ".env", "a//b", "a/", "."} {
		if _, err := New(Config{Root: t.TempDir(), Fallback: name}); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
	s, _ := newServer(t, Config{Root: t.TempDir(), Fallback: "index.html"})
	if w := do(s, "GET", "/x", "Accept: text/html"); w.Code != 404 {
		t.Errorf("without the file: %d", w.Code)
	}
}

func TestNearestNotFoundPage(t *testing.T) {
	root := site(t, map[string]string{
		"404.html": "top", "blog/404.html": "blog", "blog/2026/a.txt": "", "blog/2026/06/404.html": "june",
		".hidden/404.html": "hidden", "file": "",
	})
	s, _ := newServer(t, Config{Root: root, Pages: pageUnder("/none")})
	for path, want := range map[string]string{
		"/x":                                   "top",
		"/x/y/z":                               "top",
		"/blog":                                "top",
		"/blog/":                               "blog",
		"/blog/x":                              "blog",
		"/blog/x/y":                            "blog",
		"/blog/2026/x":                         "blog",
		"/blog/2026/06/x":                      "june",
		"/blog//2026//06/x":                    "june",
		"/blog/2026/06":                        "blog",
		"/.hidden/x":                           "top",
		"/blog/.x":                             "top",
		"/file/x":                              "top",
		"/b%6Cog/x":                            "blog",
		"/blog%2Fx":                            "top",
		"/" + strings.Repeat("a/", 4000) + "x": "top",
	} {
		w := do(s, "GET", path)
		if w.Code != 404 || w.Body.String() != want || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%.40s: %d %q %v, want 404 %q", path, w.Code, w.Body, w.Header(), want)
		}
	}
	if w := do(s, "HEAD", "/blog/x"); w.Code != 404 || w.Body.Len() != 0 || w.Header().Get("Content-Length") != "4" {
		t.Errorf("HEAD: %d %q %v", w.Code, w.Body, w.Header())
	}
	if before := descriptors(t); before > 0 {
		for range 20 {
			do(s, "GET", "/blog/2026/06/x")
		}
		if after := descriptors(t); after > before+2 {
			t.Errorf("%d open files before, %d after", before, after)
		}
	}
}
