package engine

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// found describes a match: file, SCRIPT_NAME, PATH_INFO and parameters.
func found(t *testing.T, files []string, target string) string {
	t.Helper()
	u, err := url.ParseRequestURI(target)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := newRoutes(files).match(u)
	switch {
	case !ok:
		return "404"
	case m.redirect:
		return m.file + " redirect"
	}
	return strings.Join(append([]string{m.file, quoted(m.scriptName), quoted(m.pathInfo)}, m.params...), " ")
}

func quoted(s string) string {
	if s == "" {
		return `""`
	}
	return s
}

func TestRoute(t *testing.T) {
	site := []string{"index.js", "api.js", "about.ts", "blog/index.js", "blog/[slug].js", "blog/new.js", "docs/[...path].js"}
	for _, c := range []struct {
		name   string
		files  []string
		target string
		want   string
	}{
		{"name", site, "/api", `api.js /api ""`},
		{"name with extension", site, "/api.js", `api.js /api.js ""`},
		{"name with another extension", site, "/about.ts", `about.ts /about.ts ""`},
		{"an extension that it has not", site, "/about.js", "404"},
		{"case", site, "/API", "404"},
		{"mistyped", site, "/apo", "404"},

		{"root", site, "/", `index.js "" /`},
		{"root index by name", site, "/index", `index.js /index ""`},
		{"root index by file name", site, "/index.js", `index.js /index.js ""`},
		{"root index takes no remainder", site, "/nothing", "404"},
		{"root index takes no deep remainder", site, "/nothing/at/all", "404"},
		{"root without index", []string{"api.js"}, "/", "404"},

		{"folder", site, "/blog/", "blog/index.js /blog /"},
		{"folder without slash", site, "/blog", "blog/index.js redirect"},
		{"folder index by name", site, "/blog/index", `blog/index.js /blog/index ""`},
		{"folder index takes a remainder", []string{"a/index.js"}, "/a/b/c/", "a/index.js /a /b/c/"},
		{"folder without index", []string{"a/b.js"}, "/a", "404"},
		{"folder without index, slash", []string{"a/b.js"}, "/a/", "404"},
		{"page beside folder", []string{"a.js", "a/index.js"}, "/a", `a.js /a ""`},
		{"page beside folder, slash", []string{"a.js", "a/index.js"}, "/a/", "a/index.js /a /"},
		{"page beside folder, remainder", []string{"a.js", "a/index.js"}, "/a/x", "a.js /a /x"},
		{"page beside folder without index", []string{"a.js", "a/b.js"}, "/a/c", "a.js /a /c"},
		{"parameter folder without slash", []string{"[x]/index.js"}, "/a", "[x]/index.js redirect"},
		{"parameter folder", []string{"[x]/index.js"}, "/a/", "[x]/index.js /a / x a"},

		{"literal before parameter", site, "/blog/new", `blog/new.js /blog/new ""`},
		{"parameter", site, "/blog/hello", `blog/[slug].js /blog/hello "" slug hello`},
		{"parameter before remainder", []string{"a.js", "a/[b].js"}, "/a/c", `a/[b].js /a/c "" b c`},
		{"parameter takes one segment", site, "/blog/a/b", "blog/[slug].js /blog/a /b slug a"},
		{"parameter is not empty", []string{"blog/[slug].js"}, "/blog/", "404"},
		{"literal folder before parameter", []string{"[a]/x.js", "b/x.js"}, "/b/x", `b/x.js /b/x ""`},
		{"back from a literal folder", []string{"[a]/y.js", "b/x.js"}, "/b/y", `[a]/y.js /b/y "" a b`},
		{"two parameters", []string{"[a]/[b].js"}, "/x/y", `[a]/[b].js /x/y "" a x b y`},
		{"ties by name", []string{"[b].js", "[a].js"}, "/x", `[a].js /x "" a x`},
		{"ties by name, longer match", []string{"[b]/c.js", "[a].js"}, "/x/c", `[b]/c.js /x/c "" b x`},
		{"params of the branch that lost are gone", []string{"[a]/[b]/c.js", "[x]/d.js"}, "/1/d", `[x]/d.js /1/d "" x 1`},

		{"remainder", site, "/api/v1/users", "api.js /api /v1/users"},
		{"remainder is a slash", site, "/api/", "api.js /api /"},
		{"remainder after extension", site, "/api.js/v1", "api.js /api.js /v1"},
		{"longest remainder", []string{"a.js", "a/b.js"}, "/a/b/c", "a/b.js /a/b /c"},
		{"longest remainder, parameter", []string{"a.js", "a/[b].js"}, "/a/b/c", "a/[b].js /a/b /c b b"},
		{"longest remainder, literal first", []string{"a/[b].js", "a/c.js"}, "/a/c/d", "a/c.js /a/c /d"},
		{"remainder before rest", []string{"a.js", "[...all].js"}, "/a/b", "a.js /a /b"},

		{"rest", site, "/docs/any/depth", "docs/[...path].js /docs /any/depth path any/depth"},
		{"rest, slash at the end", site, "/docs/any/", "docs/[...path].js /docs /any/ path any/"},
		{"rest of nothing", site, "/docs/", "docs/[...path].js /docs / path "},
		{"rest without a slash", site, "/docs", `docs/[...path].js /docs "" path `},
		{"rest at the root", []string{"[...all].js"}, "/a/b", `[...all].js "" /a/b all a/b`},
		{"rest at the root, root", []string{"[...all].js"}, "/", `[...all].js "" / all `},
		{"root index before rest", []string{"[...all].js", "index.js"}, "/", `index.js "" /`},
		{"deepest rest", []string{"[...all].js", "a/[...more].js"}, "/a/b/c", "a/[...more].js /a /b/c more b/c"},
		{"rest below a parameter", []string{"[a]/[...b].js"}, "/x/y/z", "[a]/[...b].js /x /y/z a x b y/z"},

		{"%2F does not split", []string{"a/b.js", "[x].js"}, "/a%2Fb", `[x].js /a/b "" x a/b`},
		{"%2F in the remainder", site, "/api/x%2Fy", "api.js /api /x/y"},
		{"%2f before a dot", site, "/api%2f..", "404"},
		{"escaped letters", site, "/%61pi", `api.js /api ""`},
		{"escaped extension", site, "/api%2Ejs", `api.js /api.js ""`},
		{"escaped space and percent", []string{"a b%.js"}, "/a%20b%25", `a b%.js /a b% ""`},
		{"plus is a plus", []string{"a+b.js"}, "/a+b", `a+b.js /a+b ""`},
		{"escaped twice", []string{"a.js"}, "/%2561", "404"},
		{"unicode", []string{"café.js"}, "/caf%C3%A9", `café.js /café ""`},
		{"unicode in a parameter", site, "/blog/%E2%82%AC", `blog/[slug].js /blog/€ "" slug €`},
		{"no UTF-8 in a parameter", site, "/blog/%E9%FFx", "blog/[slug].js /blog/\uFFFD\uFFFDx \"\" slug \uFFFD\uFFFDx"},
		{"no UTF-8 is no literal", []string{"\uFFFD.js"}, "/%E9", "\uFFFD.js /\uFFFD \"\""},
		{"question mark and hash", []string{"a?b#.js"}, "/a%3Fb%23", `a?b#.js /a?b# ""`},
		{"semicolon", []string{"a;b.js"}, "/a;b", `a;b.js /a;b ""`},

		{"double slash", site, "/api//v1", "api.js /api //v1"},
		{"double slash at the start", site, "//api", "404"},
		{"double slash before a page", []string{"a/b.js"}, "/a//b", "404"},
		{"double slash in rest", []string{"[...all].js"}, "/a//b", `[...all].js "" /a//b all a//b`},
		{"double slash at the end", site, "/blog//", "blog/index.js /blog //"},

		{"dot", site, "/./api", "404"},
		{"dot dot", site, "/blog/../api", "404"},
		{"escaped dot dot", site, "/blog/%2e%2E/api", "404"},
		{"dot dot in the remainder", site, "/api/..", "404"},
		{"dot dot in rest", site, "/docs/a/../..", "404"},
		{"three dots are a name", site, "/api/...", "api.js /api /..."},

		{"underscore", []string{"_a.js", "a.js"}, "/_a", "404"},
		{"underscore with extension", []string{"_a.js"}, "/_a.js", "404"},
		{"underscore folder", []string{"_lib/a.js"}, "/_lib/a", "404"},
		{"middleware", []string{"_middleware.js", "a.js"}, "/_middleware", "404"},
		{"hidden", []string{".a.js"}, "/.a", "404"},
		{"hidden folder", []string{".git/a.js"}, "/.git/a", "404"},
		{"packages", []string{"node_modules/a/index.js"}, "/node_modules/a/", "404"},
		{"packages below", []string{"x/node_modules/a.js"}, "/x/node_modules/a", "404"},
		{"types", []string{"a.d.ts"}, "/a.d", "404"},
		{"other files", []string{"a.txt", "b.json", "c", "d.js.bak"}, "/a", "404"},
		{"a parameter may be private", site, "/blog/_x", `blog/[slug].js /blog/_x "" slug _x`},
		{"every extension", []string{"a.mjs", "b.cjs", "c.jsx", "d.tsx", "e.mts", "f.cts"}, "/d.tsx", `d.tsx /d.tsx ""`},
		{"two extensions", []string{"a.min.js"}, "/a.min", `a.min.js /a.min ""`},
		{"the first of two", []string{"a.ts", "a.js"}, "/a", `a.js /a ""`},
		{"a name that is another's alias", []string{"a.js", "a.js.js"}, "/a.js", `a.js /a.js ""`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := found(t, c.files, c.target); got != c.want {
				t.Errorf("%s in %q:\n got %s\nwant %s", c.target, c.files, got, c.want)
			}
		})
	}
}

