package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wizgy/engine"
	"wizgy/server"
)

// halves opens the two halves of a site.
func halves(t *testing.T, dir string) (*engine.Engine, *server.Server) {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	pages, err := engine.New(engine.Config{Dir: filepath.Join(dir, "apps"), NoWatch: true, NoStart: true, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pages.Close() })
	files, err := server.New(server.Config{Root: filepath.Join(dir, "html"), Logger: quiet, NoAccessLog: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	return pages, files
}

func TestConflictsAreThePagesThatFilesHide(t *testing.T) {
	t.Parallel()
	pages, files := halves(t, makeSite(t, map[string]string{
		"html/index.html": "", "html/about.html": "", "html/photos/index.html": "", "html/blog/x.html": "",
		"html/blog/slug.html": "", "html/blog/[slug].html": "", "html/50% off.html": "", "apps/50% off.js": "",
		"html/plain": "", "html/empty/file.txt": "", "html/.hidden.html": "",
		"apps/index.js": "", "apps/about.js": "", "apps/photos.js": "", "apps/blog/[slug].js": "",
		"apps/plain.ts": "", "apps/empty.js": "", "apps/other.js": "", "apps/_lib/about.js": "",
	}))
	var got []string
	for _, c := range conflicts(pages, files) {
		got = append(got, c.url+" "+c.by+" "+c.hidden)
	}
	want := []string{
		"/ html/index.html apps/index.js", "/50% off html/50% off.html apps/50% off.js", "/about html/about.html apps/about.js",
		"/photos html/photos/ apps/photos.js", "/plain html/plain apps/plain.ts",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	pages, files := halves(t, makeSite(t, map[string]string{
		"html/about.html": "", "html/photos/index.html": "",
		"apps/api.js": "", "apps/blog/[slug].js": "", "apps/blog/index.js": "", "apps/docs/[...path].js": "",
	}))
	tests := []struct{ target, want string }{
		{"/about", "/about is answered by html/about.html"},
		{"about", "/about is answered by html/about.html"},
		{"/about?x=1#y", "/about is answered by html/about.html"},
		{"https://example.org/about", "/about is answered by html/about.html"},
		{"/photos", "/photos is answered with a redirect to /photos/"},
		{"/api/v1", "/api/v1 is answered by apps/api.js"},
		{"/blog", "/blog is answered with a redirect to /blog/"},
		{"/blog/a%2Fb", `params       slug = "a/b"`},
		{"/blog/%22%0A", `params       slug = "\"\n"`},
		{"/docs/", `PATH_INFO    "/"`},
		{"/docs/a/b", `params       path = "a/b"`},
		{"/nothing", "/nothing is answered by nobody: 404\n"},
		{"", "/ is answered by nobody: 404"},
		{"/..", "/.. is refused: 400 Bad Request"},
		{"/a%2F..%2Fb", "/a%2F..%2Fb is refused: 400 Bad Request"},
		{"/\xff", "/%FF is answered by nobody"},
	}
	for _, test := range tests {
		t.Run(test.target, func(t *testing.T) {
			var out bytes.Buffer
			if err := explain(&out, pages, files, test.target); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), test.want) {
				t.Errorf("got\n%s\nwant %s", &out, test.want)
			}
		})
	}
	for _, target := range []string{"%zz", "/a\x00", "http://[", "/%f"} {
		if err := explain(new(bytes.Buffer), pages, files, target); err == nil || !strings.Contains(err.Error(), "is no URL") {
			t.Errorf("%q: %v, want that it is no URL", target, err)
		}
	}
}
