package server

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestStaticFileAnswers(t *testing.T) {
	root := site(t, map[string]string{
		"index.html": "home", "about.html": "about", "both/index.html": "both folder", "both.html": "both file",
		"exact": "no extension", "exact.html": "not me", "docs/index.html": "docs", "docs/a b.txt": "space",
		"empty/pic.png": "png", "naïve.html": "naive", ".env": "secret", ".well-known/security.txt": "contact",
		"docs/.git/config": "secret", "100%.txt": "percent", "form.html": "form",
	})
	s, _ := newServer(t, Config{Root: root, Pages: echoPage})
	tests := []struct {
		name, target string
		status       int
		body         string
	}{
		{"root", "/", 200, "home"},
		{"index by name", "/index.html", 200, "home"},
		{"file", "/about.html", 200, "about"},
		{"clean URL", "/about", 200, "about"},
		{"clean URL with a slash is a folder", "/about/", 200, "page GET /about/"},
		{"file with a slash", "/about.html/", 200, "page GET /about.html/"},
		{"file before folder", "/both", 200, "both file"},
		{"folder beside file", "/both/", 200, "both folder"},
		{"exact name before clean URL", "/exact", 200, "no extension"},
		{"folder", "/docs/", 200, "docs"},
		{"folder without slash", "/docs", 301, ""},
		{"folder without index goes to pages", "/empty", 200, "page GET /empty"},
		{"folder without index and slash", "/empty/", 200, "page GET /empty/"},
		{"file in it", "/empty/pic.png", 200, "png"},
		{"escaped name", "/docs/a%20b.txt", 200, "space"},
		{"escaped percent", "/100%25.txt", 200, "percent"},
		{"UTF-8 name", "/na%C3%AFve", 200, "naive"},
		{"two slashes", "//docs//a%20b.txt", 200, "space"},
		{"encoded slash does not split", "/docs%2Findex.html", 200, "page GET /docs%2Findex.html"},
		{"dot name", "/.env", 200, "page GET /.env"},
		{"dot folder below", "/docs/.git/config", 200, "page GET /docs/.git/config"},
		{"well-known", "/.well-known/security.txt", 200, "contact"},
		{"dot dot", "/docs/%2e%2e/.env", 400, "400 Bad Request\n"},
		{"missing", "/missing", 200, "page GET /missing"},
		{"query is no name", "/about?x=.html", 200, "about"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := do(s, "GET", tt.target)
			if w.Code != tt.status || w.Body.String() != tt.body {
				t.Errorf("GET %s: %d %q, want %d %q", tt.target, w.Code, w.Body, tt.status, tt.body)
			}
		})
	}
}

func TestLookupTellsWhichFileAnswers(t *testing.T) {
	root := site(t, map[string]string{"index.html": "", "about.html": "", "docs/index.html": "", "empty/a.txt": ""})
	s, _ := newServer(t, Config{Root: root})
	tests := []struct {
		path, file string
		ok         bool
	}{
		{"/", "index.html", true}, {"/about", "about.html", true}, {"/docs", "docs/", true},
		{"/docs/", "docs/index.html", true}, {"/empty", "", false}, {"/no", "", false}, {"/../x", "", false},
		{"/%61bout", "about.html", true},
	}
	for _, tt := range tests {
		if file, ok := s.Lookup(tt.path); file != tt.file || ok != tt.ok {
			t.Errorf("Lookup(%q) = %q, %t, want %q, %t", tt.path, file, ok, tt.file, tt.ok)
		}
	}
}

func TestFolderRedirectKeepsTheQuery(t *testing.T) {
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"docs/a/index.html": ""})})
	for target, want := range map[string]string{
		"/docs/a?x=1&y=%2F":  "/docs/a/?x=1&y=%2F",
		"//docs//a":          "/docs/a/",
		"/docs/%61":          "/docs/a/",
		"/docs/a?//evil.com": "/docs/a/?//evil.com",
	} {
		if w := do(s, "GET", target); w.Code != 301 || leadsTo(t, target, w) != want {
			t.Errorf("GET %s: %d to %q, want 301 to %q", target, w.Code, w.Header().Get("Location"), want)
		}
	}
}

