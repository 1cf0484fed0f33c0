package watch

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestFilesInNewFoldersAreReported(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	w := open(t, Config{Roots: []string{root}})
	for i := range 8 { // each a race of the files with the watches
		dir := filepath.Join(root, fmt.Sprint(i))
		file := write(t, filepath.Join(mkdir(t, dir, "b", "c"), "page.js"))
		expect(t, w, dir, filepath.Join(dir, "b"), filepath.Join(dir, "b", "c"), file)
		expect(t, w, write(t, file))
	}
}

func TestMovedFolderIsWatchedAtItsNewPlace(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	a, b := filepath.Join(root, "a"), filepath.Join(root, "b")
	write(t, filepath.Join(mkdir(t, a, "sub"), "page.js"))
	w := open(t, Config{Roots: []string{root}})
	for range 4 {
		rename(t, a, b)
		expect(t, w, a, b, filepath.Join(b, "sub"), filepath.Join(b, "sub", "page.js"))
		got := expect(t, w, write(t, filepath.Join(b, "sub", "page.js")), write(t, filepath.Join(b, "other")))
		unexpected(t, got, a)
		a, b = b, a
	}
}

func TestFolderMovedOutIsNotWatchedAnyMore(t *testing.T) {
	t.Parallel()
	root, outside := t.TempDir(), t.TempDir()
	dir, away := filepath.Join(root, "dir"), filepath.Join(outside, "dir")
	mkdir(t, dir, "sub")
	w := open(t, Config{Roots: []string{root}})

	rename(t, dir, away)
	expect(t, w, dir)
	write(t, filepath.Join(away, "sub", "page.js"))
	mkdir(t, dir) // another one, with the old name
	got := expect(t, w, write(t, filepath.Join(dir, "later")))
	unexpected(t, got, away, filepath.Join(dir, "sub"))
	must(t, os.RemoveAll(dir))

	rename(t, away, dir)
	expect(t, w, dir, filepath.Join(dir, "sub", "page.js"))
	expect(t, w, write(t, filepath.Join(dir, "sub", "page.js")))
}

func TestReplacedFolderIsWatched(t *testing.T) {
	for name, replace := range map[string]func(t *testing.T, dir string){
		"by delete": func(t *testing.T, dir string) { // often with the inode number that it had
			must(t, os.RemoveAll(dir))
			mkdir(t, dir)
		},
		"by rename": func(t *testing.T, dir string) { // over an empty one
			must(t, os.RemoveAll(dir))
			rename(t, mkdir(t, t.TempDir(), "first"), dir)
			// os.Rename would not.
			must(t, syscall.Rename(mkdir(t, t.TempDir(), "second"), dir))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			dir := mkdir(t, root, "dir")
			w := open(t, Config{Roots: []string{root}})
			for i := range 5 {
				replace(t, dir)
				expect(t, w, write(t, filepath.Join(dir, fmt.Sprint(i))))
				expect(t, w, write(t, filepath.Join(dir, fmt.Sprint(i))))
			}
		})
	}
}

func TestFileThatBecomesAFolderIsWatched(t *testing.T) {
	for mode, system := range map[string]system{
		"notified": {open: inotify, every: time.Hour},
		"polled":   {every: 20 * time.Millisecond},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			path := write(t, filepath.Join(root, "path"))
			w := openOn(t, Config{Roots: []string{root}}, system)
			must(t, os.Remove(path))
			mkdir(t, path)
			expect(t, w, path)
			expect(t, w, write(t, filepath.Join(path, "file")))
			must(t, os.RemoveAll(path))
			expect(t, w, write(t, path))
		})
	}
}

func TestGitAndNodeModulesAreNotEntered(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	git, modules := mkdir(t, root, ".git"), filepath.Join(root, "sub", "node_modules")
	w := open(t, Config{Roots: []string{root}})
	mkdir(t, modules)
	expect(t, w, modules) // itself is a path like any other
	write(t, filepath.Join(git, "index"))
	write(t, filepath.Join(modules, "index.js"))
	got := expect(t, w, write(t, filepath.Join(root, "later")))
	unexpected(t, got, filepath.Join(git, "index"), filepath.Join(modules, "index.js"))

	must(t, w.Add(modules))
	expect(t, w, write(t, filepath.Join(modules, "index.js")))
}

func TestThousandFilesComeInFewBatches(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for d := range 10 {
		mkdir(t, root, fmt.Sprint(d))
	}
	w := open(t, Config{Roots: []string{root}, Quiet: 100 * time.Millisecond})
	missing := map[string]bool{}
	for i := range 1000 {
		missing[write(t, filepath.Join(root, fmt.Sprint(i%10), fmt.Sprint(i)))] = true
	}
	batches, late := 0, time.After(patience)
	for len(missing) > 0 {
		select {
		case c := <-w.Changes():
			if batches++; c.All {
				return
			}
			for _, p := range c.Paths {
				delete(missing, p)
			}
		case <-late:
			t.Fatalf("%d files missing", len(missing))
		}
	}
	if batches > 50 {
		t.Errorf("got %d batches", batches)
	}
}

// Whatever has happened to a tree, every file that is there afterwards is watched, under its
// right name.
func TestTreeIsWatchedAfterAnyHistory(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"notified", "polled", "few watches"} {
		t.Run(s, func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			history(t, map[string]system{
				"notified":    {open: inotify, every: 20 * time.Millisecond},
				"polled":      {every: 20 * time.Millisecond},
				"few watches": {open: scarce(12), every: 20 * time.Millisecond},
			}[s], rand.New(rand.NewPCG(seed, 0)))
		})
	}
}

func history(t *testing.T, s system, r *rand.Rand) {
	base := t.TempDir()
	root, other := mkdir(t, base, "root"), mkdir(t, base, "other")
	w := openOn(t, Config{Roots: []string{root}}, s)
	name := func() string {
		path := root
		if r.IntN(4) == 0 {
			path = other
		}
		for range 1 + r.IntN(3) {
			path = filepath.Join(path, string(rune('a'+r.IntN(3))))
		}
		return path
	}
	for range 200 { // errors are part of it: there is no such folder, or it is below itself
		switch p := name(); r.IntN(8) {
		case 0, 1:
			_ = os.MkdirAll(p, 0o777)
		case 2, 3:
			_ = os.WriteFile(p+".js", nil, 0o666)
		case 4, 5:
			_ = os.Rename(p, name())
		case 6:
			_ = os.RemoveAll(p)
		case 7:
			_ = os.Symlink(name(), p)
		}
		if r.IntN(10) == 0 { // let it catch up
			expect(t, w, write(t, filepath.Join(root, "mark")))
		}
	}
	var files []string
	for _, dir := range folders(root, 0) {
		// The first write may be found with the folder, the second must be an event.
		files = append(files, write(t, filepath.Join(dir, "last")))
	}
	expect(t, w, files...)
	for _, f := range files {
		write(t, f)
	}
	expect(t, w, files...)
}

// folders returns the folders of a tree, those that links lead to included, but for loops.
func folders(dir string, depth int) []string {
	dirs := []string{dir}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			continue
		}
		real, _ := filepath.EvalSymlinks(path)
		loop := false
		for p := dir; len(p) > 1; p = filepath.Dir(p) {
			above, _ := filepath.EvalSymlinks(p)
			loop = loop || within(above, real)
		}
		if !loop && depth < 4 {
			dirs = append(dirs, folders(path, depth+1)...)
		}
	}
	return dirs
}
