package watch

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// scarce is a system that has only n watches to give.
func scarce(n int) func() (*notifier, error) {
	return func() (*notifier, error) {
		real, err := inotify()
		if err != nil {
			return nil, err
		}
		limited, left, held := *real, n, map[string]bool{}
		limited.add = func(dir string) error {
			if left == 0 {
				return syscall.ENOSPC
			}
			err := real.add(dir)
			if err == nil && !held[dir] {
				held[dir] = true
				left--
			}
			return err
		}
		limited.remove = func(dir string) error {
			if held[dir] {
				delete(held, dir)
				left++
			}
			return real.remove(dir)
		}
		return &limited, nil
	}
}

func TestFoldersWithoutWatchesArePolled(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 5, 8} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			root, log := t.TempDir(), &bytes.Buffer{}
			var files []string
			for i := range 10 {
				files = append(files, write(t, filepath.Join(mkdir(t, root, fmt.Sprint(i)), "page.js")))
			}
			w := openOn(t, Config{Roots: []string{root}, Logger: slog.New(slog.NewTextHandler(log, nil))},
				system{open: scarce(n), every: 20 * time.Millisecond})
			for range 2 {
				for _, f := range files {
					write(t, f)
				}
				expect(t, w, files...)
			}
			rename(t, filepath.Join(root, "3"), filepath.Join(root, "moved"))
			moved := filepath.Join(root, "moved", "page.js")
			expect(t, w, filepath.Join(root, "3"), moved)
			expect(t, w, write(t, moved))
			must(t, w.Close())
			if got := log.String(); strings.Count(got, "level=WARN") != 1 || !strings.Contains(got, "sysctl fs.inotify.max_user_watches=") {
				t.Errorf("want one warning that says what to raise, got %s", got)
			}
		})
	}
}

func TestPolledFolderIsWatchedOnceItCanBe(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	calls := make(chan string, 1000)
	w := openOn(t, Config{Roots: []string{root}}, system{every: 20 * time.Millisecond, open: func() (*notifier, error) {
		n, err := inotify()
		if err != nil {
			return nil, err
		}
		limited, refused := *n, false
		limited.add = func(dir string) error {
			if dir == root && !refused {
				refused = true
				return syscall.ENOSPC
			}
			calls <- dir
			return n.add(dir)
		}
		return &limited, nil
	}})
	late := time.After(patience)
	for dir := ""; dir != root; {
		select {
		case dir = <-calls:
		case <-late:
			t.Fatal("not watched")
		}
	}
	expect(t, w, write(t, filepath.Join(root, "page.js")))
}

func TestSystemWithoutInotifyIsPolled(t *testing.T) {
	t.Parallel()
	root, log := t.TempDir(), &bytes.Buffer{}
	w := openOn(t, Config{Roots: []string{root}, Logger: slog.New(slog.NewTextHandler(log, nil))}, system{
		open:  func() (*notifier, error) { return nil, syscall.EMFILE },
		every: 20 * time.Millisecond,
	})
	expect(t, w, write(t, filepath.Join(mkdir(t, root, "a"), "page.js")))
	must(t, w.Close())
	if got := log.String(); strings.Count(got, "level=WARN") != 1 || !strings.Contains(got, "max_user_instances=") {
		t.Errorf("want one warning that says what to raise, got %s", got)
	}
}

func TestPollingMayBeChosen(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	w := openOn(t, Config{Roots: []string{root}, Poll: 20 * time.Millisecond}, system{
		open: func() (*notifier, error) { t.Error("notifier opened"); return nil, syscall.EMFILE },
	})
	expect(t, w, write(t, filepath.Join(mkdir(t, root, "a"), "page.js")))
}

// deaf is a system whose first notifier reports nothing but what is sent to errs.
// A folder that is polled is found to be another one even if its parent's events tell nothing.
func TestReplacedPolledFolderIsWatched(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	w := openOn(t, Config{Roots: []string{root}}, system{every: 20 * time.Millisecond, open: func() (*notifier, error) {
		n, err := deaf(make(chan error))()
		if err == nil {
			n.add = func(dir string) error {
				if dir == root {
					return syscall.ENOSPC
				}
				return nil
			}
		}
		return n, err
	}})
	rename(t, root, root+".old")
	mkdir(t, root)
	expectAll(t, w)
	expectWatched(t, w, filepath.Join(root, "page.js"))
}

func TestViewOfAPolledFolderHidesNoChange(t *testing.T) {
	dir := t.TempDir()
	f := &folder{path: dir, views: map[*view]struct{}{}, hooks: map[string]map[*view]struct{}{}, seen: stamps{}}
	old, hooked := write(t, filepath.Join(dir, "old")), filepath.Join(dir, "hooked")
	f.addHook(&view{}, "hooked")
	write(t, hooked)
	f.addView(&view{})
	if _, ok := f.seen[filepath.Base(old)]; !ok {
		t.Error("what is there before a view is not seen")
	}
	if _, ok := f.seen[filepath.Base(hooked)]; ok {
		t.Error("what has come since there is a hook is seen already")
	}
}

// As on a machine that has no watches left: nothing is told, everything is right within five
// seconds, and the log says what to raise.
func TestFaultWithoutWatchesChangesAreToldInTime(t *testing.T) {
	t.Parallel()
	root, log := t.TempDir(), &bytes.Buffer{}
	file := write(t, filepath.Join(mkdir(t, root, "deep"), "page.js"))
	production := system{open: scarce(0), every: pollInterval}
	w := openOn(t, Config{Roots: []string{root}, Quiet: 60 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(log, nil))}, production)
	fastest := time.Hour
	for tries := 0; tries < 5 && fastest > 5*time.Second; tries++ { // the machine may be busy
		write(t, file)
		start := time.Now()
		expect(t, w, file)
		fastest = min(fastest, time.Since(start))
	}
	if fastest > 5*time.Second {
		t.Errorf("it took %v", fastest)
	}
	must(t, w.Close())
	if got := log.String(); !strings.Contains(got, "no inotify watches are left") || !strings.Contains(got, "sysctl fs.inotify.max_user_watches=1048576") {
		t.Errorf("logged %s", got)
	}
}

// TestFolderThatWasAwayForAMomentIsWatched looks at folders when something is there that was away when
// it was to be watched.
func TestFolderThatWasAwayForAMomentIsWatched(t *testing.T) {
	t.Parallel()
	root, other := t.TempDir(), t.TempDir()
	must(t, os.Symlink(filepath.Join(other, "target"), filepath.Join(root, "link")))
	w := openOn(t, Config{Roots: []string{root}}, system{every: time.Hour})
	must(t, w.Close()) // what follows is the watcher's own work
	for above, dir := range map[string]string{root: mkdir(t, root, "dir"), other: mkdir(t, other, "target")} {
		f := w.folders[above]
		if f == nil || w.folders[dir] != nil {
			t.Fatalf("%s is not looked at, or %s is watched already", above, dir)
		}
		f.seen = f.look()
		if w.compare(f); w.folders[dir] == nil {
			t.Errorf("%s is not watched", dir)
		}
		before := w.pending.size()
		if w.compare(f); w.pending.size() != before {
			t.Errorf("%s has changed again", dir)
		}
	}
}
