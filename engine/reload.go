package engine

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wizgy/engine/watch"
)

// Editors and deploys do not save in one step: a file is emptied and filled, or deleted and made
// anew. What is seen on the way is not yet the new page.
const (
	grace     = 250 * time.Millisecond // a file that is gone may return within this time
	settled   = 60 * time.Millisecond  // a file that does not compile is complete after this time
	retryStep = 5 * time.Millisecond
	busyLimit = 3 * time.Second // how long a file that is open for writing is waited for
)

// follow reloads what the watcher reports.
func (e *Engine) follow() {
	for change := range e.watcher.Changes() {
		e.reload(change)
	}
}

// reload makes a new snapshot after a change. Only pages that came from a changed file are
// compiled anew; all of them take their place at once.
func (e *Engine) reload(change watch.Change) {
	e.awaitWriters(change)
	e.mu.Lock()
	defer e.mu.Unlock()
	old, next := e.awaitVanished()
	written := func(path string) bool { return change.All || slices.Contains(change.Paths, path) }
	for file, p := range next.pages {
		if old.pages[file] != p { // new
			p.load()
			e.report(p)
			continue
		}
		p.load()
		if p.broken() == nil && !e.shaped(change, p) && p.look(written) == same {
			continue
		}
		next.pages[file] = e.renew(p)
	}
	e.swap(old, next)
}

// renew makes and loads the next generation of a page, and reports how it went.
func (e *Engine) renew(p *page) *page {
	next := e.newPage(p.file, p).load()
	if p.broken() == nil || next.broken() == nil || next.broken().Error() != p.broken().Error() {
		e.report(next)
		if next.broken() == nil {
			e.log.Info("reloaded", "page", next.name)
		}
	}
	return next
}

// shaped reports whether a file has come or changed that tells the compiler which files to take:
// a package.json or tsconfig.json, or one that an import without extension may mean now.
func (e *Engine) shaped(change watch.Change, p *page) bool {
	for _, changed := range change.Paths {
		switch filepath.Base(changed) {
		case "package.json", "tsconfig.json", "jsconfig.json":
			return true
		}
		for _, s := range p.sources {
			if s.path != changed && stem(s.path) == stem(changed) {
				return true
			}
		}
	}
	return false
}

func stem(path string) string {
	s := strings.TrimSuffix(path, filepath.Ext(path))
	return strings.TrimSuffix(s, string(filepath.Separator)+"index")
}

// awaitWriters waits, for a while, until nobody has the changed files open for writing.
func (e *Engine) awaitWriters(change watch.Change) {
	for end := time.Now().Add(busyLimit); time.Now().Before(end); {
		if !slices.ContainsFunc(change.Paths, beingWritten) {
			return
		}
		select {
		case <-time.After(retryStep):
		case <-e.closing:
			return
		}
	}
}

// awaitVanished scans the folder, and waits, for a while, for pages whose file is gone. It holds
// e.mu when it returns, but not all the time.
func (e *Engine) awaitVanished() (old, next *site) {
	for {
		old = e.site.Load()
		if next = e.scan(old); !e.misses(old, next) {
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

// swap puts a snapshot into place. The generations that it does not have any more finish their
// requests and go.
func (e *Engine) swap(old, next *site) {
	e.site.Store(next)
	for file, p := range old.pages {
		n := next.pages[file]
		if n != p && (n == nil || n.last.Load() != p) {
			p.pool.retire()
		}
		if last := p.last.Load(); last != nil && (n == nil || n.last.Load() != last) {
			last.pool.retire()
		}
		if n == nil {
			e.log.Info("removed", "page", p.name)
		}
	}
	for file, p := range next.pages {
		if old.pages[file] != p {
			e.watchSources(p)
		}
	}
	if next.routes != old.routes {
		e.reportProblems(next)
	}
	if e.cfg.Changed != nil {
		e.cfg.Changed()
	}
}

// watchSources watches the folders of files outside of the folder of pages.
func (e *Engine) watchSources(p *page) {
	if e.watcher == nil || !p.loaded.Load() {
		return
	}
	for _, s := range p.sources {
		if rel, err := filepath.Rel(e.dir, s.path); err != nil || strings.HasPrefix(rel, "..") {
			if err := e.watcher.Add(filepath.Dir(s.path)); err != nil {
				e.log.Warn("changes of a file will not be noticed", "file", s.path, "error", err)
			}
		}
	}
}

// report logs why a page is broken.
func (e *Engine) report(p *page) {
	for _, problem := range p.problems {
		text := problem.Error()
		if p.last.Load() != nil {
			text += " – the last version that worked goes on serving"
		}
		e.log.Error(text, "page", p.name)
	}
}

func (e *Engine) reportProblems(s *site) {
	for _, problem := range s.routes.problems {
		e.log.Warn(e.named(problem).Error())
	}
}

// named completes a problem of the routes with the name under which files are shown.
func (e *Engine) named(problem *Error) *Error {
	named := *problem
	named.File = e.name(filepath.Join(e.dir, filepath.FromSlash(problem.File)))
	return &named
}

func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) {
		err = errClientGone
	}
	return &Error{Message: err.Error(), cause: err}
}

func sortErrors(list []*Error) {
	slices.SortStableFunc(list, func(a, b *Error) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
}
