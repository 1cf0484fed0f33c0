package server

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// listed returns the names and the links of a listing.
func entriesOf(t *testing.T, body string) (names, links []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	must(t, err)
	for n := range root.Descendants() {
		if n.Data != "td" || n.FirstChild == nil || n.FirstChild.Data != "a" {
			continue
		}
		names = append(names, n.FirstChild.FirstChild.Data)
		for _, a := range n.FirstChild.Attr {
			if a.Key == "href" {
				links = append(links, a.Val)
			}
		}
	}
	return names, links
}

func browsable(t *testing.T) *Server {
	root := site(t, map[string]string{
		"files/b.txt": "bb", "files/A.txt": "a", "files/c.txt": strings.Repeat("c", 1500), "files/sub/x": "x",
		"files/.hidden": "", "files/<b>&\"'.txt": "", "files/a:b ?#%.txt": "", "files/你好.txt": "",
		"index/index.html": "index", ".well-known/x": "x", "empty/.keep": "",
	})
	for i, name := range []string{"c.txt", "A.txt", "b.txt"} {
		at := time.Date(2026, 1, 1+i, 12, 0, 0, 0, time.UTC)
		must(t, os.Chtimes(filepath.Join(root, "files", name), at, at))
	}
	symlink(t, "b.txt", filepath.Join(root, "files/link.txt"))
	symlink(t, "../index", filepath.Join(root, "files/linked"))
	symlink(t, "/etc", filepath.Join(root, "files/out"))
	symlink(t, "nowhere", filepath.Join(root, "files/broken"))
	s, _ := newServer(t, Config{Root: root, Browse: true})
	return s
}

func TestListingHasWhatCanBeAskedFor(t *testing.T) {
	s := browsable(t)
	w := do(s, "GET", "/files/", "Accept: text/html")
	names, links := entriesOf(t, w.Body.String())
	want := []string{"Folder above", "linked", "sub", `<b>&"'.txt`, "A.txt", "a:b ?#%.txt", "b.txt", "c.txt", "link.txt", "你好.txt"}
	if strings.Join(names, "|") != strings.Join(want, "|") {
		t.Errorf("listed are\n%q, want\n%q", names, want)
	}
	for _, link := range links[1:] {
		path, query, _ := strings.Cut("/files/"+strings.TrimPrefix(link, "./"), "?")
		if got := do(s, "GET", path); got.Code != 200 || query != "" {
			t.Errorf("the link %s leads to %d", link, got.Code)
		}
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache", "Vary": "Accept",
		"X-Content-Type-Options": "nosniff", "Content-Length": fmt.Sprint(w.Body.Len()),
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	head := do(s, "HEAD", "/files/", "Accept: text/html")
	if head.Body.Len() != 0 || head.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
		t.Errorf("HEAD: %d bytes, Content-Length %s", head.Body.Len(), head.Header().Get("Content-Length"))
	}
}

