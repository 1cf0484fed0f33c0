package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestPercentLeavesASmallHeapAlone(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 400}, {1 << 20, 400}, {8 << 20, 400}, {16 << 20, 200}, {32 << 20, 100}, {1 << 30, 100}} {
		if got := percentFor(c.live); got != c.want {
			t.Errorf("with %d MB alive the heap may grow by %d %%, want %d", c.live>>20, got, c.want)
		}
	}
}

func TestCollectorFollowsTheHeap(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	setCollector()
	current := func() int {
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	big := make([]byte, 64<<20)
	for end := time.Now().Add(10 * time.Second); current() != minPercent; runtime.GC() {
		if time.Now().After(end) {
			t.Fatalf("with 64 MB alive the percentage is still %d", current())
		}
	}
	runtime.KeepAlive(big)
	big = nil
	for end := time.Now().Add(10 * time.Second); current() <= minPercent; runtime.GC() {
		if time.Now().After(end) {
			t.Fatalf("with the heap small again the percentage is still %d", current())
		}
	}
}
