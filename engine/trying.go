package engine

import (
	"iter"
	"slices"

	"wizgy/engine/watch"
)

// keepBefore keeps the pages that a change is of, as far as its paths tell, before anything else.
func (e *Engine) keepBefore(change watch.Change) {
	k := e.keeping
	if k == nil {
		return
	}
	k.mu.Lock()
	k.stays = true
	k.mu.Unlock()
	paths := map[string]bool{}
	for _, path := range change.Paths {
		paths[path] = true
	}
	e.keepMeanwhile(func(yield func(*page) bool) {
		for _, p := range e.site.Load().pages {
			touched := p.loaded.Load() && (slices.ContainsFunc(p.sources, func(s *source) bool { return paths[s.path] }) ||
				slices.ContainsFunc(p.links, func(l link) bool { return paths[l.path] }))
			if touched && !yield(p) {
				return
			}
		}
	})
}

// keepMeanwhile keeps pages for as long as others are tried in their place.
func (e *Engine) keepMeanwhile(pages iter.Seq[*page]) {
	k := e.keeping
	if k == nil {
		return
	}
	k.mu.Lock()
	for p := range pages {
		if p != nil {
			k.trying[p] = struct{}{}
		}
	}
	k.mu.Unlock()
	e.keep()
}

// keepAfter ends that.
func (e *Engine) keepAfter() {
	if k := e.keeping; k != nil {
		k.mu.Lock()
		if !k.leaving {
			clear(k.trying)
		}
		k.mu.Unlock()
		e.keep()
	}
}
