package watch

import (
	"maps"
	"slices"
	"time"
)

// maxPaths bounds the memory of a batch that nobody receives.
const maxPaths = 10_000

// A batch collects changes until they are due.
type batch struct {
	due  *time.Timer
	mute bool // what is found now was there before

	quiet, max time.Duration
	paths      map[string]struct{}
	events     int // paths that something happened to, next to those that were found
	all        bool
	more       bool      // something was added since grown was called
	first      time.Time // when it was, for the first time since the batch was due
}

func newBatch(quiet, max time.Duration) *batch {
	b := &batch{due: time.NewTimer(quiet), quiet: quiet, max: max, paths: map[string]struct{}{}}
	b.due.Stop()
	return b
}

func (b *batch) add(path string) {
	if b.mute {
		return
	}
	b.more = true
	if b.all {
		return
	}
	b.paths[path] = struct{}{}
	if len(b.paths) > maxPaths {
		b.everything()
	}
}

func (b *batch) everything() {
	b.more, b.all = true, true
	clear(b.paths)
}

// event is add for a path that the notifier told of.
func (b *batch) event(path string) {
	known := len(b.paths)
	if b.add(path); b.all || len(b.paths) > known {
		b.events++
	}
}

// A save is over with a few events, a deploy goes on: the more paths have changed, the longer
// the pauses in which it is not over yet.
const (
	few        = 8  // paths, which any editor's save stays below
	mostQuiet  = 8  // times quiet, reached with 64 paths
	mostMax    = 5  // halves of max
	maxPerPath = 20 // paths for each half of max
)

// limits returns quiet and max for a batch of this size.
func (b *batch) limits() (quiet, most time.Duration) {
	quiet = b.quiet + b.quiet*time.Duration(max(0, b.events-few))/few
	halves := 2 + b.events/maxPerPath
	return min(quiet, mostQuiet*b.quiet), b.max * time.Duration(min(halves, mostMax)) / 2
}

// size returns how many paths have changed.
func (b *batch) size() int {
	if b.all {
		return max(b.events, 1)
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
	now := time.Now()
	if b.first.IsZero() {
		b.first = now
	}
	quiet, most := b.limits()
	b.due.Reset(min(quiet, b.first.Add(most).Sub(now)))
	return true
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
	b.all, b.events = false, 0
	// A map keeps the memory of the most that it ever held.
	b.paths = map[string]struct{}{}
}
