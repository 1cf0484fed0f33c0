package watch

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long a change may take on a machine that does other things.
const patience = time.Minute

// open starts a watcher with short batches.
func open(t *testing.T, c Config) *Watcher {
	t.Helper()
	return openOn(t, c, system{open: inotify, every: 30 * time.Millisecond})
}

func openOn(t *testing.T, c Config, s system) *Watcher {
	t.Helper()
	if c.Quiet == 0 {
		c.Quiet = 10 * time.Millisecond
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	w, err := start(c, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// receive collects batches until enough is true, and returns everything that it got.
func receive(t *testing.T, w *Watcher, enough func(Change) bool) Change {
	t.Helper()
	var got Change
	late := time.After(patience)
	for !enough(got) {
		select {
		case c, ok := <-w.Changes():
			if !ok {
				t.Fatalf("closed, after %v", got)
			}
			if c.All != (c.Paths == nil) || !slices.IsSorted(c.Paths) {
				t.Fatalf("bad batch %+v", c)
			}
			got.All = got.All || c.All
			got.Paths = append(got.Paths, c.Paths...)
		case <-late:
			t.Fatalf("too late; got %d paths, All %v: %.20q", len(got.Paths), got.All, got.Paths)
		}
	}
	return got
}

// expect waits until all paths have been reported and returns all that was.
func expect(t *testing.T, w *Watcher, paths ...string) []string {
	t.Helper()
	missing := paths
	defer func() {
		if t.Failed() {
			t.Logf("missing: %q", missing)
		}
	}()
	return receive(t, w, func(c Change) bool {
		missing = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return slices.Contains(c.Paths, p) })
		return len(missing) == 0
	}).Paths
}

func expectAll(t *testing.T, w *Watcher) {
	t.Helper()
	receive(t, w, func(c Change) bool { return c.All })
}

// expectWatched writes the file path until that is reported by name: where a root has changed,
// more than one batch may say that all has.
func expectWatched(t *testing.T, w *Watcher, path string) {
	t.Helper()
	for range 20 {
		write(t, path)
		got := receive(t, w, func(c Change) bool { return c.All || slices.Contains(c.Paths, path) })
		if !got.All {
			return
		}
	}
	t.Fatalf("all has changed again and again")
}

// unexpected fails if anything at or below a path is in got.
func unexpected(t *testing.T, got []string, paths ...string) {
	t.Helper()
	for _, p := range paths {
		for _, g := range got {
			if within(g, p) {
				t.Errorf("%s was reported", g)
			}
		}
	}
}

func write(t *testing.T, path string) string {
	t.Helper()
	must(t, os.WriteFile(path, []byte(time.Now().String()), 0o666))
	return path
}

func mkdir(t *testing.T, path ...string) string {
	t.Helper()
	dir := filepath.Join(path...)
	must(t, os.MkdirAll(dir, 0o777))
	return dir
}

func symlink(t *testing.T, target, path string) string {
	t.Helper()
	must(t, os.Symlink(target, path))
	return path
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	must(t, os.Rename(from, to))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryWayToSaveAFileIsReported(t *testing.T) {
	saves := map[string]func(t *testing.T, path string){
		"in place": func(t *testing.T, path string) { write(t, path) },
		"temporary file and rename": func(t *testing.T, path string) {
			rename(t, write(t, path+".tmp"), path)
		},
		"rename from elsewhere": func(t *testing.T, path string) {
			rename(t, write(t, filepath.Join(t.TempDir(), "new")), path)
		},
		"delete and create": func(t *testing.T, path string) {
			must(t, os.Remove(path))
			write(t, path)
		},
		"backup and create": func(t *testing.T, path string) {
			rename(t, path, path+"~")
			write(t, path)
		},
		"truncate": func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) },
		"delete":   func(t *testing.T, path string) { must(t, os.Remove(path)) },
		"same size and time": func(t *testing.T, path string) {
			info, err := os.Stat(path)
			must(t, err)
			must(t, os.WriteFile(path, []byte(strings.Repeat("x", int(info.Size()))), 0o666))
			must(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
		},
	}
	for mode, system := range map[string]system{
		"notified": {open: inotify, every: time.Hour},
		"polled":   {every: 20 * time.Millisecond},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for name := range saves {
				write(t, filepath.Join(mkdir(t, root, name), "page.js"))
			}
			w := openOn(t, Config{Roots: []string{root}}, system)
			for name, save := range saves {
				t.Run(name, func(t *testing.T) {
					path := filepath.Join(root, name, "page.js")
					save(t, path)
					expect(t, w, path)
				})
			}
		})
	}
}

