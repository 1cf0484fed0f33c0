package engine

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// throwingPage is a page that throws on its third line.
const throwingPage = "\nexport function application() {\n  throw new Error('mine');\n}\n"

// TestErrorsHaveTheirPlaceInEveryFolder throws in pages of all names and depths, and in what they
// import from everywhere.
func TestErrorsHaveTheirPlaceInEveryFolder(t *testing.T) {
	const lib = "\nexport function fail() {\n  throw new Error('mine');\n}\n"
	importing := func(path string) string {
		return "import { fail } from '" + path + "';\nexport const application = () => fail();\n"
	}
	for name, c := range map[string]struct {
		page  string
		files map[string]string
		at    string // apps/PAGE if it is empty
	}{
		"at the top":            {page: "own.js"},
		"one deep":              {page: "blog/own.js"},
		"two deep":              {page: "a/b/own.ts"},
		"four deep":             {page: "a/b/c/d/own.js"},
		"index":                 {page: "a/index.js"},
		"same names":            {page: "a/a/a.js"},
		"parameter":             {page: "blog/[slug].js"},
		"rest":                  {page: "docs/[...path].tsx"},
		"space":                 {page: "my blog/a page.js"},
		"percent":               {page: "100%/50%20.js"},
		"hash":                  {page: "c#/f#.js"},
		"question mark":         {page: "why?/what?.js"},
		"unicode":               {page: "größe/日本 😀.js"},
		"colon and parentheses": {page: "a:b/copy (2).js"},
		"plus, quotes":          {page: `a+b/it's "so".js`},
		"from _lib":             {page: "a/b/x.js", files: map[string]string{"apps/_lib/f.ts": lib}, at: "apps/_lib/f.ts"},
		"from its own folder":   {page: "a/y.js", files: map[string]string{"apps/a/_f g.js": lib}, at: "apps/a/_f g.js"},
		"from outside":          {page: "a/z.js", files: map[string]string{"lib/f.js": lib}, at: "lib/f.js"},
		"a package":             {page: "a/b/p.js", files: map[string]string{"node_modules/pkg/index.js": lib}, at: "node_modules/pkg/index.js"},
		"a scoped package":      {page: "a/b/q.js", files: map[string]string{"apps/node_modules/@me/p%kg/index.js": lib}, at: "apps/node_modules/@me/p%kg/index.js"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			src, at := throwingPage, "apps/"+c.page
			for file, content := range c.files {
				write(t, dir, file, content)
				at = c.at
				rel, err := filepath.Rel(filepath.Dir("apps/"+c.page), file)
				if err != nil {
					t.Fatal(err)
				}
				if _, pkg, ok := strings.Cut(file, "node_modules/"); ok {
					rel = filepath.Dir(pkg)
				} else if !strings.HasPrefix(rel, "..") {
					rel = "./" + rel
				}
				src = importing(rel)
			}
			write(t, dir, "apps/"+c.page, src)
			checkPlace(t, dir+"/apps", c.page, at)
		})
	}
}

// checkPlace checks where the only page of a folder says that its error is.
func checkPlace(t *testing.T, dir, page, at string) {
	t.Helper()
	e := open(t, Config{Dir: dir, NoWatch: true})
	p := e.site.Load().pages[page]
	if p == nil || p.load().broken() != nil {
		t.Fatalf("there is no page %s: %v", page, p.broken())
	}
	err := p.serve(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), match{}, brought{})
	got := asError(err)
	if want := at + ":3:9"; got.At() != want {
		t.Errorf("at %s, want %s", got.At(), want)
	}
	if !strings.Contains(got.Frame(), "> 3 |   throw new Error('mine');") {
		t.Errorf("frame:\n%s", got.Frame())
	}
	if want := " (" + at + ":3:9)"; !strings.Contains(got.Stack(), want) {
		t.Errorf("stack has no %s:\n%s", want, got.Stack())
	}
}

func TestErrorsHaveTheirPlaceBehindLinks(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "real/blog/page.js", throwingPage)
	write(t, dir, "elsewhere/p.js", throwingPage)
	if err := os.Symlink("real", filepath.Join(dir, "apps")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("../../elsewhere/p.js", filepath.Join(dir, "real/blog/linked.js")); err != nil {
		t.Fatal(err)
	}
	checkPlace(t, dir+"/apps", "blog/page.js", "apps/blog/page.js")
	checkPlace(t, dir+"/apps", "blog/linked.js", "elsewhere/p.js")
}

// TestAByteOrderMarkIsNotCounted has one before the line that fails, and what stands there.
func TestAByteOrderMarkIsNotCounted(t *testing.T) {
	for page, want := range map[string]string{
		"\ufeffexport const application = () => { null.x };":                            "apps/page.js:1:41: TypeError: Cannot read properties of null (reading 'x')",
		"\ufeffconst late = () => f; late(); const f = 1; export { f as application };": "apps/page.js:1:20: ReferenceError: Cannot access 'f' before initialization",
		"\ufeffexport const application = () => { let a = ; };":                         "apps/page.js:1:44: Unexpected \";\"",
	} {
		s := serve(t, Config{NoWatch: true}, map[string]string{"page.js": page})
		err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page", nil))
		if got := asError(err).Error(); !strings.HasPrefix(got, want) {
			t.Errorf("%q: got  %s\nwant %s", page, got, want)
		}
	}
}
