package main

import (
	"bytes"
	"image/png"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"wizgy/engine"
	"wizgy/server"
)

// serveDefault serves the site of this repository, and returns its URL.
func serveDefault(t *testing.T) string {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	pages, err := engine.New(engine.Config{Dir: filepath.Join(repository, "apps"), NoWatch: true, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pages.Close() })
	files, err := server.New(server.Config{Root: filepath.Join(repository, "html"), Pages: pages, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	web := httptest.NewServer(files)
	t.Cleanup(web.Close)
	return web.URL
}

// get returns what a URL answers, and the body if it is HTML or a picture: a text may be a
// clock's, which takes its time.
func get(t *testing.T, address string) (status int, contentType string, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	contentType = resp.Header.Get("Content-Type")
	if !strings.HasPrefix(contentType, "text/plain") {
		if body, err = io.ReadAll(resp.Body); err != nil {
			t.Fatal(err)
		}
	}
	return resp.StatusCode, contentType, body
}

func TestDefaultSitePictureDecodes(t *testing.T) {
	t.Parallel()
	status, contentType, body := get(t, serveDefault(t)+"/picture")
	if status != http.StatusOK || contentType != "image/png" {
		t.Fatalf("%d %s", status, contentType)
	}
	img, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	colours := map[[3]uint32]bool{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, y).RGBA()
			colours[[3]uint32{r, g, b}] = true
		}
	}
	if len(colours) < 10 {
		t.Errorf("%v with %d colours, want a picture", img.Bounds(), len(colours))
	}
}

// document is what a page links to, and what can be linked to in it.
type document struct {
	links []string
	ids   map[string]bool
}

func parseDocument(t *testing.T, body []byte) document {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	d := document{ids: map[string]bool{}}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			switch a.Key {
			case "href", "src", "action":
				d.links = append(d.links, a.Val)
			case "id":
				if d.ids[a.Val] {
					t.Errorf("the id %s is there twice", a.Val)
				}
				d.ids[a.Val] = true
			}
		}
	}
	return d
}

// TestDefaultSiteLinks follows every link of the site's own, from the start page and from every
// file and page, and looks for the places within pages that links name.
func TestDefaultSiteLinks(t *testing.T) {
	t.Parallel()
	start, err := url.Parse(serveDefault(t) + "/")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]document{}
	fragments := map[string]string{} // URL with fragment: where it is linked from
	queue := []string{start.String()}
	from := map[string]string{start.String(): "the start"}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if _, ok := seen[at]; ok {
			continue
		}
		if len(seen) > 500 {
			t.Fatal("the site has no end")
		}
		status, contentType, body := get(t, at)
		if status != http.StatusOK {
			t.Errorf("%s, linked from %s: %d", at, from[at], status)
		}
		if !strings.HasPrefix(contentType, "text/html") {
			seen[at] = document{}
			continue
		}
		if !utf8.Valid(body) || contentType != "text/html; charset=utf-8" {
			t.Errorf("%s: %s, valid %v", at, contentType, utf8.Valid(body))
		}
		seen[at] = parseDocument(t, body)
		base, _ := url.Parse(at)
		for _, link := range seen[at].links {
			u, err := base.Parse(link)
			if err != nil {
				t.Errorf("%s: %v", at, err)
				continue
			}
			if u.Host != start.Host || u.Scheme != start.Scheme {
				continue
			}
			if u.Fragment != "" {
				fragments[u.String()] = at
				u.Fragment = ""
			}
			if from[u.String()] == "" {
				from[u.String()] = at
			}
			queue = append(queue, u.String())
		}
	}
	for _, link := range slices.Sorted(maps.Keys(fragments)) {
		u, _ := url.Parse(link)
		id := u.Fragment
		u.Fragment = ""
		if !seen[u.String()].ids[id] {
			t.Errorf("%s, linked from %s: there is no such id", link, fragments[link])
		}
	}
	everythingIsLinked(t, start.String(), seen)
}

// everythingIsLinked looks whether each document and each page was found by its links.
func everythingIsLinked(t *testing.T, start string, seen map[string]document) {
	t.Helper()
	found := map[string]bool{}
	for address := range seen {
		u, _ := url.Parse(address)
		found[strings.Trim(u.Path, "/")] = true
	}
	for _, half := range []string{"html", "apps"} {
		dir := os.DirFS(filepath.Join(repository, half))
		err := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			path := strings.TrimSuffix(name, filepath.Ext(name))
			switch {
			case name[0] == '_' || name == "404.html" || name == "index.html" || strings.Contains(name, "["):
			case half == "html" && filepath.Ext(name) != ".html":
			case !found[path]:
				t.Errorf("no link from %s leads to %s/%s", start, half, name)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestDefaultSiteListings compares the sources that the documentation shows with the files.
func TestDefaultSiteListings(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(repository, "html", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	listings := 0
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if n.Data != "pre" || a.Key != "data-source" {
					continue
				}
				listings++
				want, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(a.Val)))
				if err != nil {
					t.Errorf("%s: %v", filepath.Base(file), err)
				} else if strings.TrimSuffix(textOf(n), "\n") != strings.TrimSuffix(string(want), "\n") {
					t.Errorf("%s shows another %s than there is", filepath.Base(file), a.Val)
				}
			}
		}
	}
	if listings == 0 {
		t.Error("no listing was found")
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
