package server

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

func TestPathIsSplitBeforeItIsDecoded(t *testing.T) {
	tests := []struct {
		name, raw string
		want      target
	}{
		{"root", "/", target{"", true, true}},
		{"file", "/a.html", target{"a.html", false, true}},
		{"folder", "/a/b/", target{"a/b", true, true}},
		{"escapes", "/caf%C3%A9/a%20b", target{"café/a b", false, true}},
		{"bare UTF-8", "/café", target{"café", false, true}},
		{"escaped percent is decoded once", "/100%2525", target{"100%25", false, true}},
		{"plus is a plus", "/a+b", target{"a+b", false, true}},
		{"empty segments", "//a///b//", target{"a/b", true, true}},
		{"nothing but slashes", "///", target{"", true, true}},
		{"three dots", "/.../x", target{"", false, false}},
		{"dots within", "/a..b/c.", target{"a..b/c.", false, true}},
		{"encoded slash", "/a%2Fb", target{"", false, false}},
		{"backslash", `/a\b`, target{"", false, false}},
		{"encoded backslash", "/a%5cb/c/", target{"", true, false}},
		{"dot name", "/.git/config", target{"", false, false}},
		{"encoded dot name", "/%2egit", target{"", false, false}},
		{"dot name below", "/a/.env", target{"", false, false}},
		{"well-known", "/.well-known/security.txt", target{".well-known/security.txt", false, true}},
		{"well-known below", "/a/.well-known/x", target{"", false, false}},
		{"dot name in well-known", "/.well-known/.x", target{"", false, false}},
		{"overlong UTF-8", "/%c0%ae%c0%ae/x", target{"", false, false}},
		{"invalid UTF-8", "/%ff", target{"", false, false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseTarget(tt.raw)
			if err != nil || got != tt.want {
				t.Errorf("parseTarget(%q) = %+v, %v, want %+v", tt.raw, got, err, tt.want)
			}
		})
	}
}

func TestPathIsRefused(t *testing.T) {
	tests := []struct{ name, raw string }{
		{"empty", ""},
		{"no slash", "a"},
		{"star", "*"},
		{"dot", "/./a"},
		{"dot at the end", "/a/."},
		{"dot dot", "/../a"},
		{"dot dot at the end", "/a/.."},
		{"encoded dot dot", "/%2e%2E/a"},
		{"half encoded dot dot", "/.%2e/a"},
		{"dot dot after an encoded slash", "/a%2F..%2fb"},
		{"dot dot after a backslash", `/..\..\a`},
		{"dot dot after an encoded backslash", "/a%5C..%5Cb"},
		{"two slashes and dot dot", "//evil.example/.."},
		{"NUL", "/a%00.html"},
		{"bare NUL", "/a\x00"},
		{"broken escape", "/%zz"},
		{"cut escape", "/a%2"},
		{"lone percent", "/%"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseTarget(tt.raw)
			if statusOf(err) != http.StatusBadRequest || got != (target{}) {
				t.Errorf("parseTarget(%q) = %+v, %v, want status 400", tt.raw, got, err)
			}
		})
	}
}

func TestRawPathKeepsEncodedSlashes(t *testing.T) {
	tests := []struct{ name, sent, want string }{
		{"plain", "/a/b", "/a/b"},
		{"encoded slash", "/a%2Fb", "/a%2Fb"},
		{"encoded slash beside a bare quote", `/a%2Fb"`, `/a%2Fb"`},
		{"percent", "/a%25b", "/a%25b"},
		{"query", "/a?b=/../c", "/a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := url.ParseRequestURI(tt.sent)
			must(t, err)
			if got := rawPath(u); got != tt.want {
				t.Errorf("rawPath(%q) = %q, want %q", tt.sent, got, tt.want)
			}
		})
	}
	changed := &url.URL{Path: "/b", RawPath: "/a%2Fb"} // by a middleware that knows one of the two
	if got := rawPath(changed); got != "/b" {
		t.Errorf("rawPath with a RawPath of another path = %q, want /b", got)
	}
}

