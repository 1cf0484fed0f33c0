package engine

import (
	"iter"
	"maps"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"sync"
	"time"

	"wizgy/engine/watch"
)

// Editors and deploys do not save in one step: a file is emptied and filled, or deleted and made
// anew. What is seen on the way is not yet the new page.
const (
	grace     = 250 * time.Millisecond // a file that is gone may return within this time
	settled   = 120 * time.Millisecond // a file that does not compile is complete after this time
	retryStep = 5 * time.Millisecond
)

// follow reloads what the watcher reports, and what could not be read.
func (e *Engine) follow() {
	again := time.NewTimer(starvedPause)
	again.Stop()
	for {
		select {
		case change, ok := <-e.watcher.Changes():
			if !ok {
				return
			}
			e.reload(change)
		case <-e.starved:
			again.Reset(starvedPause)
		case <-again.C:
			if change, any := e.unread(); any {
				e.reload(change)
			}
		}
	}
}

// reload makes a new snapshot after a change. What changes while it is made is part of it.
func (e *Engine) reload(change watch.Change) {
	d := &deploy{Change: change, began: time.Now()}
	e.keepBefore(change)
	defer e.keepAfter()
	for e.awaitEnd(d); !e.tryReload(d) && !e.isClosing(); e.awaitEnd(d) {
		if d.starved {
			e.starve(d)
		}
		e.rest()
	}
}

