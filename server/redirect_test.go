package server

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestRedirectGoesWhereItSays(t *testing.T) {
	for _, test := range []struct{ from, to, target, want string }{
		{"/a", "/b", "/a", "/b"},
		{"/a", "/b", "/a?x=1", "/b?x=1"},
		{"/a", "/b?y=2", "/a?x=1", "/b?y=2"},
		{"/a", "/b#top", "/a?x=1", "/b?x=1#top"},
		{"/a", "/b?y=2#top", "/a", "/b?y=2#top"},
		{"/a", "/café und mehr", "/a", "/caf%C3%A9%20und%20mehr"},
		{"/old/*", "/new/:splat", "/old/a/b", "/new/a/b"},
		{"/old/*", "/new/:splat", "/old", "/new/"},
		{"/old/*", "/:splat", "/old//evil.example", "/evil.example"},
		{"/old/*", "/:splat", "/old/%2Fevil.example", "/%2Fevil.example"},
		{"/old/*", "/:splat", "/old/%5Cevil.example", "/%5Cevil.example"},
		{"/old/*", "/:splat/evil.example", "/old/", "/evil.example"},
		{"/old/*", "/:splat", "/old/%0D%0ASet-Cookie:%20a=b", "/%0D%0ASet-Cookie:%20a=b"},
		{"/blog/:year/:slug", "/:slug/:year-x", "/blog/2026/hi", "/hi/2026-x"},
		{"/find/*", "/search?q=:splat", "/find/a&b=c/d", "/search?q=a%26b%3Dc%2Fd"},
		{"/find/*", "/search#:splat", "/find/x", "/search#x"},
		{"/*.php", "/:splat", "/a/b.php?c", "/a/b?c"},
		{"/go/*", "https://example.org/:splat", "/go/x?y", "https://example.org/x?y"},
		{"/go/*", "https://example.org:8443", "/go/x", "https://example.org:8443"},
		{"/go/*", "https://example.org?from=:splat", "/go/x", "https://example.org?from=x"},
		{"/go/*", "https://example.org/:splat", "/go/", "https://example.org/"},
		{"/go/*", "http://[::1]:80/:splat", "/go/x", "http://[::1]:80/x"},
	} {
		s, _ := newServer(t, Config{Redirects: []Redirect{{From: test.from, To: test.to}}})
		w := do(s, "GET", test.target)
		if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != test.want {
			t.Errorf("%s to %s, for %s: %d %q, want 302 %q", test.from, test.to, test.target, w.Code, got, test.want)
		}
	}
}

func TestRedirectKnowsFiveStatuses(t *testing.T) {
	for status := range 600 {
		rule := Redirect{From: "/a", To: "/b", Status: status}
		s, err := New(Config{Redirects: []Redirect{rule}, Logger: quiet})
		switch status {
		case 0, 301, 302, 303, 307, 308:
			must(t, err)
			if got := do(s, "POST", "/a").Code; got != orDefault(status, 302) {
				t.Errorf("status %d is sent as %d", status, got)
			}
		default:
			wrong, ok := errors.AsType[*RuleError](err)
			if !ok || wrong.List != "redirect" || wrong.Key != "status" {
				t.Errorf("status %d: %v", status, err)
			}
		}
	}
}

func TestRedirectThatWouldNotWorkIsRefused(t *testing.T) {
	for _, test := range []struct{ from, to, key, want string }{
		{"a", "/b", "from", "begin with a slash"},
		{"/a", "", "to", "is missing"},
		{"/a", "b", "to", "must be a path"},
		{"/a", "//evil.example", "to", "two slashes"},
		{"/a", `/\evil.example`, "to", "take for a slash"},
		{"/a", "/b\r\nSet-Cookie: a=b", "to", "control characters"},
		{"/a", "/b\x00", "to", "control characters"},
		{"/a", "javascript://x", "to", "must be a path"},
		{"/a", "ftp://example.org/", "to", "must be a path"},
		{"/a", "https://", "to", "must be a path"},
		{"/a", "https:///x", "to", "must be a path"},
		{"/a", "https://user@example.org/", "to", "must be a path"},
		{"/a/*", "https://example.org:splat", "to", "must be a path"},
		{"/a/*", "https://:splat/", "to", "must be a path"},
		{"/a/*", "https://example.org:99999/", "to", "must be a path"},
		{"/a/*", "/b/*", "to", ":splat"},
		{"/a", "/b/:splat", "to", "names that are in from"},
		{"/:a", "/b/:b", "to", "names that are in from"},
		{"/a", "/a", "to", "circle"},
		{"/*", "/x/:splat", "to", "circle"},
		{"/a/*", "/a/", "to", "circle"},
	} {
		_, err := New(Config{Redirects: []Redirect{{From: test.from, To: test.to}}})
		wrong, ok := errors.AsType[*RuleError](err)
		if !ok || wrong.Key != test.key || !strings.Contains(wrong.Message, test.want) {
			t.Errorf("%s to %q: %v, want %s … %s", test.from, test.to, err, test.key, test.want)
		}
	}
}

