package main

import (
	"bytes"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