func TestStaticFileTakesNoOtherMethods(t *testing.T) {
	root := site(t, map[string]string{"form.html": "form", "docs/index.html": ""})
	s, _ := newServer(t, Config{Root: root, Pages: echoPage})
	tests := []struct {
		method, target string
		status         int
		allow          string
	}{
		{"POST", "/form", 405, allowStatic},
		{"PUT", "/form.html", 405, allowStatic},
		{"DELETE", "/docs", 405, allowStatic},
		{"PATCH", "/docs/", 405, allowStatic},
		{"FOO", "/form", 405, allowStatic},
		{"OPTIONS", "/form", 204, allowStatic},
		{"HEAD", "/form", 200, ""},
		{"POST", "/page", 200, ""},
		{"OPTIONS", "/page", 200, ""},
	}
	for _, tt := range tests {
		w := do(s, tt.method, tt.target)
		if w.Code != tt.status || w.Header().Get("Allow") != tt.allow {
			t.Errorf("%s %s: %d, Allow %q, want %d, %q", tt.method, tt.target, w.Code, w.Header().Get("Allow"), tt.status, tt.allow)
		}
	}
}

func TestStaticFileHasItsType(t *testing.T) {
	files := map[string]string{
		"a.html": "text/html; charset=utf-8", "a.css": "text/css; charset=utf-8", "a.JS": "text/javascript; charset=utf-8",
		"a.mjs": "text/javascript; charset=utf-8", "a.json": "application/json", "a.svg": "image/svg+xml",
		"a.txt": "text/plain; charset=utf-8", "a.md": "text/markdown; charset=utf-8", "a.wasm": "application/wasm",
		"a.webp": "image/webp", "a.avif": "image/avif", "a.woff2": "font/woff2", "a.webmanifest": "application/manifest+json",
		"a.mp4": "video/mp4", "a.ico": "image/x-icon", "a.pdf": "application/pdf",
		"a.unheard": typeUnknown, "noextension": typeUnknown, "a.": typeUnknown,
	}
	content := make(map[string]string)
	for name := range files {
		content[name] = "<html><script>alert(1)</script>"
	}
	s, _ := newServer(t, Config{Root: site(t, content)})
	for name, want := range files {
		if got := do(s, "GET", "/"+name).Header().Get("Content-Type"); got != want {
			t.Errorf("Content-Type of %s is %q, want %q", name, got, want)
		}
	}
}

func TestTextTypesHaveACharset(t *testing.T) {
	for ext, contentType := range contentTypes {
		if strings.HasPrefix(contentType, "text/") && !strings.HasSuffix(contentType, "; charset=utf-8") {
			t.Errorf("%s is %q", ext, contentType)
		}
		if ext != strings.ToLower(ext) || ext[0] != '.' {
			t.Errorf("%q can never be found", ext)
		}
	}
}

func TestBinaryArrivesByteForByte(t *testing.T) {
	var all strings.Builder
	for i := range 1 << 16 {
		all.WriteByte(byte(i))
		all.WriteByte(byte(i >> 8))
	}
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"a.bin": all.String()})})
	resp, err := http.Get("http://" + serve(t, s) + "/a.bin")
	must(t, err)
	defer resp.Body.Close()
	var got strings.Builder
	if err := resp.Write(&got); err != nil || !strings.HasSuffix(got.String(), "\r\n\r\n"+all.String()) {
		t.Errorf("%d bytes came back (%v), want the %d of the file", got.Len(), err, all.Len())
	}
	if resp.ContentLength != int64(all.Len()) {
		t.Errorf("Content-Length %d, want %d", resp.ContentLength, all.Len())
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"a.txt": "hello", "404.html": "gone"})})
	for _, target := range []string{"/a.txt", "/missing", "/../x"} {
		get, head := do(s, "GET", target), do(s, "HEAD", target)
		if head.Code != get.Code || head.Body.Len() != 0 {
			t.Errorf("HEAD %s: %d with %d bytes, want %d with none", target, head.Code, head.Body.Len(), get.Code)
		}
		for _, name := range []string{"Content-Type", "Content-Length", "Etag", "Last-Modified"} {
			if g, h := get.Header().Get(name), head.Header().Get(name); g != h {
				t.Errorf("HEAD %s: %s %q, GET has %q", target, name, h, g)
			}
		}
	}
}

