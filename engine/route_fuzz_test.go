package engine

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// FuzzRoute checks, for any files and any path: SCRIPT_NAME + PATH_INFO is the decoded path, with
// U+FFFD for each byte that is not UTF-8; each is empty or starts with a slash; SCRIPT_NAME is
// never "/"; no private file answers; the order of the files makes no difference; and the map of
// plain paths agrees with the search through the tree.
func FuzzRoute(f *testing.F) {
	site := "index.js\napi.js\nblog/index.js\nblog/[slug].js\nblog/new.ts\ndocs/[...path].js\n_lib/a.js\n.x.js\na.d.ts\n[a]/[b]/c.js"
	for _, target := range []string{
		"/", "/api", "/api.js/x/", "/blog", "/blog/", "/blog/new", "/blog/caf%C3%A9", "/blog/%E9", "/docs/a//b/", "//api", "/a%2Fb",
		"/_lib/a", "/.x", "/x/../api", "/%2e%2e", "/1/2/c/3", "/api?q=1", "http://h/api", "/index", "/%00", "/a;b", "/\xff",
	} {
		f.Add(site, target)
	}
	f.Add("[...all].js", "/any//thing/")
	f.Add("[x].js\n[y]/index.js\n[y]/[...z].js", "/1")
	f.Add("caf\xe9.js\na%b.js\n a .js", "/caf%E9")
	f.Add("a.js\na.js.js\na.ts\na/index.js\na/[__proto__].js", "/a.js")
	f.Fuzz(func(t *testing.T, names, target string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			t.Skip()
		}
		files := strings.Split(names, "\n")
		r := newRoutes(files)
		m, ok := r.match(u)
		checkFast(t, r, u, m, ok)
		slices.Reverse(files)
		if again, ok2 := newRoutes(files).match(u); ok2 != ok || !reflect.DeepEqual(again, m) {
			t.Errorf("with the files in another order: %+v %v, before: %+v %v", again, ok2, m, ok)
		}
		if ok {
			checkMatch(t, m, files, u)
		}
	})
}

// checkFast compares a match with that of a tree without the map.
func checkFast(t *testing.T, r *routes, u *url.URL, m match, ok bool) {
	slow := *r
	slow.plain = nil
	if s, ok2 := slow.match(u); ok2 != ok || !reflect.DeepEqual(s, m) {
		t.Errorf("the tree finds %+v %v, the map %+v %v", s, ok2, m, ok)
	}
}

func checkMatch(t *testing.T, m match, files []string, u *url.URL) {
	if got, want := m.scriptName+m.pathInfo, string([]rune(u.Path)); got != want {
		t.Errorf("SCRIPT_NAME %q and PATH_INFO %q are not %q", m.scriptName, m.pathInfo, want)
	}
	for _, s := range []string{m.scriptName, m.pathInfo} {
		if s != "" && s[0] != '/' {
			t.Errorf("%q does not start with a slash", s)
		}
	}
	if m.scriptName == "/" {
		t.Error("SCRIPT_NAME is a slash")
	}
	if !slices.Contains(files, m.file) {
		t.Errorf("there is no file %q", m.file)
	}
	for part := range strings.SplitSeq(m.file, "/") {
		if part == "" || part[0] == '_' || part[0] == '.' || part == "node_modules" {
			t.Errorf("the private file %q answers", m.file)
		}
	}
	if m.redirect && strings.HasSuffix(u.Path, "/") {
		t.Error("a path with a slash is redirected")
	}
	if len(m.params)%2 != 0 {
		t.Errorf("parameters %q", m.params)
	}
}
