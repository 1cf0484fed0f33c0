package engine

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStoreThatFailsIsToldOfOnce(t *testing.T) {
	dir, log := t.TempDir(), &logLines{}
	write(t, dir, "page.js", numbered(1))
	e := open(t, Config{Dir: dir, Keep: &memory{err: errors.New("no room")}, Logger: slog.New(log)})
	serves(t, e, "1")
	for range 2 {
		write(t, dir, "page.js", "export const = 1;")
		eventually(t, "the page is broken", func() bool { return e.site.Load().pages["page.js"].broken() != nil })
		serves(t, e, "1")
		write(t, dir, "page.js", numbered(1))
		eventually(t, "the page works", func() bool {
			p := e.site.Load().pages["page.js"]
			return p.loaded.Load() && p.broken() == nil
		})
	}
	if n := strings.Count(log.String(), "no room"); n != 1 {
		t.Errorf("told of %d times:\n%s", n, log.String())
	}
}

func TestKeptPagesAreWhatTheyWere(t *testing.T) {
	pages := []*keptPage{
		{file: "a.js", text: "(function () {})", mapText: []byte("{}"), sources: []string{"/srv/apps/a.js", "/srv/lib/\xff.js"}, made: 1795369564009000000},
		{file: "b/[c].js", text: strings.Repeat("long ", 10000), mapText: []byte{}},
	}
	text, left := encodeKept(pages)
	got, err := decodeKept(text)
	if diff := cmp.Diff(pages, got, cmp.AllowUnexported(keptPage{})); err != nil || len(left) > 0 || diff != "" {
		t.Errorf("%v, %d left over\n%s", err, len(left), diff)
	}
	if text, _ := encodeKept(nil); text != nil {
		t.Errorf("no page takes %d bytes", len(text))
	}
	for name, text := range map[string][]byte{
		"cut": text[:len(text)-1], "another version": []byte("pages 2\n" + string(text)), "nonsense": []byte("nonsense"),
		"a length beyond the end": append([]byte(keptFormat), 200, 200, 200, 200, 200, 200, 200, 200, 200, 1),
		"no end of a length":      append([]byte(keptFormat), 200),
	} {
		if pages, err := decodeKept(text); err == nil || pages != nil {
			t.Errorf("%s: %d pages, %v", name, len(pages), err)
		}
	}
}

// The process before may still be there, and have missed a save.
func TestNewerVersionOfAnotherProcessStays(t *testing.T) {
	cfg, store := brokenSite(t, numbered(1))
	e := open(t, cfg)
	serves(t, e, "1")
	text, _ := store.Load()
	pages, err := decodeKept(text)
	if err != nil {
		t.Fatal(err)
	}
	pages[0].made++
	pages[0].text += "\n"
	newer, _ := encodeKept(pages)
	if err := store.Update(func([]byte) []byte { return newer }); err != nil {
		t.Fatal(err)
	}
	write(t, cfg.Dir, "other.js", "export const = 1;")
	eventually(t, "the change is picked up", func() bool { return e.site.Load().pages["other.js"] != nil })
	e.keep()
	if now, _ := store.Load(); !bytes.Equal(now, newer) {
		t.Error("it has been replaced by an older one")
	}
}

func TestWhatDoesNotFitIsLeftOver(t *testing.T) {
	half := strings.Repeat("x", maxKept/2)
	pages := []*keptPage{{file: "a.js", text: half}, {file: "b.js", text: half}, {file: "c.js", text: "small"}}
	text, left := encodeKept(pages)
	if len(text) > maxKept || len(left) != 1 || left[0].file != "b.js" {
		t.Errorf("%d bytes, and %d pages are left over", len(text), len(left))
	}
	kept, err := decodeKept(text)
	if err != nil || len(kept) != 2 || kept[1].file != "c.js" {
		t.Errorf("%d pages are kept, %v", len(kept), err)
	}
}

// A program of another version may be tried, and not stay.
func TestWhatAnotherVersionHasKeptStaysUntilSomethingChanges(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "page.js", numbered(1))
	store := &memory{text: []byte("of another version")}
	e := open(t, Config{Dir: dir, Keep: store})
	serves(t, e, "1")
	eventually(t, "all pages are loaded", func() bool { store.mu.Lock(); defer store.mu.Unlock(); return store.changes > 0 })
	if got, _ := store.Load(); string(got) != "of another version" {
		t.Errorf("kept is %q", got)
	}
	write(t, dir, "page.js", numbered(2))
	eventually(t, "it is gone", func() bool { text, _ := store.Load(); return len(text) == 0 })
	serves(t, e, fmt.Sprint(2))
}

// A process that ends in good order has not noticed yet what is saved in that moment, and the next
// one has not loaded the page yet.
func TestProcessThatEndsHandsOverAllPages(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), &memory{}
	for _, name := range []string{"page.js", "other.js", "sub/third.js"} {
		write(t, dir, name, numbered(1))
	}
	before := open(t, Config{Dir: dir, Keep: store, NoWatch: true})
	for _, path := range []string{"/page", "/other", "/sub/third"} {
		if body, err := get(before, path); body != "1" {
			t.Fatalf("%s: %q, %v", path, body, err)
		}
	}
	next := open(t, Config{Dir: dir, Keep: store, NoStart: true})
	write(t, dir, "page.js", "export const = 1;")
	before.HandOver()
	before.Close()
	if got := store.has(t); len(got) != 3 {
		t.Errorf("kept are %v", got)
	}
	serves(t, next, "1")
	next.warm() // as without NoStart
	if got := store.has(t); !cmp.Equal(got, []string{"page.js"}) {
		t.Errorf("kept are %v", got)
	}
	serves(t, next, "1")
}
