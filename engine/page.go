package engine

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"wizgy/engine/internal/natives"
	"wizgy/engine/internal/wording"
)

// page is one generation of a page: what a version of its files was compiled to. It does not
// change once it is loaded; a save makes another one, which takes its place.
type page struct {
	e    *Engine
	file string // below the folder of pages: blog/[slug].js
	name string // as it is shown: apps/blog/[slug].js

	once           sync.Once
	begun          atomic.Bool // its files may have been read
	loaded         atomic.Bool
	early          atomic.Bool // see ahead
	program        *goja.Program
	asyncIterators bool     // the program names Symbol.asyncIterator
	shortcuts      bool     // see takeShortcuts
	operators      []string // the functions that the program calls in place of operators
	holds, notes   bool     // see held and thrownNow
	hidden         natives.Hidden
	text           string    // see compiled; only where it may be kept
	mapText        []byte    // likewise
	made           int64     // when it was loaded, in ns since 1970
	kept           *keptPage // what the page is made of, if it is of a process before this one
	first          bool      // the process had no generation before it, and the one before may have kept one
	sources        []*source
	links          []link
	problems       []*Error // if there are any, the page cannot serve
	warnings       []*Error
	later          []*Error // see absent.go
	resolves       bool     // see mayResolve
	additions      []string // built-ins that the interpreter lacks
	pool           *pool
	isolation      Isolation
	streams        bool      // it reads the body of a request as it comes
	began          time.Time // see unripe
	suspect        bool

	last   atomic.Pointer[page] // the last generation that could serve; kept where this one cannot
	heir   heir
	linted linted

	usage  atomic.Pointer[knownUsage]
	worded wording.Cache
}

// knownUsage is what usageOf has found out about the text of an application.
type knownUsage struct {
	text string
	usage
}

// usageOf is the function of that name, for the application that the page's runtimes most often
// have: all have the same, unless the page chooses.
func (p *page) usageOf(text string) usage {
	if known := p.usage.Load(); known != nil && known.text == text {
		return known.usage
	}
	found := usageOf(text)
	p.usage.Store(&knownUsage{text, found})
	return found
}

func (e *Engine) newPage(file string, last *page) *page {
	p := &page{e: e, file: file, name: e.pageName(file)}
	p.pool = newPool(p, e.cfg.MaxRuntimes)
	if last != nil {
		p.last.Store(last.good())
	}
	return p
}

// pageName returns how a page's file is shown.
func (e *Engine) pageName(file string) string {
	return e.name(filepath.Join(e.dir, filepath.FromSlash(file)))
}

// load compiles the page and starts it once, if that was not done yet.
func (p *page) load() *page {
	p.once.Do(func() {
		p.begun.Store(true)
		defer p.loaded.Store(true)
		defer p.judge(time.Now())
		defer p.compare()
		defer p.contain()
		p.attempt()
		p.heir.settle(p)
		if p.starved() {
			p.e.noteStarved()
		}
		p.warn()
	})
	return p
}

// contain makes a problem of the page of a Go panic.
func (p *page) contain() {
	if v := recover(); v != nil {
		p.problems = []*Error{{File: p.name, Line: 1, Column: 1, Message: p.e.panics.note(v).Error()}}
	}
}

// compile makes the program. admit, if it is not nil, is asked about the files before the interpreter
// gets to see them.
func (p *page) compile(admit func([]*source) *Error) {
	var out *compiled
	if p.kept != nil {
		out = p.kept.compile(p.e.compiler)
	} else {
		out = p.e.compiler.compile(p.file, admit)
	}
	p.program, p.asyncIterators, p.resolves = out.program, out.asyncIterators, mayResolve(out.text)
	p.later, p.additions = out.later, out.additions
	p.shortcuts, p.operators, p.hidden = out.shortcuts, out.operators, out.hidden
	p.holds, p.notes = out.holds, out.notes
	p.links = out.links
	p.sources, p.problems, p.warnings = out.sources, out.problems, out.warnings
	if p.e.keeping != nil {
		p.text, p.mapText = out.text, out.mapText
	}
}

// try starts the page for the first time, if it could be compiled.
func (p *page) try() {
	if len(p.problems) > 0 {
		return
	}
	rt, err := newRuntime(context.Background(), p)
	if err == nil {
		if err = p.setIsolation(rt.isolation); err != nil {
			rt.close()
		}
		p.setInput(rt.inputMode)
	}
	if err != nil {
		p.problems = []*Error{p.sayAbsent(asError(err))}
		return
	}
	p.pool.slots <- struct{}{}
	p.pool.put(rt)
}

// broken returns why the page cannot serve, or nil.
func (p *page) broken() error {
	if len(p.problems) > 0 {
		return p.problems[0]
	}
	return nil
}

// missesFile reports whether the page is broken because a file is not there.
func (p *page) missesFile() bool {
	return slices.ContainsFunc(p.problems, func(e *Error) bool { return e.missing })
}

// good returns the newest generation that can serve, or nil. A page that is not loaded yet
// counts as good only through the one before it.
func (p *page) good() *page {
	if p.loaded.Load() && p.broken() == nil {
		return p
	}
	return p.last.Load()
}

// source returns the file that is shown under a name, or nil.
func (p *page) source(name string) *source {
	for _, s := range p.sources {
		if p.e.name(s.path) == name {
			return s
		}
	}
	return nil
}

// look tells what became of the page's files. written, if it is not nil, reports which paths may
// have been written whatever their stamp says.
func (p *page) look(written func(path string) bool) freshness {
	for _, l := range p.links {
		if f := l.look(); f != same {
			return f
		}
	}
	worst := same
	for _, s := range p.sources {
		switch f := s.look(p.e.writers, written != nil && written(s.path)); f {
		case busy, gone:
			return f
		case changed:
			worst = changed
		}
	}
	return worst
}

// youngest returns when the page's files were last written.
func (p *page) youngest() time.Time {
	var last int64
	for _, s := range p.sources {
		last = max(last, s.stamp.mtime)
	}
	return time.Unix(0, last)
}