func TestRedirectNamesThisHost(t *testing.T) {
	tests := []struct{ name, path, folder, query, want, leads string }{
		{"folder", "/a/b", "a/b", "", "./b/", "/a/b/"},
		{"query", "/a", "a", "x=1&y=/..//", "./a/?x=1&y=/..//", "/a/?x=1&y=/..//"},
		{"slashes in front", "//evil.example", "evil.example", "", "../evil.example/", "/evil.example/"},
		{"slashes in a row", "//a///b", "a/b", "", "../../../../a/b/", "/a/b/"},
		{"colon", "/http:", "http:", "", "./http:/", "/http:/"},
		{"colon and slashes", "//http:", "http:", "", "../http:/", "/http:/"},
		{"space and percent", "/a b%", "a b%", "", "./a%20b%25/", "/a%20b%25/"},
		{"line break in the query", "/a", "a", "x\r\nSet-Cookie: y", "./a/?x%0D%0ASet-Cookie:%20y", "/a/?x%0D%0ASet-Cookie:%20y"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := folderURL(&url.URL{Path: tt.path, RawQuery: tt.query}, tt.folder)
			if got != tt.want {
				t.Errorf("for %q it is %q, want %q", tt.path, got, tt.want)
			}
			for _, prefix := range []string{"", "/app", "/app/x"} { // which a proxy has taken away
				asked := prefix + (&url.URL{Path: tt.path}).EscapedPath()
				w := httptest.NewRecorder()
				w.Header().Set("Location", got)
				if leads := leadsTo(t, asked, w); leads != prefix+tt.leads {
					t.Errorf("from %s it leads to %s", asked, leads)
				}
			}
		})
	}
}

// FuzzPath: no path is answered with a byte from outside the folder, what is looked up is a
// local name with at most as many segments as were sent, and pages never see a dot-dot.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"/", "/in.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", `/..\secret.txt`,
		"/sub/../../secret.txt", "/link/secret.txt", "/%c0%ae%c0%ae/secret.txt", "//secret.txt",
		"/htmlx/secret.txt", "/sub/%00", "/up", "/a%2Fb", "/%", "/.well-known/x", "*", "",
	} {
		f.Add(seed)
	}
	parent := site(f, map[string]string{
		"secret.txt": "SECRET", "htmlx/secret.txt": "SECRET", "html/in.txt": "in",
		"html/sub/index.html": "sub", "html/.env": "SECRET",
	})
	root := filepath.Join(parent, "html")
	symlink(f, "..", filepath.Join(root, "up"))
	symlink(f, "../secret.txt", filepath.Join(root, "link"))
	s, _ := newServer(f, Config{Root: root, Logger: quiet, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		for segment := range strings.SplitSeq(strings.ReplaceAll(r.URL.Path, `\`, "/"), "/") {
			if segment == "." || segment == ".." {
				f.Errorf("a page was given the path %q", r.URL.Path)
			}
		}
		return fs.ErrNotExist
	})})
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := parseTarget(raw)
		if err != nil && got != (target{}) {
			t.Errorf("%q is refused, and yet %+v", raw, got)
		}
		if got.name != "" {
			if !filepath.IsLocal(got.name) || !fs.ValidPath(got.name) {
				t.Errorf("%q becomes the name %q", raw, got.name)
			}
			if sent, looked := strings.Count(raw, "/"), strings.Count(got.name, "/")+1; looked > sent {
				t.Errorf("%q has %d segments, %q has %d", raw, sent, got.name, looked)
			}
		}
		u, err := url.ParseRequestURI(raw)
		if err != nil {
			return
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.URL, r.RequestURI = u, raw
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if strings.Contains(w.Body.String(), "SECRET") || w.Code >= 500 {
			t.Errorf("GET %q: status %d, body %q", raw, w.Code, w.Body)
		}
	})
}

// FuzzRedirect: whatever path and query are, a Location to a folder is relative, and has neither a
// backslash nor a byte that is not visible.
func FuzzRedirect(f *testing.F) {
	f.Add("/sub", "")
	f.Add("//sub", "a=b")
	f.Add("//evil.example/..", "")
	f.Add("//evil.example", "x\r\ny")
	f.Add("/%2Fevil.example", "//")
	f.Add("/http:", "")
	f.Add("///%5cevil.example", "%0d")
	s, _ := newServer(f, Config{Logger: quiet, Root: site(f, map[string]string{
		"sub/index.html": "", "evil.example/index.html": "", "http:/index.html": "", "a b/c/index.html": "",
	})})
	f.Fuzz(func(t *testing.T, path, query string) {
		check := func(location string) {
			if !strings.HasPrefix(location, "./") && !strings.HasPrefix(location, "../") ||
				strings.ContainsFunc(location, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
				t.Errorf("%q?%q redirects to %q", path, query, location)
			}
			if before, _, _ := strings.Cut(location, "?"); strings.Contains(before, `\`) {
				t.Errorf("%q?%q redirects to %q", path, query, location)
			}
		}
		u, err := url.ParseRequestURI(path)
		if err != nil {
			return
		}
		u.RawQuery = query
		r := httptest.NewRequest("GET", "/", nil)
		r.URL, r.RequestURI = u, path
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if location := w.Header().Get("Location"); location != "" || w.Code/100 == 3 {
			check(location)
		}
	})
}
