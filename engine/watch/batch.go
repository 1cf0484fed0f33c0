package watch

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// maxPaths bounds the memory of a batch that nobody receives.
const maxPaths = 10_000

// A batch collects changes until they are due.
type batch struct {
	due  *time.Timer
	mute bool // what is found now was there before

	quiet, max time.Duration
	isFile     func(path string) bool
	paths      map[string]bool // true: the notifier told of it; false: it was found
	all        bool
	full       bool      // maxPaths was reached
	more       bool      // something was added since grown was called
	first      time.Time // when it was, for the first time since the batch was due
	last       time.Time // when it was
}

func newBatch(quiet, max time.Duration) *batch {
	b := &batch{due: time.NewTimer(quiet), quiet: quiet, max: max, isFile: isFile, paths: map[string]bool{}}
	b.due.Stop()
	return b
}

// isFile reports whether there is a file, or a link, of a name that people give.
func isFile(path string) bool {
	name := filepath.Base(path)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") {
		return false
	}
	info, err := os.Lstat(path)
	return err == nil && (info.Mode().IsRegular() || info.Mode()&fs.ModeSymlink != 0)
}

// add adds what was found to have changed.
func (b *batch) add(path string) { b.put(path, false) }

// event adds what the notifier told of.
func (b *batch) event(path string) { b.put(path, true) }

func (b *batch) put(path string, told bool) {
	if b.mute {
		return
	}
	b.more = true
	if b.all {
		return
	}
	b.paths[path] = told || b.paths[path]
	if len(b.paths) > maxPaths {
		b.everything()
		b.full = true
	}
}

func (b *batch) everything() {
	b.more, b.all = true, true
	clear(b.paths)
}

// size returns how many paths have changed; all of them are one.
func (b *batch) size() int {
	if b.all {
		return 1
	}
	return len(b.paths)
}

// grown reports whether something was added since it was last called, and then puts off the time
// at which the batch is due.
func (b *batch) grown() bool {
	if !b.more {
		return false
	}
	b.more = false
	b.last = time.Now()
	if b.first.IsZero() {
		b.first = b.last
	}
	b.due.Reset(min(b.quiet, b.untilLatest(b.last)))
	return true
}

// A save is over when a file has been written, and perhaps a copy of the old one, a deploy goes on:
// the more files have changed, the longer the pauses that it may make.
const (
	saved       = 1  // files that do not count
	mostQuiet   = 8  // times quiet, reached with as many files that do
	halfMaxEach = 20 // paths add a half to max
	mostMax     = 5  // halves
)

// early returns for how long the batch, which was due, is to wait on: it may not be over yet.
func (b *batch) early() time.Duration {
	files := 0
	for path, told := range b.paths {
		if told && b.isFile(path) {
			if files++; files == mostQuiet+saved {
				break
			}
		}
	}
	if b.full {
		files = mostQuiet + saved
	}
	now := time.Now()
	quiet := b.quiet * time.Duration(max(1, files-saved))
	return min(b.last.Add(quiet).Sub(now), b.untilLatest(now))
}

// untilLatest returns the time until the batch is due whatever happens.
func (b *batch) untilLatest(now time.Time) time.Duration {
	halves := min(2+len(b.paths)/halfMaxEach, mostMax)
	if b.full {
		halves = mostMax
	}
	return b.first.Add(b.max * time.Duration(halves) / 2).Sub(now)
}

// change returns the batch as it is when due. What comes before it is received makes it wait
// again, and not longer than a new batch would.
func (b *batch) change() Change {
	b.first = time.Time{}
	if b.all {
		return Change{All: true}
	}
	return Change{Paths: slices.Sorted(maps.Keys(b.paths))}
}

func (b *batch) clear() {
	b.all, b.full = false, false
	// A map keeps the memory of the most that it ever held.
	b.paths = map[string]bool{}
}
