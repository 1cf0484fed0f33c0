package engine

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
)

// reportNew tells how it went with a page's new generation.
func (e *Engine) reportNew(p, before *page, generation uint64) {
	if before == nil {
		e.report(p)
		return
	}
	if before.broken() == nil || p.broken() == nil || p.broken().Error() != before.broken().Error() {
		e.report(p)
		if p.broken() == nil {
			e.log.Info("reloaded", "page", p.name, "generation", generation)
		}
	}
}

// watchSources watches the folders of files outside of the folder of pages.
func (e *Engine) watchSources(p *page) {
	if e.watcher == nil || !p.loaded.Load() {
		return
	}
	for _, s := range p.sources {
		if rel, err := filepath.Rel(e.dir, s.path); err != nil || strings.HasPrefix(rel, "..") {
			if err := e.watcher.Add(filepath.Dir(s.path)); err != nil && !e.isClosing() {
				e.log.Warn("changes of a file will not be noticed", "file", s.path, "error", err)
			}
		}
	}
}

// report logs why a page is broken.
func (e *Engine) report(p *page) {
	for _, problem := range p.problems {
		text := problem.Error()
		if p.last.Load() != nil && !e.cfg.Dev { // in dev the error is shown
			text += " – the last version that worked goes on serving"
		}
		e.log.Error(text, append([]any{"page", p.name}, problem.shown()...)...)
	}
}

// warn logs what is doubtful about a page that has been loaded, for who writes it, unless that was said of the one before.
func (p *page) warn() {
	if !p.e.cfg.Dev || len(p.problems) > 0 {
		return
	}
	before := p.last.Load()
	for _, w := range p.warnings {
		if before == nil || !saysAlready(before.warnings, w) {
			p.e.log.Warn(w.Error(), "page", p.name)
		}
	}
}

// shown returns what a person sees of an error besides its text, as attributes for the log: the lines around
// its place, and, if there is more to tell than that, the stack. The lines are called frame, which the
// server's log has at a terminal only.
func (e *Error) shown() (attrs []any) {
	if e.frame != "" {
		attrs = append(attrs, "frame", e.frame)
	}
	if len(e.stack) > 1 || len(e.causes) > 0 {
		attrs = append(attrs, "stack", cut(e.Stack(), 3<<10))
	}
	return attrs
}

// reportProblems logs what is wrong with the routes, but for what was said of those before.
func (e *Engine) reportProblems(s, before *site) {
	for _, problem := range s.routes.problems {
		if before == nil || !saysAlready(before.routes.problems, problem) {
			e.log.Warn(e.named(problem).Error())
		}
	}
}

// saysAlready reports whether a list has the same to say as an error.
func saysAlready(list []*Error, e *Error) bool {
	return slices.ContainsFunc(list, func(b *Error) bool { return b.Error() == e.Error() })
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
