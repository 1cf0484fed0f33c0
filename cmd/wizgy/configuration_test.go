package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"golang.org/x/net/html"
)

// configurationExample returns the wizgy.toml that the documentation shows.
func configurationExample(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository, "html", "configuration.html"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if n.Data == "pre" && a.Key == "id" && a.Val == "options" {
				return textOf(n)
			}
		}
	}
	t.Fatal("html/configuration.html has no example")
	return ""
}

// TestConfigurationPageHasEveryOption also compares the values with the defaults of the flags.
func TestConfigurationPageHasEveryOption(t *testing.T) {
	file := configFile{name: "html/configuration.html", text: []byte(configurationExample(t))}
	read := file.options()
	if err := file.err(); err != nil {
		t.Fatal(err)
	}
	var defaults struct{ options }
	flags := optionFlags(&defaults)
	if got := reflect.TypeFor[options]().NumField() - 1; got != len(flags) { // fromFile is none
		t.Errorf("there are %d options and %d fields", len(flags), got)
	}
	for name, flag := range flags {
		value, ok := read[name]
		if !ok {
			t.Errorf("%s is not in the example", name)
			continue
		}
		if err := flag.Reset(); err != nil {
			t.Fatal(err)
		}
		if kind := value.Kind(); kind == reflect.Slice || kind == reflect.Map {
			if value.Len() == 0 {
				t.Errorf("the example has nothing in %s", name)
			}
		} else if !value.Equal(flag.Target) {
			t.Errorf("%s is %v in the example, and %v if nothing is said", name, value, flag.Target)
		}
	}
}
