package engine

import (
	"errors"
	"fmt"
	"log/slog"
	goruntime "runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
	"weak"
)

// The memory of the process is one heap. When that is over its budget, the page is stopped that
// has most of it in use, by what Go has sampled; see slots. Of those that run while too many
// others do, so that nothing is known, it is the one during which the heap has grown most, and
// fastest. A page that waits, for a timer or its client, is not stopped: it would not notice.

// errMemory is why a page is stopped whose values do not fit.
var errMemory = errors.New("the page was stopped because the server's memory ran out")

// errGiant is why a page is stopped that has made a value far larger than any may be. Built-in
// functions are looked at before they are called; this one was made by +, or bit by bit.
var errGiant = errors.New("the page was stopped because of a value that is too large")

// giant is how many times larger than allowed a value must be for its page to be stopped, whatever
// else is in the heap. A string that is doubled leaves no time to wait: nothing interrupts the
// copying of gigabytes, and no garbage is collected before that is over.
const giant = 4

// hunger is the memory watchdog: it looks at the heap on behalf of the watchdog that keeps the
// deadlines, which lets one goroutine at a time use it.
type hunger struct {
	budget int64  // bytes
	value  int64  // how large a value may be, in bytes
	evict  func() // lets go of what is kept only to be faster
	log    *slog.Logger

	sample    []metrics.Sample
	last      int64     // bytes at the tick before
	collected time.Time // when garbage was last collected on purpose
	asOf      time.Time // when that began
	evicted   time.Time
	victim    weak.Pointer[guard] // it is part of a runtime, which is not to live on here
	fired     time.Time           // when the victim was stopped
	left      bool                // a victim has ended, and what it had may be garbage that is still there
}

const (
	// collectEvery is how often garbage is collected to see what is left.
	collectEvery = 200 * time.Millisecond
	// evictEvery is how often idle runtimes are let go of.
	evictEvery = 10 * time.Second
	// endGrace is how long a page that was stopped may take to end before another one is
	// stopped: it may be in the middle of copying a string.
	endGrace = time.Second
)

func newHunger(budget, value int64, evict func(), log *slog.Logger) *hunger {
	if budget <= 0 {
		return nil
	}
	return &hunger{budget: budget, value: value, evict: evict, log: log, sample: []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"},
	}}
}

// size returns what the heap and the stacks take, garbage included.
func (h *hunger) size() int64 {
	metrics.Read(h.sample)
	return int64(h.sample[0].Value.Uint64() + h.sample[1].Value.Uint64())
}

// look stops a page if the heap is over its budget, or about to be.
func (h *hunger) look(now time.Time, each func(func(*guard))) {
	size := h.size()
	grown := max(size-h.last, 0)
	h.last = size
	computing := 0
	if grown > 0 {
		each(func(g *guard) {
			if g.computes() {
				computing++
			}
		})
	}
	if computing > 0 {
		each(func(g *guard) { g.credit(grown / int64(computing)) })
	}
	if h.waits(now) || grown >= giant*h.value && h.stopGiant(now, each) || h.last+2*grown <= h.budget {
		return
	}
	urgent := grown >= h.budget/8 && !h.left
	if !urgent && now.Sub(h.collected) < collectEvery {
		return
	}
	if h.collect(); h.last <= h.budget {
		return
	}
	if !urgent && now.Sub(h.evicted) > evictEvery {
		h.evicted = now
		h.evict()
		if h.collect(); h.last <= h.budget {
			return
		}
	}
	h.stop(now, each)
}

// waits reports whether a page that was stopped is still about to end. When it has ended, its
// memory is given back to the system, where somebody may be counting.
func (h *hunger) waits(now time.Time) bool {
	if h.fired.IsZero() {
		return false
	}
	g := h.victim.Value()
	if going := g != nil && g.computes(); going && now.Sub(h.fired) < endGrace {
		return true
	}
	h.fired, h.left = time.Time{}, true
	debug.FreeOSMemory()
	h.last = h.size()
	return false
}

