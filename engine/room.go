package engine

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

// room counts the runtimes of all pages. A request that finds an idle runtime never asks: only a
// new one has to fit in.
type room struct {
	limit int64
	alive atomic.Int64
}

func (r *room) enter() { r.alive.Add(1) }
func (r *room) leave() { r.alive.Add(-1) }

// fits reports whether there are no more runtimes than there may be.
func (r *room) fits() bool { return r.alive.Load() <= r.limit }

// roomEvery is how often a request looks whether there is room for its runtime.
const roomEvery = 5 * time.Millisecond

// makeRoom waits until one more runtime may be made, and lets go of idle ones for that. The limit
// is one of memory: a few requests at the same moment may exceed it by as many.
func (e *Engine) makeRoom(ctx context.Context, p *pool) error {
	if e.room.alive.Load() < e.room.limit {
		return nil
	}
	timeout := time.NewTimer(maxWait)
	defer timeout.Stop()
	for e.room.alive.Load() >= e.room.limit && !e.dropOldest() {
		again := time.NewTimer(roomEvery)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return ended(ctx)
		case <-timeout.C:
			again.Stop()
			return &Error{File: p.page.name, status: http.StatusServiceUnavailable, retry: time.Second,
				Message: fmt.Sprintf("all %d runtimes of the site are busy", e.room.limit),
				Hint:    "let the pages do less, or raise --max-runtimes"}
		}
	}
	return nil
}

// pools returns those of all pages, and of the generations that still serve for broken ones.
func (e *Engine) pools() []*pool {
	var all []*pool
	for _, p := range e.site.Load().pages {
		all = append(all, p.pool)
		if last := p.last.Load(); last != nil {
			all = append(all, last.pool)
		}
	}
	return all
}

// dropOldest lets go of an idle runtime of the page that has most of them. It reports whether
// there was one.
func (e *Engine) dropOldest() bool {
	var from *pool
	most := 0
	for _, p := range e.pools() {
		p.mu.Lock()
		if n := len(p.idle); n > most {
			from, most = p, n
		}
		p.mu.Unlock()
	}
	return from != nil && from.drop(1) > 0
}

// dropIdle lets go of all idle runtimes.
func (e *Engine) dropIdle() {
	for _, p := range e.pools() {
		p.drop(-1)
	}
}

// drop lets go of n idle runtimes, those that were idle for longest, or of all if n is negative.
// It returns how many there were.
func (p *pool) drop(n int) int {
	p.mu.Lock()
	if n < 0 || n > len(p.idle) {
		n = len(p.idle)
	}
	gone := make([]*runtime, n)
	copy(gone, p.idle)
	rest := copy(p.idle, p.idle[n:])
	clear(p.idle[rest:])
	p.idle = p.idle[:rest]
	p.mu.Unlock()
	for _, rt := range gone {
		rt.close()
	}
	return n
}
