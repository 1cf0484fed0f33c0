package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// What is alive in a site that is at rest takes a few megabytes, and each request leaves some
// kilobytes behind. With Go's own setting the collector would run every few hundred requests,
// which costs a fifth of what a small page does.
const (
	heapFloor  = 32 << 20 // the heap may always grow to this
	maxPercent = 400
	minPercent = 100 // Go's own
)

// setCollector lets garbage collection run less often while the heap is small, unless GOGC says
// how often it is to run.
func setCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	adjust()
	watchCollections()
}

// adjust sets the percentage for what is alive now.
func adjust() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetGCPercent(percentFor(m.HeapAlloc))
}

// percentFor returns by how much a heap may grow of which live bytes are alive: to the floor, but
// not to more than five times its size.
func percentFor(live uint64) int {
	return int(min(max(heapFloor*100/max(live, 1), minPercent), maxPercent))
}

// watchCollections adjusts after each collection, which the finalizer of an object that nobody
// holds tells of.
func watchCollections() {
	type sentinel struct{ _ [16]byte }
	var set func(*sentinel)
	set = func(s *sentinel) {
		adjust()
		runtime.SetFinalizer(s, set)
	}
	runtime.SetFinalizer(&sentinel{}, set)
}