// tryReload makes a new snapshot. Only pages that came from a changed file are compiled anew; all
// of them take their place at once, or none if some of their files have changed meanwhile: then
// it reports false.
func (e *Engine) tryReload(d *deploy) bool {
	roots := e.realRoots()
	if !e.concerns(d.Change) {
		if !e.publish(d.Change, nil, roots) {
			return false
		}
		e.roots = roots
		e.changed()
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	old, next := e.awaitVanished()
	if d.starved = next.starved; d.starved {
		return false
	}
	made := e.renew(d.Change, old, next)
	d.starved = anyStarved(made)
	if d.starved || e.outdated(d, next, made) || !e.swap(old, next, d.Change, roots) {
		for p := range made {
			p.pool.retire()
		}
		return false
	}
	e.roots = roots
	for p, before := range made {
		e.reportNew(p, before, next.generation)
	}
	return true
}

// renew loads new generations of the pages that a change is of, and puts them into next. It returns
// each of them, with the one before it or nil. A page that nobody has asked for yet will read what
// there is then: a save in the first moments of a large site does not wait until all of it is loaded.
func (e *Engine) renew(change watch.Change, old, next *site) (made map[*page]*page) {
	paths := map[string]bool{}
	for _, path := range change.Paths {
		paths[path] = true
	}
	written := func(path string) bool { return change.All || paths[path] }
	shape := shapeOf(change)
	made = map[*page]*page{}
	for file, p := range next.pages {
		if old.pages[file] != p {
			made[p] = nil
			continue
		}
		if !p.begun.Load() {
			continue
		}
		if p.load(); p.broken() != nil || shape.concerns(p) || p.look(written) != same {
			next.pages[file] = e.newPage(file, p)
			made[next.pages[file]] = p
		}
	}
	e.keepMeanwhile(maps.Values(made))
	e.each(maps.Keys(made), goruntime.GOMAXPROCS(0), func(p *page) { p.load() })
	return made
}

// each calls do for pages, some of them at a time, until the engine is closed.
func (e *Engine) each(pages iter.Seq[*page], atATime int, do func(*page)) {
	free := make(chan struct{}, atATime)
	var all sync.WaitGroup
	defer all.Wait()
	for p := range pages {
		select {
		case free <- struct{}{}:
		case <-e.closing:
			return
		}
		all.Go(func() {
			defer func() { <-free }()
			do(p)
		})
	}
}

// mayHelp reports whether other permissions of a file may put right what is wrong: a page that
// could not be read, or a folder. Where nothing is wrong they are no reason to read all again.
func (e *Engine) mayHelp(string) bool {
	site := e.site.Load()
	if site == nil {
		return false
	}
	for _, p := range site.pages {
		if p.loaded.Load() && p.broken() != nil {
			return true
		}
	}
	return slices.ContainsFunc(site.folders, func(f folder) bool { return f.closed })
}

// concerns reports whether a change may be one of pages. Most changes in the folders that are
// watched beside theirs are not.
func (e *Engine) concerns(change watch.Change) bool {
	if change.All || e.importsOutside() {
		return true
	}
	return slices.ContainsFunc(change.Paths, func(path string) bool {
		return !slices.ContainsFunc(e.cfg.Also, func(dir string) bool { return within(path, dir) })
	})
}

// importsOutside reports whether a page came from a file outside of the folder of pages.
func (e *Engine) importsOutside() bool {
	real := *e.realDir.Load()
	for _, p := range e.site.Load().pages {
		if p.loaded.Load() && slices.ContainsFunc(p.sources, func(s *source) bool { return !within(s.path, real) }) {
			return true
		}
	}
	return false
}

// within reports whether path is below dir.
func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// outdated reports whether the new pages of a snapshot may not belong together, and another try
// makes sense: while they were read files have changed, or the folder was switched.
func (e *Engine) outdated(d *deploy, next *site, made map[*page]*page) bool {
	past := time.Since(d.began)
	if past > toolLimit {
		return false
	}
	if past < d.limit() && (e.gathering().Paths > 0 || !next.fresh()) {
		return true
	}
	for p := range made {
		if state := p.look(nil); state == changed || state == gone {
			return true
		}
	}
	return false
}

// awaitVanished scans the folder, and waits, for a while, for pages whose file is gone. It holds
// e.mu when it returns, but not all the time.
func (e *Engine) awaitVanished() (old, next *site) {
	for {
		old = e.site.Load()
		if next = e.scan(old); next.starved || !e.misses(old, next) {
			return old, next
		}
		e.mu.Unlock()
		time.Sleep(retryStep)
		e.mu.Lock()
	}
}

// misses reports whether next misses a page that may yet return.
func (e *Engine) misses(old, next *site) bool {
	waits := false
	for file := range old.pages {
		if next.pages[file] == nil && e.mayReturn(file) {
			waits = true
		}
	}
	if !waits {
		clear(e.vanished)
	}
	return waits
}

// swap puts a snapshot into place, which came from a change. The generations that it does not
// have any more finish their requests and go. It reports false, and does nothing, if the folders
// of the site are others than roots by now; nil stands for any.
func (e *Engine) swap(old, next *site, change watch.Change, roots []string) bool {
	if !e.publish(change, next, roots) {
		return false
	}
	for file, p := range old.pages {
		n := next.pages[file]
		if n != p && (n == nil || n.last.Load() != p) {
			p.pool.retire()
		}
		if last := p.last.Load(); last != nil && (n == nil || n.last.Load() != last) {
			last.pool.retire()
		}
		if n == nil {
			e.disown(file)
			e.log.Info("removed", "page", p.name, "generation", next.generation)
		}
	}
	for file, p := range next.pages {
		if old.pages[file] != p {
			e.watchSources(p)
		}
		if old.pages[file] == nil {
			e.log.Info("added", "page", p.name, "generation", next.generation)
		}
	}
	if next.routes != old.routes {
		e.reportProblems(next, old)
		e.reportUnwanted(next, old)
	}
	e.changed()
	return true
}

// publish begins a new generation of the site: next takes its place, if it is not nil, and
// whoever else has a part of the site is told of the change at the same moment. It reports false
// as swap does.
func (e *Engine) publish(change watch.Change, next *site, roots []string) (done bool) {
	commit := func(generation uint64) bool {
		if roots != nil && !slices.Equal(roots, e.realRoots()) {
			return false
		}
		done = true
		if next == nil {
			return true
		}
		last := e.site.Load().generation
		if next.generation = generation; generation <= last {
			next.generation = following(last)
		}
		e.site.Store(next)
		return true
	}
	if e.cfg.Switch != nil {
		e.cfg.Switch(change, commit)
	} else {
		commit(0)
	}
	return done
}

// realRoots returns the folders that the folders of the site are, behind all links.
func (e *Engine) realRoots() []string {
	list := []string{e.realPath()}
	for _, dir := range e.cfg.Also {
		real, _ := filepath.EvalSymlinks(dir) // or nothing
		list = append(list, real)
	}
	return list
}

// following returns the number of the generation after another: the time, in milliseconds since
// 1970, or a little more where that would not be more. So numbers can be compared across
// processes that serve the same site.
func following(generation uint64) uint64 {
	return max(generation+1, uint64(max(0, time.Now().UnixMilli())))
}

func (e *Engine) changed() {
	if e.cfg.Changed != nil {
		e.cfg.Changed()
	}
}