func TestRedirectsAreTriedInOrder(t *testing.T) {
	root := site(t, map[string]string{"a/keep": "file", "file": "file"})
	s, _ := newServer(t, Config{Root: root, Pages: echoPage, Redirects: []Redirect{
		{From: "/a/first", To: "/1"},
		{From: "/a/*", To: "/2"},
		{From: "/a/second", To: "/3"},
		{From: "/:x/last", To: "/4"},
		{From: "/page", To: "/5"},
	}})
	for path, want := range map[string]string{
		"/a/first": "/1", "/a/second": "/2", "/a/keep": "/2", "/a/last": "/2", "/b/last": "/4", "/page": "/5",
		"/file": "", "/other": "",
	} {
		if got := do(s, "GET", path).Header().Get("Location"); got != want {
			t.Errorf("%s is redirected to %q, want %q", path, got, want)
		}
		if to, _, ok := s.RedirectOf(path); to != want || ok != (want != "") {
			t.Errorf("RedirectOf(%s) is %q, %v", path, to, ok)
		}
	}
}

func TestRedirectsThatFollowEachOther(t *testing.T) {
	for name, test := range map[string]struct {
		rules []Redirect
		wrong int
	}{
		"a chain":                  {[]Redirect{{From: "/a", To: "/b"}, {From: "/b", To: "/c"}}, 0},
		"two in a circle":          {[]Redirect{{From: "/a", To: "/b"}, {From: "/b", To: "/a"}}, 2},
		"the same twice":           {[]Redirect{{From: "/a", To: "/b"}, {From: "/a", To: "/c"}}, 1},
		"an exception comes first": {[]Redirect{{From: "/new/*", To: "https://example.org/"}, {From: "/*", To: "/new/:splat"}}, 0},
	} {
		if wrong := CheckRules(Config{Redirects: test.rules}); len(wrong) != test.wrong {
			t.Errorf("%s: %v, want %d errors", name, wrong, test.wrong)
		}
	}
}

func TestRedirectIsNotKeptInDev(t *testing.T) {
	s, _ := newServer(t, Config{Dev: true, Redirects: []Redirect{{From: "/a", To: "/b", Status: 301}}})
	if w := do(s, "GET", "/a"); w.Code != 301 || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// FuzzRedirectRule states: whatever the rule and the request are, nothing panics, and a Location is
// visible ASCII and leads to the host that the rule names.
func FuzzRedirectRule(f *testing.F) {
	f.Add("/old/*", "/new/:splat", "/old/a/b", "x=1")
	f.Add("/:a/*/:b", "/:b/:splat?q=:a#:b", "/x/%2F%2e/y", "")
	f.Add("/*", "/:splat/", "//evil.example", "\r\n")
	f.Add("/*", "https://example.org/:splat", "/%0d%0a/\\", "a b")
	f.Add("/a", "/café/\u2028", "/a", "")
	f.Fuzz(func(t *testing.T, from, to, path, query string) {
		rule, wrong := newRedirect(Redirect{From: from, To: to})
		if wrong != nil {
			return
		}
		if _, err := parseTarget(path); err != nil {
			return
		}
		canonical := canonicalPath(path)
		if canonicalPath(canonical) != canonical || !strings.HasPrefix(canonical, "/") || strings.HasPrefix(canonical, "//") {
			t.Fatalf("%q becomes %q", path, canonical)
		}
		values, ok := rule.from.match(canonical)
		if !ok {
			return
		}
		location := rule.location(values, query)
		for _, c := range []byte(location) {
			if c <= ' ' || c >= 0x7f || c == '\\' && !strings.Contains(query, `\`) {
				t.Fatalf("%q", location)
			}
		}
		host, isURL := originOf(to)
		switch {
		case !isURL && (!strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//")):
			t.Fatalf("%q for %q", location, to)
		case isURL:
			if got, _ := originOf(location); got != host {
				t.Fatalf("%q for %q", location, to)
			}
		}
	})
}

// originOf returns the scheme, host and port of a URL as they are written.
func originOf(address string) (origin string, ok bool) {
	if strings.HasPrefix(address, "/") {
		return "", false
	}
	scheme, rest, _ := strings.Cut(address, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return visibleASCII(scheme + "://" + rest), true
}

func TestRedirectIsThereOnceHoweverItIsEncoded(t *testing.T) {
	for _, test := range []struct {
		first, second string
		refused       bool
	}{
		{"/a", "/a", true},
		{"/caf%C3%A9", "/café", true},
		{"/a b", "/a%20b", true},
		{"/a%20b/*", "/a b/*", true},
		{"/a/:x/%63", "/a/:x/c", true},
		{"/a", "/a/", false},
		{"/a", "/A", false},
		{"/:x/c", "/%3Ax/c", false},
		{"/*x", "/:splatx", false},
		{"/a/*", "/a/:x", false},
	} {
		wrong := CheckRules(Config{Redirects: []Redirect{{From: test.first, To: "/to/the/first"}, {From: test.second, To: "/to/the/second"}}})
		refused := len(wrong) == 1 && wrong[0].Index == 1 && wrong[0].Key == "from" && strings.Contains(wrong[0].Message, "must be there once")
		if refused != test.refused || !refused && len(wrong) > 0 {
			t.Errorf("%s and then %s: %v, want it refused: %v", test.first, test.second, wrong, test.refused)
		}
	}
}
