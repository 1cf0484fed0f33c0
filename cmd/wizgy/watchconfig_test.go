package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOptionsStayWhileTheSiteIsGone(t *testing.T) {
	site := filepath.Join(t.TempDir(), "current")
	name := filepath.Join(site, "wizgy.toml")
	write := func(text string) {
		t.Helper()
		if err := os.MkdirAll(site, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("browse = true")
	folder := siteArgument{Site: site}
	changes := 0
	w := &configWatcher{file: &folder, last: folder.readConfig(), changed: func(*configFile, []string) { changes++ }}
	if len(w.last.text) == 0 {
		t.Fatal("the file was not read: the test proves nothing")
	}
	if err := os.RemoveAll(site); err != nil {
		t.Fatal(err)
	}
	if w.look(); changes != 0 {
		t.Error("options were dropped with the folder")
	}
	write("browse = true")
	if w.look(); changes != 0 {
		t.Error("options that are the same count as changed")
	}
	write("browse = false")
	if w.look(); changes != 1 {
		t.Errorf("%d changes, want 1", changes)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if w.look(); changes != 2 {
		t.Errorf("%d changes after the file was removed, want 2", changes)
	}
}
