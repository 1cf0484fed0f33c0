package engine

import "time"

// HandOver leaves the versions that work of all pages to the engine of a process that takes over,
// as far as there is room, for it may not have loaded all pages yet. Call it when that process
// begins to serve. Without Config.Keep it does nothing.
func (e *Engine) HandOver() {
	k := e.keeping
	if k == nil {
		return
	}
	k.mu.Lock()
	k.leaving = true
	for _, p := range e.site.Load().pages {
		k.trying[p] = struct{}{} // by somebody else
	}
	k.mu.Unlock()
	e.keep()
}

// settleKept takes what another process has handed over at its end, and then throws the rest away.
func (e *Engine) settleKept() {
	select {
	case <-time.After(handOverTime):
	case <-e.closing:
		return
	}
	for _, p := range e.site.Load().pages {
		if p.loaded.Load() && p.broken() != nil {
			p.heir.inherit(p)
		}
	}
	e.keeping.mu.Lock()
	e.keeping.written, e.keeping.stays = nil, true
	e.keeping.mu.Unlock()
	e.keep()
}

// handOverTime is in which a process that is to end has handed over what it has.
const handOverTime = 2 * time.Second
