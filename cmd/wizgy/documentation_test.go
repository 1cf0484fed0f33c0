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
