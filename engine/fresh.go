package engine

import (
	"net/http"
	"time"

	"wizgy/engine/watch"
)

// findFresh is find for the desk: a request that begins after a save has returned gets the new
// page, whether or not the watcher has told yet.
func (e *Engine) findFresh(r *http.Request) (*site, *page, match, error) {
	for start := time.Now(); ; {
		site := e.site.Load()
		switch isFresh := site.fresh(); {
		case isFresh:
			m, ok := site.routes.match(r.URL)
			if !ok {
				return nil, nil, m, e.noPage(r.URL.Path)
			}
			p := site.pages[m.file]
			if !p.loaded.Load() && e.deploying(site, start) {
				break
			}
			state := p.load().look(nil)
			switch {
			case state == same && (p.broken() == nil || p.problems[0].timeout):
				return site, p, m, nil
			}
			if state != busy && !e.untold(p, start) && !e.deploying(site, start) {
				if site, next := e.refresh(p, state, start); next != nil {
					return site, next, m, nil
				}
			}
		case !e.deploying(site, start) && e.rescan(site):
			continue
		}
		select {
		case <-time.After(retryStep):
		case <-r.Context().Done():
			return nil, nil, match{}, ended(r.Context())
		}
	}
}

// rescan makes a snapshot with the files that are there now. A page whose file has gone is kept
// for a while, in which the request waits: a save may be about to bring it back. It reports
// whether that is over.
func (e *Engine) rescan(seen *site) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.site.Load()
	if old != seen {
		return true // another request did it
	}
	next := e.scan(old)
	if next.starved || e.misses(old, next) {
		return false
	}
	e.swap(old, next, watch.Change{}, nil)
	return true
}

// mayReturn reports whether a page that misses a file may yet have it back: not long ago it was
// not known to miss it.
func (e *Engine) mayReturn(page string) bool {
	now := time.Now()
	v := e.vanished[page]
	if now.Sub(v.seen) > grace { // it was there in between
		v.since = now
	}
	v.seen = now
	e.vanished[page] = v
	return now.Sub(v.since) < grace
}

// vanishing is a page that misses a file: since when, and when it was last seen to.
type vanishing struct{ since, seen time.Time }

// refresh makes the next generation of a page whose files have changed, or which is broken, and
// returns it with the snapshot that it is in now. It returns nil if they are still being written,
// as far as a request waits for that which began to look at start.
func (e *Engine) refresh(p *page, state freshness, start time.Time) (*site, *page) {
	e.mu.Lock()
	defer e.mu.Unlock()
	site := e.site.Load()
	if site.pages[p.file] != p {
		return nil, nil // another request did it: look again
	}
	if state == gone && e.mayReturn(p.file) {
		return nil, nil
	}
	next := e.newPage(p.file, p).load()
	if state := next.look(nil); state == busy || state == changed || e.deploying(site, start) || !site.fresh() && time.Since(start) < changeLimit {
		next.pool.retire()
		return nil, nil // it was read in the middle of a save
	}
	if next.missesFile() && (len(next.sources) == 0 || p.good() != nil) && e.mayReturn(p.file) {
		return nil, nil
	}
	delete(e.vanished, p.file)
	if age := time.Since(next.youngest()); next.broken() != nil && 0 <= age && age < settled {
		next.pool.retire()
		return nil, nil
	}
	if p.broken() == nil || next.broken() == nil || next.broken().Error() != p.broken().Error() {
		e.report(next)
	}
	with := site.with(next)
	e.swap(site, with, watch.Change{}, nil)
	return with, next
}
