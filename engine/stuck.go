package engine

import (
	"fmt"
	"sync/atomic"
	"time"
)

// Stuck is a page that goes on although it was told to stop: it is inside a built-in function,
// which the interpreter cannot leave. Nothing in this process can end it.
type Stuck struct {
	Page   string // as the log has it, such as apps/hello.js
	Method string // of the request; empty if the page was being loaded
	Path   string // likewise

	// Request is the number of the request in the server's log; 0 if it has none.
	Request uint64

	// After is for how long the page has gone on since it was told to stop.
	After time.Duration
}

func (s Stuck) String() string {
	switch {
	case s.Method == "":
		return s.Page + ", which was being loaded"
	case s.Request == 0:
		return fmt.Sprintf("%s (%s %s)", s.Page, s.Method, s.Path)
	}
	return fmt.Sprintf("%s (%s %s, request %d)", s.Page, s.Method, s.Path, s.Request)
}

// subject returns what the guard watches. The caller holds mu, and the guard is running, so that
// the request has not ended.
func (g *guard) subject() Stuck {
	s := Stuck{Page: g.page, After: time.Since(g.firedAt)}
	if g.call == nil {
		return s
	}
	s.Method, s.Path = g.call.r.Method, g.call.r.URL.EscapedPath()
	if r, ok := g.call.w.(recorder); ok {
		s.Request = r.RequestID()
	}
	return s
}

// stuckAfter is how long a request may go on after it was told to end. Most of what ends later than that
// never does.
const stuckAfter = 2 * time.Second

// outlives reports, once, and counts, that the guarded page has gone on for long after it was told to stop.
// A page that is being loaded is counted apart: no client waits for it that could be answered.
func (g *guard) outlives(now time.Time, count, loads *atomic.Int64) (s Stuck, stuck bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.running || g.cause == nil || g.stuck != nil || now.Sub(g.firedAt) < g.patience() {
		return Stuck{}, false
	}
	g.stuck = count
	if g.loads {
		g.stuck = loads
	}
	g.stuck.Add(1)
	return g.subject(), true
}

// patience is how long it is waited for the end of a page that was told to: for a load as long again as it
// was allowed to take.
func (g *guard) patience() time.Duration {
	if g.loads {
		return g.limit
	}
	return stuckAfter
}

// Stuck returns how many requests there are at the moment whose page goes on although it was told to
// stop; see Config.Stuck.
func (e *Engine) Stuck() int { return int(e.dog.stuck.Load()) }

// reportStuck tells of a page that cannot be stopped.
func (e *Engine) reportStuck(s Stuck) {
	attrs := []any{"page", s.Page, "after", s.After.Round(time.Millisecond)}
	if s.Method == "" {
		e.trials.condemn(s.Page)
	}
	if s.Method != "" {
		attrs = append(attrs, "method", s.Method, "path", s.Path)
	}
	if s.Request != 0 {
		attrs = append(attrs, "request", s.Request)
	}
	attrs = append(attrs, "hint", "a regexp that tries too much, or a built-in function with too much to do, ends only with this process, and uses a processor until then")
	e.log.Error("the page cannot be stopped: it is inside a built-in function", attrs...)
	if e.cfg.Stuck != nil {
		e.cfg.Stuck(s)
	}
}
