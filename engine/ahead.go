package engine

import "time"

// ahead reports whether a page that was loaded for the first time after the folder was switched to
// another release is to wait until all the rest of the site is of that release, too. That is soon; in
// the first moments of a process it may be asked for meanwhile.
func (p *page) ahead(site *site) bool {
	if !p.early.Load() {
		return false
	}
	loaded := time.Unix(0, p.made)
	if real := p.e.realPath(); real == site.real || real == "" || time.Since(loaded) > changeLimit {
		p.early.Store(false)
		return false
	}
	return true
}

// compare notes what ahead needs to know, at the end of a load.
func (p *page) compare() {
	if site := p.e.site.Load(); site != nil && p.e.watcher != nil && !p.e.cfg.Dev && len(p.problems) == 0 {
		p.early.Store(p.e.realPath() != site.real)
	}
}
