package engine

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// readers are the requests of a page that read their body as it comes, and have not come to its end.
// While they wait for their clients they hold runtimes, so they do not get all of them: three
// quarters, and those of one client a quarter of that. Where more come, those whose clients are
// slowest give way.
type readers struct {
	limit int
	queue int64 // how many may wait

	mu      sync.Mutex
	now     map[*reader]struct{}
	waiting int64
	left    chan struct{} // closed when one leaves; nil if nobody waits for that
}

// reader is one of them.
type reader struct {
	client netip.Addr
	began  time.Time
	cut    func() // ends a read

	// The lock of readers guards these.
	size int64 // how much has come
	late bool  // it has given way
}

// patienceForReaders is how long a client may take before it gives way: less than maxWait, so that who
// waits is let in.
const patienceForReaders = maxWait / 2

// lookForReaders is how often a request that waits looks whether somebody has become late.
const lookForReaders = time.Second

func newReaders(runtimes int, queue int64) readers {
	return readers{limit: max(1, runtimes*3/4), queue: queue, now: map[*reader]struct{}{}}
}

// enter lets r read, at once or when there is room for it. The error is that of busy if that takes too
// long, or if too many wait already.
func (rs *readers) enter(ctx context.Context, r *reader, busy func() error) error {
	if _, ok := rs.tryEnter(r); ok {
		return nil
	}
	full := rs.wait(+1) > rs.queue
	defer rs.wait(-1)
	if full {
		return busy()
	}
	deadline := time.NewTimer(maxWait)
	defer deadline.Stop()
	for {
		left, ok := rs.tryEnter(r)
		if ok {
			return nil
		}
		select {
		case <-left:
		case <-time.After(lookForReaders):
		case <-ctx.Done():
			return ended(ctx)
		case <-deadline.C:
			return busy()
		}
	}
}

// wait notes that more, or less, wait, and returns how many.
func (rs *readers) wait(more int64) int64 {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.waiting += more
	return rs.waiting
}

// tryEnter lets r in if there is room, or if somebody else can give way. If not, left is closed as
// soon as there may be.
func (rs *readers) tryEnter(r *reader) (left chan struct{}, ok bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	own := 0
	for o := range rs.now {
		if o.client == r.client {
			own++
		}
	}
	mine := r.client.IsValid() && own >= max(1, rs.limit/4)
	if (mine || len(rs.now) >= rs.limit) && !rs.cutSlowest(r, mine) {
		if rs.left == nil {
			rs.left = make(chan struct{})
		}
		return rs.left, false
	}
	r.began = time.Now()
	rs.now[r] = struct{}{}
	return nil, true
}

// cutSlowest ends the reader whose client is slowest, for r: one of the same client if it is for want
// of its share. The caller holds mu.
func (rs *readers) cutSlowest(r *reader, sameClient bool) bool {
	var slowest *reader
	least, now := 0.0, time.Now()
	for o := range rs.now {
		age := now.Sub(o.began)
		if age < patienceForReaders || sameClient && o.client != r.client {
			continue
		}
		if rate := float64(o.size) / age.Seconds(); slowest == nil || rate < least {
			slowest, least = o, rate
		}
	}
	if slowest == nil {
		return false
	}
	slowest.late = true
	delete(rs.now, slowest)
	slowest.cut() // its request cannot end meanwhile
	return true
}

// leave notes that r waits for its client no more.
func (rs *readers) leave(r *reader) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	delete(rs.now, r)
	if rs.left != nil {
		close(rs.left)
		rs.left = nil
	}
}

// came notes that r has got n bytes more. It reports whether it has given way.
func (rs *readers) came(r *reader, n int) (late bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r.size += int64(n)
	return r.late
}

// enterReader lets a request in that reads its body as it comes.
func (p *page) enterReader(w http.ResponseWriter, r *http.Request) (*reader, error) {
	one := &reader{client: clientOf(r), cut: func() { cutBody(w) }}
	if err := p.readers.enter(r.Context(), one, p.pool.busy); err != nil {
		return nil, err
	}
	return one, nil
}
