package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// heir is what a page knows of the version that the process before has kept for it.
type heir struct {
	asked atomic.Int64 // when it was first asked for while it was being loaded, in ns since 1970

	mu      sync.Mutex
	settled bool      // the page itself serves
	looked  time.Time // when it was last looked for a version
}

// lookEvery is how often that is done at most.
const lookEvery = 20 * time.Millisecond

// settle ends the load of a page: one that works needs no other version, and one that does not
// gets the one that was kept for it.
func (h *heir) settle(p *page) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p.broken() != nil {
		h.take(p)
		return
	}
	h.settled, p.made = true, time.Now().UnixNano()
	if last := p.last.Swap(nil); last != nil && p.first {
		last.pool.retire() // nobody else has it
	}
}

// inherit reports whether there is a version that serves for the page. It looks whether one was
// kept meanwhile: the process before may have noticed a save later than this one. It is false,
// too, while another request looks.
func (h *heir) inherit(p *page) bool {
	last := p.last.Load()
	switch {
	case last != nil && last.loaded.Load():
		return true
	case p.e.keeping == nil || !h.mu.TryLock():
		return false
	}
	defer h.mu.Unlock()
	if last == nil && time.Since(h.looked) < lookEvery {
		return false
	}
	h.looked = time.Now()
	return h.take(p)
}

// take looks for a version that serves for the page, and starts it. The caller holds mu.
func (h *heir) take(p *page) bool {
	last := p.last.Load()
	if h.settled || p.e.keeping == nil || p.kept != nil {
		return false
	}
	if last == nil {
		if last = p.e.keptFor(p.file); last == nil {
			return false
		}
		if p.loaded.Load() { // and it was said why it cannot serve
			p.e.log.Info("the last version that worked goes on serving, as the process before has kept it", "page", p.name)
		}
	}
	if err := last.load().broken(); err != nil {
		p.e.log.Warn("the last version that worked, as the process before has kept it, does not work any more", "page", p.name, "error", err.Error())
		p.e.disown(p.file)
		p.last.Store(nil)
		return false
	}
	p.last.Store(last)
	return true
}

// meanwhile returns the version that serves while the page is being loaded, if that takes long and
// there is one, or nil. It comes from the process before: a generation of this one is not asked
// for anything before it is loaded.
func (p *page) meanwhile(ctx context.Context) *page {
	if !p.first || p.loaded.Load() {
		return nil
	}
	done := make(chan struct{})
	go func() { // ends with the load
		defer close(done)
		p.load()
	}()
	p.heir.asked.CompareAndSwap(0, time.Now().UnixNano())
	for wait := time.Until(time.Unix(0, p.heir.asked.Load()).Add(grace)); ; wait = retryStep {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		if p.heir.inherit(p) {
			return p.last.Load()
		}
	}
}