// unsettled reports whether a page was stopped and its memory is not given back yet.
func (h *hunger) unsettled() bool { return h != nil && !h.fired.IsZero() }

// collect collects garbage, and looks again.
func (h *hunger) collect() {
	h.asOf = time.Now()
	goruntime.GC()
	h.collected, h.left = time.Now(), false
	h.last = h.size()
}

// stop stops the page that is to blame, if there is one. What Go has sampled is as of the last
// collection of garbage, which must be a new one: before it, whoever has a slot would be blamed for
// what another page has left there, and for all that the compiler has needed for a moment.
func (h *hunger) stop(now time.Time, each func(func(*guard))) {
	has, _ := inUse()
	first := h.first(now, &has, each)
	if first == nil {
		return
	}
	slot, grew, since := h.fire(first, errMemory, now)
	h.log.Warn(fmt.Sprintf("memory: the heap has %d MiB, of %d that it may have: the page that has about %d of them is stopped, after %v",
		h.last>>20, h.budget>>20, max(has[slot], grew)>>20, now.Sub(since).Round(time.Millisecond)), "page", first.page)
}

// stopGiant stops the page that has the largest value of all, if that is one that no page should
// have. It reports whether there was one.
func (h *hunger) stopGiant(now time.Time, each func(func(*guard))) bool {
	_, largest := inUse()
	var first *guard
	size := giant * h.value
	each(func(g *guard) {
		if n := g.largest(&largest); n >= size {
			first, size = g, n
		}
	})
	if first == nil {
		return false
	}
	_, _, since := h.fire(first, errGiant, now)
	h.log.Warn(fmt.Sprintf("memory: the page that has a value of %d MiB, where %d are allowed, is stopped, after %v",
		size>>20, h.value>>20, now.Sub(since).Round(time.Millisecond)), "page", first.page)
	return true
}

func (h *hunger) fire(g *guard, cause error, now time.Time) (slot int, grew int64, since time.Time) {
	h.victim, h.fired = weak.Make(g), now
	return g.fireFor(cause)
}

// first returns the page that is to blame most, or nil.
func (h *hunger) first(now time.Time, has *[64]int64, each func(func(*guard))) (first *guard) {
	var most float64
	each(func(g *guard) {
		if score := g.hunger(now, has, h.budget, h.asOf); score > most {
			first, most = g, score
		}
	})
	return first
}

// computes reports whether the page is running, and waits for nothing.
func (g *guard) computes() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.running && g.unblock == nil && !g.waiting()
}

// credit notes that the heap has grown while the page was computing.
func (g *guard) credit(bytes int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running && g.unblock == nil && !g.waiting() {
		g.grew += bytes
	}
}

// hunger says how much the page is to blame, as of some moment. What it has in use counts for more
// than anything that was just seen; 0 is not at all.
func (g *guard) hunger(now time.Time, has *[64]int64, budget int64, asOf time.Time) float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.running || g.cause != nil || g.unblock != nil || g.waiting() || g.began.After(asOf) {
		return 0
	}
	if g.slot > 0 {
		if has := has[g.slot]; has > budget/16 {
			return 1e30 * float64(has)
		}
		return 0
	}
	if g.grew < budget/4 {
		return 0
	}
	return float64(g.grew) * float64(g.grew) / max(now.Sub(g.began).Seconds(), tick.Seconds())
}

// largest returns the size of the largest value that the page has, if it runs and is known.
func (g *guard) largest(of *[64]int64) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.running || g.cause != nil || g.unblock != nil || g.slot == 0 {
		return 0
	}
	return of[g.slot]
}

// fireFor stops the page for a reason of the caller's, and tells where to look for what it had.
func (g *guard) fireFor(cause error) (slot int, grew int64, since time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running && g.cause == nil {
		g.cause = cause
		g.stop(cause)
	}
	return g.slot, g.grew, g.began
}
