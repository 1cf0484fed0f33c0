package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestSwitchedRootIsWatched(t *testing.T) {
	// The link may be the root, lead to the root, or be a link in turn.
	for name, root := range map[string]string{"itself": "current", "above": "current/apps", "chain": "live/apps"} {
		for way, replace := range map[string]func(t *testing.T, target, link string){
			"by rename": func(t *testing.T, target, link string) {
				rename(t, symlink(t, target, link+".new"), link)
			},
			"by delete": func(t *testing.T, target, link string) {
				must(t, os.Remove(link))
				symlink(t, target, link)
			},
		} {
			t.Run(name+"/"+way, func(t *testing.T) {
				t.Parallel()
				site := t.TempDir()
				for i := range 3 {
					mkdir(t, site, "releases", fmt.Sprint(i), "apps")
				}
				symlink(t, "current", filepath.Join(site, "live"))
				current := symlink(t, "releases/0", filepath.Join(site, "current"))
				w := open(t, Config{Roots: []string{filepath.Join(site, root)}})
				for i := 1; i < 3; i++ {
					replace(t, fmt.Sprintf("releases/%d", i), current)
					expectAll(t, w)
					expectWatched(t, w, filepath.Join(site, root, "page.js"))
				}
			})
		}
	}
}

func TestRootMayBeMissing(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	root := filepath.Join(base, "some", "site", "apps")
	w := open(t, Config{Roots: []string{root}})
	must(t, w.Add(root)) // which takes nothing from it
	page := filepath.Join(root, "below", "page.js")

	mkdir(t, filepath.Dir(page))
	expectAll(t, w)
	expectWatched(t, w, page)

	away := filepath.Join(base, "away")
	for _, dir := range []string{root, filepath.Dir(root)} {
		rename(t, dir, away)
		expectAll(t, w)
		rename(t, away, dir)
		expectAll(t, w)
		expectWatched(t, w, page)
	}

	must(t, os.RemoveAll(filepath.Join(base, "some")))
	expectAll(t, w)
	mkdir(t, filepath.Dir(page))
	expectAll(t, w)
	expectWatched(t, w, page)
}

func TestNeighboursOfARootAreNotReported(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	root := mkdir(t, base, "root")
	w := open(t, Config{Roots: []string{root}})
	neighbour := write(t, filepath.Join(base, "neighbour"))
	got := expect(t, w, write(t, filepath.Join(root, "page.js")))
	unexpected(t, got, neighbour)
}

func TestFolderBehindALinkIsReportedAsSeenThroughIt(t *testing.T) {
	t.Parallel()
	root, outside := t.TempDir(), t.TempDir()
	one, two := mkdir(t, outside, "one"), mkdir(t, outside, "two", "deep")
	relative, err := filepath.Rel(root, one)
	must(t, err)
	link := symlink(t, relative, filepath.Join(root, "link"))
	w := open(t, Config{Roots: []string{root}})
	write(t, filepath.Join(one, "lib.js"))
	got := expect(t, w, filepath.Join(link, "lib.js"))
	unexpected(t, got, outside)

	write(t, filepath.Join(two, "old.js"))
	rename(t, symlink(t, filepath.Dir(two), link+".new"), link)
	expect(t, w, link, filepath.Join(link, "deep", "old.js"))
	write(t, filepath.Join(one, "lib.js"))
	write(t, filepath.Join(two, "new.js"))
	got = expect(t, w, filepath.Join(link, "deep", "new.js"))
	unexpected(t, got, filepath.Join(link, "lib.js"))

	rename(t, filepath.Dir(two), filepath.Join(outside, "away"))
	expect(t, w, link)
	mkdir(t, two)
	expect(t, w, filepath.Join(link, "deep"))
	write(t, filepath.Join(two, "again.js"))
	expect(t, w, filepath.Join(link, "deep", "again.js"))
}

func TestFileBehindALinkIsReportedAsTheLink(t *testing.T) {
	t.Parallel()
	root, outside := t.TempDir(), t.TempDir()
	target := filepath.Join(outside, "target.js")
	link := symlink(t, target, filepath.Join(root, "page.js")) // broken at first
	w := open(t, Config{Roots: []string{root}})
	for range 2 {
		write(t, target)
		expect(t, w, link)
		write(t, target)
		expect(t, w, link)
		rename(t, write(t, target+".tmp"), target)
		expect(t, w, link)
		must(t, os.Remove(target))
		expect(t, w, link)
	}
}

func TestLinksInsideARootReportBothPaths(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	a := mkdir(t, root, "a")
	link := symlink(t, "a", filepath.Join(root, "link"))
	w := open(t, Config{Roots: []string{root}})
	file := write(t, filepath.Join(a, "file"))
	expect(t, w, file, filepath.Join(link, "file"))

	b := filepath.Join(root, "b")
	rename(t, a, b)
	expect(t, w, a, link, filepath.Join(b, "file"))
	symlink(t, "b", link+"2")
	expect(t, w, link+"2", filepath.Join(link+"2", "file"))
	write(t, filepath.Join(b, "file"))
	got := expect(t, w, filepath.Join(b, "file"), filepath.Join(link+"2", "file"))
	unexpected(t, got, a, filepath.Join(link, "file"))
}

func TestLinksInLoopsEnd(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	root := mkdir(t, base, "root")
	symlink(t, "/", filepath.Join(root, "top"))
	symlink(t, "..", filepath.Join(root, "up"))
	symlink(t, ".", filepath.Join(root, "here"))
	// Nine folders that link to each other have a million paths through them.
	for i := range 9 {
		dir := mkdir(t, root, fmt.Sprint(i))
		for j := range 9 {
			symlink(t, fmt.Sprintf("../%d", j), filepath.Join(dir, fmt.Sprintf("to%d", j)))
		}
	}
	w := open(t, Config{Roots: []string{root}})
	expect(t, w, write(t, filepath.Join(root, "7", "file")))
}
