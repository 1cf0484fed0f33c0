package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// The interpreter is stopped from outside, between two instructions. A timer and a
// context.AfterFunc per request would cost more than a small page does, and either may fire just
// as the page returns and so hit the next request. So one watchdog per engine looks at all
// running guards now and then, and a guard knows for certain whether it fired.

// tick is how often the watchdog looks: how late a deadline, or a client that has left, may be
// noticed by a page that computes.
const tick = 20 * time.Millisecond

// leaveGrace is how long a page may compute for a client that has gone. Interrupted, it would not
// get to its finally; with this, it ends in good order at its next chunk.
const leaveGrace = 500 * time.Millisecond

// guard watches one runtime while it answers a request.
type guard struct {
	stop    func(cause error) // interrupts the interpreter
	page    string            // which page it runs
	loads   bool              // for the first time; not to be changed while it is armed
	waiting func() bool       // whether the page waits for a timer or a result

	mu       sync.Mutex
	running  bool
	ctx      context.Context
	limit    time.Duration // of a step: until the first chunk, or between two
	deadline time.Time     // of the page, or of the client while unblock is set
	unblock  func()        // ends the read or write that the page waits in
	since    time.Time     // when it began to
	limited  bool          // whoever reads or writes there ends it, if the client is too slow
	gone     time.Time     // when the client was found to have gone
	cause    error         // why it fired; nil if it has not
	firedAt  time.Time
	call     *call         // the request; nil while the page is being loaded
	stuck    *atomic.Int64 // counts it among those that go on long after they fired; nil if it does not
	began    time.Time     // when it was armed
	slot     int           // see slots
	grew     int64         // what the heap grew by since, in bytes; see hunger
}

// arm starts watching what a runtime does for a request, or, with none, while it is loaded.
func (g *guard) arm(ctx context.Context, limit time.Duration, c *call) {
	now := time.Now()
	g.mu.Lock()
	g.running, g.ctx, g.limit, g.cause, g.unblock = true, ctx, limit, nil, nil
	g.deadline, g.gone = now.Add(limit), time.Time{}
	g.call = c
	g.began, g.grew = now, 0
	g.mu.Unlock()
}

// disarm ends watching and returns why the guard fired, or nil. It does not fire any more.
func (g *guard) disarm() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running, g.ctx, g.unblock, g.call = false, nil, nil, nil
	if g.stuck != nil {
		g.stuck.Add(-1)
		g.stuck = nil
	}
	return g.cause
}

// renew gives the page its whole limit again: a step is done.
func (g *guard) renew() {
	g.mu.Lock()
	g.deadline = time.Now().Add(g.limit)
	g.mu.Unlock()
}

// client runs step, a read from the client or a write to it: the time that it takes is the client's
// and not the page's. unblock makes step return. Unless the step is limited by itself, it has the
// whole limit to get on.
func (g *guard) client(limited bool, unblock func(), step func()) {
	start := time.Now()
	g.mu.Lock()
	rest := g.deadline.Sub(start)
	g.deadline, g.unblock, g.since, g.limited = start.Add(g.limit), unblock, start, limited
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		g.deadline, g.unblock = time.Now().Add(rest), nil
		g.mu.Unlock()
	}()
	step()
}

// fired returns why the guard fired, or nil.
func (g *guard) fired() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.cause
}

// late fires the guard if it is time to, and returns why it has fired, or nil. The watchdog may be
// late itself, when the processors have much else to do. But what a page has made of a regular
// expression that was given up soon after its deadline must not be sent.
func (g *guard) late() error {
	now := time.Now()
	g.mu.Lock()
	cause, over := g.cause, g.running && !now.Before(g.deadline)
	g.mu.Unlock()
	if cause != nil || !over {
		return cause
	}
	g.check(now)
	return g.fired()
}

// due returns when the page's step ends, and the request's context.
func (g *guard) due() (context.Context, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ctx, g.deadline
}

// check fires the guard if it is time to. A guard that has fired goes on firing: the interpreter
// forgets an interruption that has reached the outermost call, and there may be another call.
func (g *guard) check(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.running {
		return
	}
	if g.cause == nil {
		g.cause, g.firedAt = g.expired(now), now
	}
	if g.cause == nil {
		return
	}
	g.stop(g.cause)
	if g.unblock != nil {
		g.unblock()
	}
}

