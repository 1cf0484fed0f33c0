package engine

import (
	"slices"
	"time"
)

// An answer that a page gives piece by piece holds a runtime until its client has taken the last one. So
// where all runtimes of a page are busy, clients that do not take theirs give way to requests that wait.

const (
	// lateTaker is how long a client may leave a piece before it gives way. It is less than maxWait, so
	// that who waits is let in.
	lateTaker = maxWait / 2

	// takersLook is how often a request that waits looks for such clients, and takersPause how often
	// all that wait for a page do.
	takersLook  = time.Second
	takersPause = 100 * time.Millisecond
)

// takers are the clients of a page as one that waits for a runtime sees them.
type takers struct {
	late   time.Duration
	looked time.Time
}

// giveWay ends requests whose clients have been waited for longest, at most as many as wait for a runtime.
func (p *pool) giveWay() {
	now := time.Now()
	p.mu.Lock()
	wanted, due := p.waiting, now.Sub(p.takers.looked) >= takersPause
	if due {
		p.takers.looked = now
	}
	p.mu.Unlock()
	if !due {
		return
	}
	type taker struct {
		guard *guard
		since time.Time
	}
	var late []taker
	p.page.e.dog.each(func(g *guard) {
		if since, waits := g.waitsForClient(p.page); waits && now.Sub(since) >= p.takers.late {
			late = append(late, taker{g, since})
		}
	})
	slices.SortFunc(late, func(a, b taker) int { return a.since.Compare(b.since) })
	for _, t := range late[:min(len(late), wanted)] {
		t.guard.cutClient(t.since)
	}
}

// waitsForClient returns since when a request to a page has been waiting for its client, if it has.
func (g *guard) waitsForClient(p *page) (since time.Time, waits bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	ofPage := g.call != nil && g.call.rt.page == p
	return g.since, ofPage && g.unblock != nil && g.cause == nil
}

// cutClient ends the wait for a client that began then, if it goes on.
func (g *guard) cutClient(since time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.unblock == nil || g.cause != nil || !g.since.Equal(since) {
		return
	}
	g.cause, g.firedAt = errClientSlow, time.Now()
	g.stop(g.cause)
	g.unblock()
}
