package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestOpenTriesTheNextProgram has a program that finds no browser, and one behind it that does.
func TestOpenTriesTheNextProgram(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is one program only that opens a browser")
	}
	bin, got := t.TempDir(), filepath.Join(t.TempDir(), "url")
	t.Setenv("PATH", bin)
	t.Setenv("GOT", got)
	write := func(name, script string) {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if opened("http://localhost/") {
		t.Error("a URL is opened where no program is")
	}
	write("xdg-open", "exit 3\n")
	if opened("http://localhost/") {
		t.Error("a URL is opened by a program that has found no browser")
	}
	write("sensible-browser", `printf %s "$1" > "$GOT"`)
	if !opened("http://localhost/") {
		t.Error("the program behind it is not tried")
	}
	if url, err := os.ReadFile(got); string(url) != "http://localhost/" {
		t.Errorf("it has got %q, %v", url, err)
	}
}
