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
	b.due.Reset(min(b.quiet, b.first.Add(b.max).Sub(now)))
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
	b.all = false
	// A map keeps the memory of the most that it ever held.
	b.paths = map[string]struct{}{}
}
