package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// examplesOf returns the texts of the pre elements of a page of the documentation, in their order.
func examplesOf(t *testing.T, page string) (examples []string) {
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
		if n.Data == "pre" {
			examples = append(examples, textOf(n))
		}
	}
	return examples
}

// exampleOf returns the example of a page that begins with start.
func exampleOf(t *testing.T, page, start string) string {
	t.Helper()
	for _, example := range examplesOf(t, page) {
		if strings.HasPrefix(example, start) {
			return example
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