func TestRoutePathThatAProgramSet(t *testing.T) {
	r := newRoutes([]string{"api.js", "[x].js"})
	for _, c := range []struct {
		url  url.URL
		want string
	}{
		{url.URL{Path: "/api"}, "api.js"},
		{url.URL{Path: "/api", RawPath: "/%61pi"}, "api.js"},
		{url.URL{Path: "/api", RawPath: "/other/%2F"}, "api.js"}, // a stale RawPath
		{url.URL{Path: "/a%2Fb"}, "[x].js"},
		{url.URL{Path: ""}, ""},
		{url.URL{Path: "api"}, ""},
		{url.URL{Opaque: "*"}, ""},
		{url.URL{Path: "*"}, ""},
	} {
		if m, _ := r.match(&c.url); m.file != c.want {
			t.Errorf("%#v: got %q, want %q", c.url, m.file, c.want)
		}
	}
}

func TestRouteProblems(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string
		file  string // with the problem
		hint  string
	}{
		{"two extensions", []string{"a.js", "a.ts"}, "a.ts", "/a is answered by a.js already"},
		{"two indexes", []string{"b/index.js", "b/index.tsx"}, "b/index.tsx", "/b/ is answered by b/index.js already"},
		{"two parameters' pages", []string{"[a].js", "[a].ts"}, "[a].ts", "/[a] is answered by [a].js already"},
		{"two rests", []string{"[...a].js", "[...b].js"}, "[...b].js", "/[...b] is answered by [...a].js already"},
		{"file name and name", []string{"a.js", "a.js.js"}, "a.js.js", "/a.js is answered by a.js already"},
		{"part of a name", []string{"post-[id].js"}, "post-[id].js", "write a parameter as the whole name"},
		{"no name", []string{"[].js"}, "[].js", "not []"},
		{"no rest name", []string{"[...].js"}, "[...].js", "not [...]"},
		{"two dots", []string{"[..a].js"}, "[..a].js", "not [..a]"},
		{"nested", []string{"[[a]].js"}, "[[a]].js", "not [[a]]"},
		{"open", []string{"[a.js"}, "[a.js", "not [a"},
		{"bad folder", []string{"x[a]/b.js"}, "x[a]/b.js", "not x[a]"},
		{"rest as folder", []string{"[...a]/b.js"}, "[...a]/b.js", "rename the folder to [a]"},
		{"same name twice", []string{"[a]/[a].js"}, "[a]/[a].js", "two parameters [a]"},
		{"same name in rest", []string{"[a]/[...a].js"}, "[a]/[...a].js", "two parameters [a]"},
		{"no UTF-8", []string{"caf\xe9.js"}, "caf\xe9.js", "not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoutes(c.files)
			if len(r.problems) != 1 {
				t.Fatalf("got %d problems: %v", len(r.problems), r.problems)
			}
			p := r.problems[0]
			if p.File != c.file || !strings.Contains(p.Hint, c.hint) || p.Line != 1 || p.Column != 1 {
				t.Errorf("got %v; want %s: %s", p, c.file, c.hint)
			}
			if slices.Contains(r.files(), c.file) {
				t.Error("the page is routed all the same")
			}
		})
	}
}

func TestRouteListsPatterns(t *testing.T) {
	r := newRoutes([]string{"index.js", "api.js", "blog/index.js", "blog/[slug].js", "docs/[...path].js", "_x.js"})
	var got []string
	for _, route := range r.list {
		got = append(got, route.Pattern+" "+route.File)
	}
	slices.Sort(got)
	want := []string{"/ index.js", "/api api.js", "/blog/ blog/index.js", "/blog/[slug] blog/[slug].js", "/docs/[...path] docs/[...path].js"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
