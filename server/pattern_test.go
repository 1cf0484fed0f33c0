package server

import (
	"slices"
	"strings"
	"testing"
)

func TestPatternStandsForPaths(t *testing.T) {
	for _, test := range []struct {
		pattern, path string
		want          string // values with blanks between them, or "no"
	}{
		{"/", "/", ""},
		{"/", "/a", "no"},
		{"/a", "/a", ""},
		{"/a", "/a/", "no"},
		{"/a/", "/a", "no"},
		{"/a b", "/a%20b", ""},
		{"/a%20b", "/a%20b", ""},
		{"/café", "/caf%C3%A9", ""},
		{"/caf%c3%a9", "/café", ""},
		{"/a", "/%61", ""},
		{"/a%2Fb", "/a/b", "no"},
		{"/a%2Fb", "/a%2fb", ""},
		{"/%2A", "/*", ""},
		{"/a", "//a", ""},
		{"/a:b", "/a:b", ""},
		{"/*", "/", "-"},
		{"/*", "/x/y/", "x/y/"},
		{"/old/*", "/old", "-"},
		{"/old/*", "/old/", "-"},
		{"/old/*", "/old/a/b", "a/b"},
		{"/old/*", "/older", "no"},
		{"/old/*", "/ol", "no"},
		{"/old/*", "/old//a//b", "a/b"},
		{"/old/*", "/old/%2F%2fx", "%2F%2Fx"},
		{"/old/*", `/old/\x`, "%5Cx"},
		{"/old*", "/older/x", "er/x"},
		{"/*.html", "/a/b.html", "a/b"},
		{"/*.html", "/.html", "-"},
		{"/*.html", "/html", "no"},
		{"/ab*ba", "/aba", "no"},
		{"/:a", "/x", "x"},
		{"/:a", "/", "no"},
		{"/:a", "/x/", "no"},
		{"/:a", "/x/y", "no"},
		{"/:a/", "/x/", "x"},
		{"/blog/:year/:slug", "/blog/2026/hello", "2026 hello"},
		{"/blog/:year/:slug", "/blog/2026", "no"},
		{"/:a/*", "/x", "x -"},
		{"/:a/*", "/x/y/z", "x y/z"},
		{"/:a/*/:b", "/x/1/2/y", "x 1/2 y"},
		{"/:a/*/end/:b/:c", "/x/1/end/y/z", "x 1 y z"},
		{"/:a/*/:b", "/x/y", "no"},
		{"/p/*/:b/", "/p/1/y", "no"},
	} {
		p, err := parsePattern(test.pattern)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		got := "no"
		if values, ok := p.match(canonicalPath(test.path)); ok {
			for i := range values {
				if values[i] == "" {
					values[i] = "-"
				}
			}
			got = strings.Join(values, " ")
			if len(values) != len(p.names()) {
				t.Errorf("%s for %s: %d values for %d names", test.pattern, test.path, len(values), len(p.names()))
			}
		}
		if got != test.want {
			t.Errorf("%s for %s: %s, want %s", test.pattern, test.path, got, test.want)
		}
	}
}

func TestPatternNamesItsParts(t *testing.T) {
	p, err := parsePattern("/:a/x/*/:b")
	must(t, err)
	if got, want := p.names(), []string{"a", "splat", "b"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
}

func TestPatternThatCannotMatchIsRefused(t *testing.T) {
	for pattern, want := range map[string]string{
		"":                        "is missing",
		"old":                     "begin with a slash",
		"https://example.org/old": "without https:// and the host",
		"/old?a=b":                "without ? and #",
		"/old#top":                "without ? and #",
		"/*/x/*":                  "one * at most",
		"/:":                      "whole segment",
		"/:a.html":                "whole segment",
		"/:1":                     "whole segment",
		"/:a*":                    "whole segment",
		"/:a/:a":                  "name once",
		"/:splat":                 "name once",
		"/a//b":                   "two slashes",
		"/../a":                   `"." or ".."`,
		"/a/./b":                  `"." or ".."`,
		"/%zz":                    "percent",
		"/a%00":                   "NUL",
	} {
		if _, err := parsePattern(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", pattern, err, want)
		}
	}
}

func TestPatternMatchingDoesNotAllocateForOtherPaths(t *testing.T) {
	p, err := parsePattern("/old/*")
	must(t, err)
	if n := testing.AllocsPerRun(100, func() {
		if _, ok := p.match(canonicalPath("/assets/app.js")); ok {
			t.Error("it matches")
		}
	}); n > 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