func TestListingIsSorted(t *testing.T) {
	s := browsable(t)
	for query, want := range map[string]string{
		"":                                "A.txt b.txt c.txt",
		"?order=desc":                     "c.txt b.txt A.txt",
		"?sort=name&order=desc":           "c.txt b.txt A.txt",
		"?sort=size":                      "A.txt b.txt c.txt",
		"?sort=size&order=desc":           "c.txt b.txt A.txt",
		"?sort=time":                      "c.txt A.txt b.txt",
		"?sort=time&order=desc":           "b.txt A.txt c.txt",
		"?sort=<script>&order=%00&%zz=%y": "A.txt b.txt c.txt",
	} {
		names, links := entriesOf(t, do(s, "GET", "/files/"+query).Body.String())
		var got []string
		for _, name := range names {
			if name == "A.txt" || name == "b.txt" || name == "c.txt" {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %s", query, got, want)
		}
		if path, _, _ := strings.Cut(links[1], "?"); !strings.HasSuffix(path, "/") {
			t.Errorf("%s: %s comes first, want a folder", query, path)
		}
	}
}

func TestListingAsJSON(t *testing.T) {
	w := do(browsable(t), "GET", "/files/?sort=size&order=desc", "Accept: application/json")
	var got struct {
		Path    string
		More    bool
		Entries []struct {
			Name, URL string
			Folder    bool
			Size      int
			Modified  time.Time
		}
	}
	must(t, json.Unmarshal(w.Body.Bytes(), &got))
	if w.Header().Get("Content-Type") != "application/json" || got.Path != "/files/" || len(got.Entries) != 9 || got.More {
		t.Fatalf("%v %+v", w.Header(), got)
	}
	if e := got.Entries[2]; e.Name != "c.txt" || e.Size != 1500 || e.Folder || e.URL != "./c.txt" || e.Modified.Day() != 1 {
		t.Errorf("%+v", e)
	}
	if w := do(browsable(t), "GET", "/empty/", "Accept: application/json"); !strings.Contains(w.Body.String(), `"entries": []`) {
		t.Errorf("an empty folder is %s", w.Body)
	}
}

func TestListingIsTheLastResort(t *testing.T) {
	root := site(t, map[string]string{"files/a": "", "index/index.html": "index", "private/a": "", "page/a": ""})
	must(t, os.Mkdir(filepath.Join(root, "page.html"), 0o755))
	config := Config{Root: root, Browse: true, Pages: pageUnder("/page")}
	s, _ := newServer(t, config)
	for _, test := range []struct {
		request string
		status  int
		body    string
	}{
		{"GET /files/", 200, "1 file"},
		{"GET /files", 301, ""},
		{"GET /index/", 200, "index"},
		{"GET /page/", 200, "page /page/"},
		{"POST /files/", 405, ""},
		{"POST /page/", 200, "page /page/"},
		{"GET /nothing/", 404, ""},
		{"GET /files/a/", 404, ""},
		{"GET /.well-known/", 404, ""},
		{"GET /.git/", 404, ""},
		{"GET /", 200, "folder"},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		w := do(s, method, path)
		if w.Code != test.status {
			t.Errorf("%s: %d, want %d", test.request, w.Code, test.status)
		}
		if !strings.Contains(w.Body.String(), test.body) {
			t.Errorf("%s: %s, want %s", test.request, w.Body, test.body)
		}
	}
	if got := leadsTo(t, "/files", do(s, "GET", "/files?sort=size")); got != "/files/?sort=size" {
		t.Errorf("/files is redirected to %s", got)
	}
	config.Browse = false
	s, _ = newServer(t, config)
	if w := do(s, "GET", "/files/"); w.Code != 404 {
		t.Errorf("a listing that nobody asked for: %d", w.Code)
	}
}

func TestListingIsBounded(t *testing.T) {
	root := t.TempDir()
	for i := range maxListed + 5 {
		f, err := os.Create(filepath.Join(root, fmt.Sprint(i)))
		must(t, err)
		must(t, f.Close())
	}
	s, _ := newServer(t, Config{Root: root, Browse: true})
	body := do(s, "GET", "/").Body.String()
	if names, _ := entriesOf(t, body); len(names) != maxListed || !strings.Contains(body, "There is more") {
		t.Errorf("%d entries", len(names))
	}
}

func TestSizesForPeople(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 9949: "9.9 kB", 9950: "10 kB", 999_499: "999 kB", 999_500: "1.0 MB",
		1_500_000: "1.5 MB", 64_000_000_000: "64 GB", 1 << 62: "4612 PB",
	} {
		if got := humanSize(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestListingIsCompressed(t *testing.T) {
	s := browsable(t)
	want := do(s, "GET", "/files/", "Accept: text/html").Body.String()
	for _, coding := range []string{"br", "zstd", "gzip"} {
		w := do(s, "GET", "/files/", "Accept: text/html", "Accept-Encoding: "+coding)
		vary := strings.Join(w.Header()["Vary"], ", ")
		if w.Code != 200 || w.Header().Get("Content-Encoding") != coding || vary != "Accept, Accept-Encoding" || decoded(t, w) != want {
			t.Errorf("%s: %d %v", coding, w.Code, w.Header())
		}
		head := do(s, "HEAD", "/files/", "Accept: text/html", "Accept-Encoding: "+coding)
		if head.Code != 200 || head.Header().Get("Content-Encoding") != coding || head.Body.Len() > 0 {
			t.Errorf("HEAD: %d %v with %d bytes", head.Code, head.Header(), head.Body.Len())
		}
	}
}

func TestListingCanOnlyBeRead(t *testing.T) {
	s := browsable(t)
	for _, path := range []string{"/files/", "/files", "/"} {
		for _, method := range []string{"POST", "PUT", "DELETE", "BREW"} {
			w := do(s, method, path)
			if got := w.Result().Header.Get("Allow"); w.Code != 405 || got != "GET, HEAD, OPTIONS" {
				t.Errorf("%s %s: %d, Allow %q", method, path, w.Code, got)
			}
		}
		w := do(s, "OPTIONS", path)
		if got := w.Result().Header.Get("Allow"); w.Code != 204 || got != "GET, HEAD, OPTIONS" {
			t.Errorf("OPTIONS %s: %d, Allow %q", path, w.Code, got)
		}
	}
	if w := do(s, "POST", "/files/missing"); w.Code != 404 {
		t.Errorf("POST of what is not there: %d", w.Code)
	}
}

func TestListingTakesCacheControlFromTheRules(t *testing.T) {
	root := site(t, map[string]string{"private/a.txt": "a", "public/a.txt": "a", "as-it-is/a.txt": "a"})
	config := Config{Root: root, Browse: true, Cache: []CacheRule{{"/private/*", "no-store"}, {"/as-it-is/*", ""}}}
	s, _ := newServer(t, config)
	for path, want := range map[string]string{
		"/private/": "no-store", "/public/": "no-cache", "/as-it-is/": "", "/private": "no-cache",
	} {
		if got := do(s, "GET", path).Result().Header.Get("Cache-Control"); got != want {
			t.Errorf("%s: Cache-Control %q, want %q", path, got, want)
		}
	}
	config.Dev = true
	s, _ = newServer(t, config)
	if got := do(s, "GET", "/as-it-is/").Result().Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("while developing: Cache-Control %q", got)
	}
}
