package engine

import (
	"net/http"
	"time"
)

// unripeLimit is how long requests wait for a page that was broken when it was first loaded, and
// that somebody may have been saving just then.
const unripeLimit = time.Second

// unripe reports whether the page may be broken because it was loaded in the middle of a save, so
// that the watcher is about to tell of the rest. Later versions have the last good one to fall back
// on; the first, as of a process that has just been started, has none.
func (p *page) unripe() bool {
	return len(p.problems) > 0 && !p.heir.inherit(p) && p.suspect && time.Since(p.began) < unripeLimit
}

// judge notes what unripe needs to know, at the end of a load that began then.
func (p *page) judge(began time.Time) {
	if len(p.problems) == 0 || p.last.Load() != nil || p.e.watcher == nil || p.e.cfg.Dev {
		return
	}
	age := began.Sub(p.youngest())
	p.began, p.suspect = began, p.missesFile() || age < settled || p.e.keeping != nil && began.Sub(p.lastTouched()) < unripeLimit
}

// lastTouched returns when the page's files were last written, replaced or renamed. No tool can
// make that look older.
func (p *page) lastTouched() time.Time {
	last := p.youngest()
	for _, s := range p.sources {
		if at := time.Unix(0, s.stamp.ctime); at.After(last) {
			last = at
		}
	}
	return last
}

// findRipe is find that waits for pages that are unripe.
func (e *Engine) findRipe(r *http.Request) (*site, *page, match, error) {
	for {
		site, p, m, err := e.find(r)
		if err != nil || m.redirect {
			return site, p, m, err
		}
		if last := p.meanwhile(r.Context()); last != nil {
			return site, last, m, nil
		}
		if !p.load().unripe() && !p.ahead(site) {
			return site, p, m, nil
		}
		select {
		case <-time.After(retryStep):
		case <-r.Context().Done():
			return nil, nil, match{}, ended(r.Context())
		}
	}
}
