// Package loop is the event loop of one runtime: timers, and results that come from elsewhere.
// It knows nothing of the interpreter. Whoever serves a request runs the loop on that request's
// own goroutine, until what the request waits for is there; between requests it does not run.
package loop

import (
	"container/heap"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// ErrIdle is what Run returns when done is false and nothing is left that could change that:
// no timer, no reserved result.
var ErrIdle = errors.New("nothing is left to wait for")

// Loop is an event loop. The zero value is ready to use. Only the function that Reserve returns,
// and Waiting, may be called from any goroutine; everything else belongs to the goroutine that runs the loop.
type Loop struct {
	timers timers
	lastID int64
	err    error // the first that Fail was given
	hurry  bool  // timers do not wait

	waiting atomic.Bool // Run sleeps

	mu       sync.Mutex
	settled  []func() error // results that have come and were not yet run
	reserved int            // results that have not come yet
	round    uint64         // counts the Resets: a result of an earlier round is dropped
	wake     chan struct{}  // has room for one; made by the first Reserve
}

// Reserve announces a result, for which Run will wait. See the engine's module.Host.
func (l *Loop) Reserve() func(callback func() error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.wake == nil {
		l.wake = make(chan struct{}, 1)
	}
	l.reserved++
	round, used := l.round, false
	return func(callback func() error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if used || round != l.round {
			return
		}
		used = true
		l.reserved--
		l.settled = append(l.settled, callback)
		select {
		case l.wake <- struct{}{}:
		default: // it will look anyway
		}
	}
}

// After sets a timer, and returns its id, which Cancel takes.
func (l *Loop) After(d time.Duration, callback func() error) int64 {
	l.lastID++
	heap.Push(&l.timers, &timer{id: l.lastID, at: time.Now().Add(max(d, 0)), run: callback})
	return l.lastID
}

// Cancel drops a timer. An id that is not waiting is ignored.
func (l *Loop) Cancel(id int64) {
	for i, t := range l.timers {
		if t.id == id {
			heap.Remove(&l.timers, i)
			return
		}
	}
}

// Fail makes Run return err. Only the first error counts, and nil is none.
func (l *Loop) Fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

// Hurry makes all timers due at once, those too that are set from now on, until Reset: whoever
// sleeps is to come to an end. What Fail was given before is forgotten.
func (l *Loop) Hurry() { l.hurry, l.err = true, nil }

// Run runs timers and results until done reports true. It returns nil then, the error of the
// callback or of Fail that ended it, ErrIdle, or the cause of ctx's end.
func (l *Loop) Run(ctx context.Context, done func() bool) error {
	for {
		if l.err != nil {
			return l.err
		}
		if done() {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		callback, wait := l.next()
		if callback != nil {
			if err := callback(); err != nil {
				return err
			}
			continue
		}
		if err := l.wait(ctx, wait); err != nil {
			return err
		}
	}
}

// RunReady runs the timers and results that are due, but not those that come of that, until done reports
// true. It does not wait. What they return as errors is dropped.
func (l *Loop) RunReady(done func() bool) {
	l.mu.Lock()
	most := len(l.timers) + len(l.settled)
	l.mu.Unlock()
	for range most {
		if done() {
			return
		}
		callback, _ := l.next()
		if callback == nil {
			return
		}
		callback()
	}
}

// next returns what can be run now; if there is nothing, how long until a timer is due, or a
// negative time where there is no timer.
func (l *Loop) next() (callback func() error, wait time.Duration) {
	l.mu.Lock()
	if len(l.settled) > 0 {
		callback = l.settled[0]
		l.settled = l.settled[1:]
	}
	l.mu.Unlock()
	if callback != nil {
		return callback, 0
	}
	if len(l.timers) == 0 {
		return nil, -1
	}
	if wait = time.Until(l.timers[0].at); wait > 0 && !l.hurry {
		return nil, wait
	}
	return heap.Pop(&l.timers).(*timer).run, 0
}

// wait sleeps until a result comes, d has passed (if it is not negative) or ctx ends.
func (l *Loop) wait(ctx context.Context, d time.Duration) error {
	l.mu.Lock()
	idle := d < 0 && l.reserved == 0 && len(l.settled) == 0
	wake := l.wake
	l.mu.Unlock()
	if idle {
		return ErrIdle
	}
	var due <-chan time.Time
	if d >= 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		due = t.C
	}
	l.waiting.Store(true)
	defer l.waiting.Store(false)
	select {
	case <-wake:
	case <-due:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// Waiting reports whether Run sleeps until something comes. Any goroutine may ask.
func (l *Loop) Waiting() bool { return l.waiting.Load() }

// Reset ends a request: timers and results that are still to come are dropped. It returns how
// many of them there were.
func (l *Loop) Reset() (dropped int) {
	dropped = len(l.timers)
	clear(l.timers)
	l.timers = l.timers[:0]
	l.err, l.hurry = nil, false
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.wake == nil {
		return dropped // nothing was ever reserved
	}
	dropped += l.reserved + len(l.settled)
	l.round++
	l.reserved, l.settled = 0, nil
	select {
	case <-l.wake:
	default:
	}
	return dropped
}
