package engine

import (
	"runtime/debug"
	"time"
)

// A burst of requests leaves as many runtimes as there were at a time, each with all that a page keeps
// in its variables. Those that nobody has needed for a while are let go of.

const (
	// idleTime is how long a runtime is kept that is not used.
	idleTime = 30 * time.Second
	// idleKept is how many of a page are kept however long that is.
	idleKept = 2
	// idleMany is how many there must be to have their memory given back to the system at once.
	idleMany = 16
)

// dropUnused lets go of unused runtimes now and then.
func (e *Engine) dropUnused() {
	ticker := time.NewTicker(idleTime)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if e.sweep() >= idleMany {
				debug.FreeOSMemory()
			}
		case <-e.closing:
			return
		}
	}
}

// sweep lets go of the runtimes that were idle all the time since it was last called. It returns how
// many there were.
func (e *Engine) sweep() (dropped int) {
	for _, p := range e.pools() {
		dropped += p.drop(p.unused())
	}
	return dropped
}

// unused returns how many runtimes are to be let go of, and begins to count anew.
func (p *pool) unused() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := max(min(p.spare, len(p.idle)-idleKept), 0)
	p.spare = len(p.idle) - n
	return n
}
