package main

import (
	"testing"
)

func TestExamplePath(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"/":                    "/",
		"/ctime":               "/ctime",
		"/blog/":               "/blog/",
		"/blog/[slug]":         "/blog/slug",
		"/docs/[...path]":      "/docs/path",
		"/shop/[shop]/[item]/": "/shop/shop/item/",
		"/a b/[name]":          "/a%20b/name",
		"/你好":                  "/%E4%BD%A0%E5%A5%BD",
		"/what?":               "/what%3F",
		"/50%/[x]":             "/50%25/x",
	} {
		if got := example(pattern); got != want {
			t.Errorf("%s: got %s, want %s", pattern, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range []string{"0 errors", "1 error", "2 errors"} {
		if got := count(n, "error"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestIndentLeavesEmptyLinesEmpty(t *testing.T) {
	t.Parallel()
	if got, want := indent("a\n\nb"), "    a\n\n    b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
