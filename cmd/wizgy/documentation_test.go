package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// shown is what a pre element of the documentation shows.
type shown struct{ kind, source, text string }

// examplesOf returns the examples of a page of the documentation, in their order.
func examplesOf(t *testing.T, page string) (examples []shown) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Data != "pre" {
			continue
		}
		e := shown{text: textOf(n)}
		for _, a := range n.Attr {
			switch a.Key {
			case "data-example":
				e.kind = a.Val
			case "data-source":
				e.source = a.Val
			}
		}
		examples = append(examples, e)
	}
	return examples
}

// exampleOf returns the example of a page that begins with start.
func exampleOf(t *testing.T, page, start string) string {
	t.Helper()
	for _, e := range examplesOf(t, page) {
		if strings.HasPrefix(e.text, start) {
			return e.text
		}
	}
	t.Fatalf("%s has no example that begins with %s", page, start)
	return ""
}

// block is an example of README.md: what stands between two lines of ```.
type block struct{ kind, text string }

// readmeBlocks returns the examples of README.md, in their order.
func readmeBlocks(t *testing.T) (blocks []block) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range strings.Split("\n"+string(content), "\n```") {
		if i%2 == 1 {
			kind, text, _ := strings.Cut(part, "\n")
			blocks = append(blocks, block{kind, text + "\n"})
		}
	}
	return blocks
}

// readmeBlock returns the example of README.md that begins with start.
func readmeBlock(t *testing.T, start string) string {
	t.Helper()
	for _, b := range readmeBlocks(t) {
		if strings.HasPrefix(b.text, start) {
			return b.text
		}
	}
	t.Fatalf("README.md has no example that begins with %s", start)
	return ""
}

// documented asks for a URL.
func documented(t *testing.T, url string) (status int, head http.Header, body string) {
	t.Helper()
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(must(http.NewRequest("GET", url, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(text)
}