func TestConditionsAndRanges(t *testing.T) {
	root := site(t, map[string]string{"a.txt": "0123456789"})
	s, _ := newServer(t, Config{Root: root})
	first := do(s, "GET", "/a.txt")
	tag, modified := first.Header().Get("Etag"), first.Header().Get("Last-Modified")
	if !strings.HasPrefix(tag, `"`) || len(tag) < 4 || modified == "" {
		t.Fatalf("Etag %q, Last-Modified %q", tag, modified)
	}
	tests := []struct {
		name, header string
		status       int
		body         string
	}{
		{"same tag", "If-None-Match: " + tag, 304, ""},
		{"weak form of it", "If-None-Match: W/" + tag, 304, ""},
		{"in a list", `If-None-Match: "x", ` + tag, 304, ""},
		{"other tag", `If-None-Match: "x"`, 200, "0123456789"},
		{"any tag", "If-None-Match: *", 304, ""},
		{"same date", "If-Modified-Since: " + modified, 304, ""},
		{"old date", "If-Modified-Since: Mon, 02 Jan 2006 15:04:05 GMT", 200, "0123456789"},
		{"if match", "If-Match: " + tag, 200, "0123456789"},
		{"if match fails", `If-Match: "x"`, 412, ""},
		{"if unmodified fails", "If-Unmodified-Since: Mon, 02 Jan 2006 15:04:05 GMT", 412, ""},
		{"range", "Range: bytes=2-4", 206, "234"},
		{"open range", "Range: bytes=7-", 206, "789"},
		{"suffix", "Range: bytes=-3", 206, "789"},
		{"another unit", "Range: lines=2-4", 200, "0123456789"},
		{"beyond the end", "Range: bytes=20-", 416, "invalid range: failed to overlap\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if w := do(s, "GET", "/a.txt", tt.header); w.Code != tt.status || w.Body.String() != tt.body {
				t.Errorf("%s: %d %q, want %d %q", tt.header, w.Code, w.Body, tt.status, tt.body)
			}
		})
	}
	if w := do(s, "GET", "/a.txt", "Range: bytes=0-1", `If-Range: "x"`); w.Code != 200 {
		t.Errorf("If-Range with another tag: %d, want 200", w.Code)
	}
}

func TestTagChangesWithContent(t *testing.T) {
	root := site(t, map[string]string{"a.txt": "one"})
	name := filepath.Join(root, "a.txt")
	s, _ := newServer(t, Config{Root: root})
	past := time.Unix(1, 0) // as tools do that give every file the same time
	must(t, os.Chtimes(name, past, past))
	tag := do(s, "GET", "/a.txt").Header().Get("Etag")
	if again := do(s, "GET", "/a.txt").Header().Get("Etag"); again != tag {
		t.Errorf("the tag of an unchanged file went from %s to %s", tag, again)
	}
	eventually(t, "the kernel's clock to tick", func() bool {
		write(t, name, "two")
		must(t, os.Chtimes(name, past, past))
		return do(s, "GET", "/a.txt").Header().Get("Etag") != tag
	})
}

func TestMissingPathGetsTheSites404(t *testing.T) {
	root := site(t, map[string]string{"404.html": "<h1>lost</h1>"})
	for name, pages := range map[string]Pages{"no pages": nil, "no page": failingPage(&fs.PathError{Op: "route", Path: "/x", Err: fs.ErrNotExist})} {
		s, _ := newServer(t, Config{Root: root, Pages: pages})
		w := do(s, "POST", "/x")
		if w.Code != 404 || w.Body.String() != "<h1>lost</h1>" || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %q %v", name, w.Code, w.Body, w.Header())
		}
	}
	s, _ := newServer(t, Config{Root: root})
	if w := do(s, "GET", "/404"); w.Code != 200 {
		t.Errorf("GET /404: %d, want 200: it is a file as any other", w.Code)
	}
}

func TestBrowsersAskAgainInDev(t *testing.T) {
	root := site(t, map[string]string{"a.txt": "x", "docs/index.html": "x", "404.html": "lost"})
	for target, want := range map[string]string{"/a.txt": "no-cache", "/docs": "no-cache", "/missing": "no-store"} {
		for _, dev := range []bool{true, false} {
			s, _ := newServer(t, Config{Root: root, Dev: dev})
			if got := do(s, "GET", target).Header().Get("Cache-Control"); got != map[bool]string{true: want}[dev] {
				t.Errorf("GET %s, Dev %t: Cache-Control %q", target, dev, got)
			}
		}
	}
}
