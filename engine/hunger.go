package engine

import (
	"errors"
	"fmt"
	"log/slog"
	goruntime "runtime"
	"runtime/metrics"
	"time"
	"weak"
)

// The memory of the process is one heap. When that is over its budget, the page is stopped that
// has most of it in use, by what Go has sampled; see slots. If the samples blame nobody, it is the
// page during which the heap has grown most, and fastest. A page that waits, for a timer or its
// client, is not stopped: it would not notice.

// errMemory is why a page is stopped whose values do not fit.
var errMemory = errors.New("the page was stopped because the server's memory ran out")

// hunger watches the heap on behalf of the watchdog, whose goroutine is the only one that uses it.
type hunger struct {
	budget int64  // bytes
	evict  func() // lets go of what is kept only to be faster
	log    *slog.Logger

	sample    []metrics.Sample
	last      int64     // bytes at the tick before
	collected time.Time // when garbage was last collected on purpose
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

func newHunger(budget int64, evict func(), log *slog.Logger) *hunger {
	if budget <= 0 {
		return nil
	}
	return &hunger{budget: budget, evict: evict, log: log, sample: []metrics.Sample{
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
	if size+2*grown <= h.budget || h.ends(now) {
		return
	}
	// A string that is doubled grows by twice as much in its next step: there is no time to
	// collect garbage.
	if grown < h.budget/8 || h.left {
		if now.Sub(h.collected) < collectEvery {
			return
		}
		if h.collect(); h.last <= h.budget {
			return
		}
		if now.Sub(h.evicted) > evictEvery {
			h.evicted = now
			h.evict()
			if h.collect(); h.last <= h.budget {
				return
			}
		}
	}
	h.stop(now, each)
}

// ends reports whether the page that was stopped is still about to end.
func (h *hunger) ends(now time.Time) bool {
	if h.fired.IsZero() {
		return false
	}
	if g := h.victim.Value(); g != nil && g.computes() && now.Sub(h.fired) < endGrace {
		return true
	}
	h.fired, h.collected, h.left = time.Time{}, time.Time{}, true
	return false
}

// collect collects garbage, and looks again.
func (h *hunger) collect() {
	goruntime.GC()
	h.collected, h.left = time.Now(), false
	h.last = h.size()
}

// stop stops the page that the heap has grown by most, if there is one that is to blame.
func (h *hunger) stop(now time.Time, each func(func(*guard))) {
	var first *guard
	var most float64
	has := inUse()
	each(func(g *guard) {
		if score := g.hunger(now, &has, h.budget); score > most {
			first, most = g, score
		}
	})
	if first == nil {
		return
	}
	slot, grew, since := first.fireFor(errMemory)
	h.victim, h.fired = weak.Make(first), now
	h.log.Warn(fmt.Sprintf("memory: the heap has %d MiB, of %d that it may have: the page that has about %d of them is stopped, after %v",
		h.last>>20, h.budget>>20, max(has[slot], grew)>>20, now.Sub(since).Round(time.Millisecond)), "page", first.page)
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

// hunger says how much the page is to blame. What it has in use counts for more than anything
// that was just seen; 0 is not at all.
func (g *guard) hunger(now time.Time, has *[64]int64, budget int64) float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.running || g.cause != nil || g.unblock != nil || g.waiting() {
		return 0
	}
	if has := has[g.slot]; g.slot > 0 && has > budget/16 {
		return 1e30 * float64(has)
	}
	if g.grew < budget/4 {
		return 0
	}
	return float64(g.grew) * float64(g.grew) / max(now.Sub(g.began).Seconds(), tick.Seconds())
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