// expired returns why the page is to be stopped, or nil. The caller holds mu.
func (g *guard) expired(now time.Time) error {
	gone := g.ctx.Err() != nil
	if gone && g.gone.IsZero() {
		g.gone = now
	}
	switch {
	case gone && ended(g.ctx) == errOverdue:
		return errOverdue
	case gone && (g.unblock != nil || now.Sub(g.gone) >= leaveGrace):
		return errClientGone
	case now.Before(g.deadline), g.unblock != nil && g.limited:
		return nil
	case g.unblock != nil:
		return errClientSlow
	}
	return errDeadline
}

// watchdog checks guards while there is one that is running, and sleeps otherwise.
type watchdog struct {
	report     func(Stuck)   // told of each page that cannot be stopped
	stuck      atomic.Int64  // requests whose page cannot
	stuckLoads atomic.Int64  // pages that cannot, and were being loaded
	active     atomic.Int64  // requests that are being answered
	asleep     atomic.Bool   // the goroutine waits for wake
	wake       chan struct{} // has room for one
	done       chan struct{} // closed by close
	gone       chan struct{} // closed when the goroutine has ended

	mu     sync.Mutex
	guards map[*guard]struct{}
	slots  slots

	hunger    *hunger        // nil: the heap is not watched
	looking   sync.WaitGroup // for hunger, which may collect garbage meanwhile: no deadline waits for that
	looks     atomic.Bool    // it does so now
	unsettled atomic.Bool    // hunger has something to do, also when no page runs
}

func newWatchdog(report func(Stuck), h *hunger) *watchdog {
	d := &watchdog{
		report: report, hunger: h,
		wake: make(chan struct{}, 1), done: make(chan struct{}), gone: make(chan struct{}),
		guards: map[*guard]struct{}{},
	}
	go d.run()
	return d
}

// add and remove tell which guards there are: one per runtime, for as long as the runtime lives.
func (d *watchdog) add(g *guard) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.guards[g] = struct{}{}
}

func (d *watchdog) remove(g *guard) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.guards, g)
}

// enter and leave enclose the time in which a guard is armed.
func (d *watchdog) enter() {
	d.active.Add(1)
	if d.asleep.Load() {
		select {
		case d.wake <- struct{}{}:
		default:
		}
	}
}

func (d *watchdog) leave() { d.active.Add(-1) }

func (d *watchdog) run() {
	defer close(d.gone)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for quiet := 0; ; {
		select {
		case <-d.done:
			return
		case now := <-ticker.C:
			if d.active.Load() > 0 || d.looks.Load() || d.unsettled.Load() {
				quiet = 0
				d.check(now)
				continue
			}
		}
		if quiet++; quiet < 50 { // a second: falling asleep and waking up cost something too
			continue
		}
		ticker.Stop()
		d.sleep()
		ticker.Reset(tick)
		quiet = 0
	}
}

// sleep waits until there is something to watch.
func (d *watchdog) sleep() {
	d.asleep.Store(true)
	defer d.asleep.Store(false)
	if d.active.Load() > 0 { // it came between the look and the Store
		return
	}
	select {
	case <-d.wake:
	case <-d.done:
	}
}

func (d *watchdog) check(now time.Time) {
	for _, s := range d.checkAll(now) {
		go d.report(s) // whoever hears it may take its time
	}
	if d.hunger != nil && d.looks.CompareAndSwap(false, true) {
		d.looking.Go(func() {
			d.hunger.look(time.Now(), d.each)
			d.unsettled.Store(d.hunger.unsettled())
			d.looks.Store(false)
		})
	}
}

// each calls f for all guards.
func (d *watchdog) each(f func(*guard)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for g := range d.guards {
		f(g)
	}
}

// checkAll returns the pages that have turned out to be stuck.
func (d *watchdog) checkAll(now time.Time) (stuck []Stuck) {
	d.each(func(g *guard) {
		g.check(now)
		if s, ok := g.outlives(now, &d.stuck, &d.stuckLoads); ok {
			stuck = append(stuck, s)
		}
	})
	return stuck
}

func (d *watchdog) close() {
	close(d.done)
	<-d.gone
	d.looking.Wait()
}
