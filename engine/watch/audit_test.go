package watch

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// silent is a system that has watches to give, and never tells of anything, as it is with a disk of
// another machine.
func silent() (*notifier, error) {
	nothing := func(string) error { return nil }
	errs := make(chan error)
	return &notifier{events: make(chan fsnotify.Event), errors: errs, add: nothing, remove: nothing, close: func() error { close(errs); return nil }, closes: true}, nil
}

func TestChangesThatAreNotToldAreFound(t *testing.T) {
	t.Parallel()
	root, outside, log := t.TempDir(), t.TempDir(), &bytes.Buffer{}
	page := write(t, filepath.Join(root, "page.js"))
	deep := write(t, filepath.Join(mkdir(t, root, "a", "b"), "page.js"))
	lib := write(t, filepath.Join(outside, "lib.js"))
	w := openOn(t, Config{Roots: []string{root}, Logger: slog.New(slog.NewTextHandler(log, nil))},
		system{open: silent, every: time.Hour, audit: 20 * time.Millisecond})
	must(t, w.Add(outside))
	for _, path := range []string{page, deep, lib} {
		write(t, path)
		expect(t, w, path)
	}
	long := time.Now().Add(-time.Hour) // the same time and size as before
	must(t, os.Chtimes(page, long, long))
	expect(t, w, page)
	rename(t, write(t, filepath.Join(t.TempDir(), "other.js")), page)
	expect(t, w, page)
	expect(t, w, write(t, filepath.Join(mkdir(t, root, "new"), "page.js")))
	rename(t, filepath.Join(root, "a"), filepath.Join(root, "moved"))
	moved := filepath.Join(root, "moved", "b", "page.js")
	expect(t, w, filepath.Join(root, "a"), moved)
	expect(t, w, write(t, moved))
	must(t, os.Remove(page))
	expect(t, w, page)
	must(t, w.Close())
	if got := log.String(); strings.Count(got, "level=WARN") != 1 || !strings.Contains(got, "the system did not tell") {
		t.Errorf("want one warning, got %s", got)
	}
}

// What is told is not found once more: the file is known as it is by then.
func TestChangesThatAreToldAreNotFoundAgain(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	page := write(t, filepath.Join(root, "page.js"))
	w := openOn(t, Config{Roots: []string{root}}, system{open: inotify, every: time.Hour, audit: time.Hour})
	write(t, page)
	expect(t, w, page)
	must(t, w.Close()) // its goroutine is done: all is ours
	f := w.folders[root]
	now := stamps{}
	now.lookAt(root, "page.js")
	if f == nil || f.seen["page.js"] != now["page.js"] || len(f.untold) > 0 {
		t.Errorf("got %+v, want %+v", f, now)
	}
}

func TestFileSystemsOfOthersAreKnown(t *testing.T) {
	t.Parallel()
	if got := remoteKind(t.TempDir()); got != "" {
		t.Skipf("tests run on %s", got)
	}
	if got := remoteKind(filepath.Join(t.TempDir(), "none")); got != "" {
		t.Errorf("a folder that is not there is on %s", got)
	}
}
