package engine

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// pool holds the runtimes of one generation of a page: at most limit of them at a time, of which
// the idle ones wait for the next request, the one used last first.
type pool struct {
	page  *page
	slots chan struct{} // one is taken for each runtime in use

	mu      sync.Mutex
	idle    []*runtime
	waiting int
	retired bool
	spare   int // the fewest that were idle at a time, since it was last looked
	takers  takers
}

// maxWait is how long a request waits for a runtime.
const maxWait = 10 * time.Second

func newPool(p *page, limit int) *pool {
	return &pool{page: p, slots: make(chan struct{}, limit), takers: takers{late: lateTaker}}
}

// get returns a runtime: an idle one, or a new one below the limit, or the next one that becomes
// free. If that takes too long, or if too many wait already, the error has the status 503.
func (p *pool) get(ctx context.Context) (*runtime, error) {
	select {
	case p.slots <- struct{}{}:
	default:
		if err := p.wait(ctx); err != nil {
			return nil, err
		}
	}
	p.mu.Lock()
	if last := len(p.idle) - 1; last >= 0 {
		rt := p.idle[last]
		p.idle[last] = nil
		p.idle = p.idle[:last]
		p.spare = min(p.spare, last)
		p.mu.Unlock()
		return rt, nil
	}
	p.mu.Unlock()
	if err := p.page.e.makeRoom(ctx, p); err != nil {
		<-p.slots
		return nil, err
	}
	rt, err := newRuntime(ctx, p.page)
	if err != nil {
		<-p.slots
	}
	return rt, err
}

// wait waits for a free slot.
func (p *pool) wait(ctx context.Context) error {
	p.mu.Lock()
	p.waiting++
	full := int64(p.waiting) > p.page.e.cfg.MaxQueue
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.waiting--
		p.mu.Unlock()
	}()
	if full {
		return p.busy()
	}
	timer, look := time.NewTimer(maxWait), time.NewTicker(takersLook)
	defer timer.Stop()
	defer look.Stop()
	for {
		p.giveWay()
		select {
		case p.slots <- struct{}{}:
			if ctx.Err() != nil { // nobody is there to take the answer
				<-p.slots
				return ended(ctx)
			}
			return nil
		case <-ctx.Done():
			return ended(ctx)
		case <-timer.C:
			return p.busy()
		case <-look.C:
		}
	}
}

// refuses returns the error with the status 503 if too many requests wait already.
func (p *pool) refuses() error {
	if len(p.slots) < cap(p.slots) {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if int64(p.waiting) < p.page.e.cfg.MaxQueue {
		return nil
	}
	return p.busy()
}

func (p *pool) busy() error {
	return &Error{File: p.page.name, status: http.StatusServiceUnavailable, retry: time.Second,
		Message: fmt.Sprintf("all %d runtimes of the page are busy", cap(p.slots)),
		Hint:    "let the page do less, or raise --runtimes"}
}

// put gives a runtime back, which ended well. Where each request has a runtime of its own it is
// dropped, also the one in which the page was tried: the top level may ask what time it is.
func (p *pool) put(rt *runtime) {
	p.mu.Lock()
	keep := !p.retired && p.page.isolation != IsolationRequest && p.page.e.room.fits()
	if keep {
		p.idle = append(p.idle, rt)
	}
	p.mu.Unlock()
	if !keep {
		rt.close()
	}
	<-p.slots
}

// discard throws a runtime away.
func (p *pool) discard(rt *runtime) {
	rt.close()
	<-p.slots
}

// retire drops the idle runtimes; those in use are dropped when they are given back.
func (p *pool) retire() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.retired = nil, true
	p.mu.Unlock()
	for _, rt := range idle {
		rt.close()
	}
}
