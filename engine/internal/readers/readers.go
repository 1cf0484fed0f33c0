// Package readers knows the requests that read their bodies as they come, and have not come to the
// end. While they wait for their clients they hold what others want, so that there are limits, and
// those whose clients are slowest give way.
package readers

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"
)

// Limits say how many requests read at a time. All of them but Queue are to be above 0.
type Limits struct {
	All      int // of all pages
	OfPage   int
	OfClient int // of one client, for one page

	// Queue is how many requests wait for a page where there are as many as may be.
	Queue int64

	// Wait is for how long they wait.
	Wait time.Duration

	// Late is how long a request may read before it gives way. It is to be less than Wait, so that
	// who waits is let in.
	Late time.Duration
}

// ErrFull says that nobody has given way in time, or that too many wait already.
var ErrFull = errors.New("too many requests wait for their clients")

// Group are the requests of all pages. Make it with New.
type Group struct {
	limits Limits

	mu      sync.Mutex
	now     map[*Reader]struct{}
	waiting map[string]int64 // by page
	left    chan struct{}    // closed when one leaves; nil if nobody waits for that
}

// Reader is one of them.
type Reader struct {
	Page   string
	Client netip.Addr // the zero Addr is nobody's, and has no limit
	Cut    func()     // makes a read fail; it is called before Leave has returned, if at all

	// The group's.
	began time.Time
	size  int64 // how much has come
	late  bool  // it has given way
}

// New returns a group of none.
func New(l Limits) *Group {
	return &Group{limits: l, now: map[*Reader]struct{}{}, waiting: map[string]int64{}}
}

// look is how often a request that waits looks whether somebody has become late.
const look = time.Second

// Enter lets r read, at once or when there is room for it. The error is ErrFull, or that of ctx.
func (g *Group) Enter(ctx context.Context, r *Reader) error {
	if _, ok := g.tryEnter(r); ok {
		return nil
	}
	full := g.wait(r.Page, +1) > g.limits.Queue
	defer g.wait(r.Page, -1)
	if full {
		return ErrFull
	}
	deadline := time.NewTimer(g.limits.Wait)
	defer deadline.Stop()
	for {
		left, ok := g.tryEnter(r)
		if ok {
			return nil
		}
		select {
		case <-left:
		case <-time.After(look):
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline.C:
			return ErrFull
		}
	}
}

// wait notes that more, or less, wait for a page, and returns how many.
func (g *Group) wait(page string, more int64) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.waiting[page] + more
	if g.waiting[page] = n; n == 0 {
		delete(g.waiting, page)
	}
	return n
}

// tryEnter lets r in if there is room, or if somebody gives way. If not, left is closed as soon as
// there may be.
func (g *Group) tryEnter(r *Reader) (left chan struct{}, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.makeRoom(r) {
		if g.left == nil {
			g.left = make(chan struct{})
		}
		return g.left, false
	}
	r.began = time.Now()
	g.now[r] = struct{}{}
	return nil, true
}

// makeRoom reports whether there is room for r, if need be at the cost of another: of the same client,
// or of the same page, where that is what there are too many of. The caller holds mu.
func (g *Group) makeRoom(r *Reader) bool {
	samePage := func(o *Reader) bool { return o.Page == r.Page }
	sameClient := func(o *Reader) bool { return o.Page == r.Page && o.Client == r.Client && r.Client.IsValid() }
	anyone := func(*Reader) bool { return true }
	switch {
	case g.count(sameClient) >= g.limits.OfClient:
		return g.cutSlowest(sameClient)
	case g.count(samePage) >= g.limits.OfPage:
		return g.cutSlowest(samePage)
	case len(g.now) >= g.limits.All:
		return g.cutSlowest(anyone)
	}
	return true
}

func (g *Group) count(which func(*Reader) bool) (n int) {
	for r := range g.now {
		if which(r) {
			n++
		}
	}
	return n
}

// cutSlowest ends the reader whose client is slowest, if one has had its time. The caller holds mu.
func (g *Group) cutSlowest(which func(*Reader) bool) bool {
	var slowest *Reader
	least, now := 0.0, time.Now()
	for r := range g.now {
		age := now.Sub(r.began)
		if age < g.limits.Late || !which(r) {
			continue
		}
		if rate := float64(r.size) / age.Seconds(); slowest == nil || rate < least {
			slowest, least = r, rate
		}
	}
	if slowest == nil {
		return false
	}
	slowest.late = true
	delete(g.now, slowest)
	slowest.Cut()
	return true
}

// Came notes that r has got n bytes more. It reports whether it has given way.
func (g *Group) Came(r *Reader, n int) (late bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r.size += int64(n)
	return r.late
}

// Leave notes that r waits for its client no more. It may be called again.
func (g *Group) Leave(r *Reader) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.now, r)
	if g.left != nil {
		close(g.left)
		g.left = nil
	}
}