func TestPermissionsAloneAreNoChange(t *testing.T) {
	for mode, system := range map[string]system{
		"notified": {open: inotify, every: time.Hour},
		"polled":   {every: 20 * time.Millisecond},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			page := write(t, filepath.Join(root, "page.js"))
			w := openOn(t, Config{Roots: []string{root}}, system)
			must(t, os.Chmod(page, 0o600))
			must(t, os.Chmod(root, 0o700))
			got := expect(t, w, write(t, filepath.Join(root, "later")))
			unexpected(t, got, page)
		})
	}
}

func TestPermissionsThatMatterAreAChange(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	page, other := write(t, filepath.Join(root, "page.js")), write(t, filepath.Join(root, "other.js"))
	below := write(t, filepath.Join(mkdir(t, root, "sub"), "page.js"))
	w := open(t, Config{Roots: []string{root}, Chmod: func(path string) bool { return filepath.Base(path) != "other.js" }})
	must(t, os.Chmod(other, 0o600))
	must(t, os.Chmod(page, 0o600))
	unexpected(t, expect(t, w, page), other)
	must(t, os.Chmod(filepath.Dir(below), 0o750))
	expect(t, w, filepath.Dir(below))
	write(t, below)
	expect(t, w, below) // the folder is watched as before
}

func TestNothingIsReportedThatWasThereBefore(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	old := write(t, filepath.Join(mkdir(t, root, "a", "b"), "old"))
	w := open(t, Config{Roots: []string{root, root, filepath.Join(root, "a")}})
	must(t, w.Add(filepath.Join(root, "a", "b")))
	got := expect(t, w, write(t, filepath.Join(root, "new")))
	unexpected(t, got, filepath.Dir(old))
}

func TestAddedFolderIsWatchedWithoutWhatIsBelow(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	below := mkdir(t, outside, "below")
	root := t.TempDir()
	w := open(t, Config{Roots: []string{root}})
	for _, dir := range []string{outside, outside, root} {
		must(t, w.Add(dir))
	}
	expect(t, w, write(t, filepath.Join(mkdir(t, root, "still", "watched"), "page.js")))
	write(t, filepath.Join(below, "file"))
	got := expect(t, w, write(t, filepath.Join(outside, "lib.js")))
	unexpected(t, got, below)

	must(t, os.RemoveAll(outside))
	expect(t, w, outside)
	mkdir(t, outside)
	expect(t, w, write(t, filepath.Join(outside, "back.js")))
}

func TestEmptyNamesAreErrors(t *testing.T) {
	if _, err := New(Config{Roots: []string{""}}); err == nil {
		t.Error("New took an empty root")
	}
	w := open(t, Config{})
	if err := w.Add(""); err == nil {
		t.Error("Add took an empty name")
	}
}

func TestRelativeRootIsReportedAbsolute(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	must(t, err)
	w := open(t, Config{Roots: []string{"."}})
	write(t, "page.js")
	expect(t, w, filepath.Join(here, "page.js"))
}

func TestCloseEndsTheChannelAndAllGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	root := t.TempDir()
	for range 10 {
		w, err := New(Config{Roots: []string{root}})
		must(t, err)
		write(t, filepath.Join(root, "file")) // a batch that nobody receives
		for range 2 {
			must(t, w.Close())
		}
		if c, ok := <-w.Changes(); ok {
			t.Errorf("got %+v after Close", c)
		}
		if err := w.Add(root); err != ErrClosed {
			t.Errorf("Add after Close: got %v, want %v", err, ErrClosed)
		}
	}
	deadline := time.Now().Add(patience)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, want %d:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
		runtime.Gosched()
	}
}

func TestFileModesThatAreNoFilesDoNoHarm(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	file := write(t, filepath.Join(root, "file"))
	w := open(t, Config{Roots: []string{root, file, filepath.Join(file, "below"), "/\x00", strings.Repeat("/long", 2000)}})
	symlink(t, "self", filepath.Join(root, "self"))
	symlink(t, "\xff/../..//./nowhere/", filepath.Join(root, "broken"))
	symlink(t, "/proc/self/fd/0", filepath.Join(root, "magic"))
	must(t, os.Mkdir(filepath.Join(root, "..."), fs.ModePerm))
	expect(t, w, write(t, filepath.Join(root, "...", "\xff\n")))
}
