package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	goruntime "runtime"
	"sync"
	"sync/atomic"

	"wizgy/engine/internal/natives"
	"wizgy/engine/internal/readers"
	"wizgy/engine/internal/spool"
	"wizgy/engine/module"
	"wizgy/engine/watch"
	"wizgy/server/writers"
)

// Engine is a folder of pages that answers requests. It is an http.Handler.
type Engine struct {
	cfg      Config
	log      *slog.Logger
	dir      string                 // absolute
	realDir  atomic.Pointer[string] // dir without links, as of the last scan
	compiler *compiler
	modules  map[string]module.Module
	globals  map[string]module.Global
	dog      *watchdog
	keeping  *keeping // nil: nothing outlives the process
	room     room
	panics   panics
	spool    *spool.Spool
	readers  *readers.Group
	watcher  *watch.Watcher
	writers  *writers.Writers
	trials   *trials
	starved  chan struct{} // has room for one: something could not be read
	site     atomic.Pointer[site]

	mu       sync.Mutex           // whoever changes the site holds it
	vanished map[string]vanishing // pages whose file is not there, but may be about to return
	roots    []string             // the site's folders without links, at the last switch; likewise

	background sync.WaitGroup
	sweeper    sync.WaitGroup // lets go of unused runtimes
	closing    chan struct{}
	closed     sync.Once
}

// New makes an engine that serves cfg.Dir, and starts to watch it. The pages are compiled in
// the background; a request for one that is not ready waits. Close ends it.
func New(cfg Config) (*Engine, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	e := &Engine{cfg: cfg, log: cfg.Logger, dir: dir, vanished: map[string]vanishing{}, closing: make(chan struct{}), starved: make(chan struct{}, 1)}
	if e.log == nil {
		e.log = slog.Default()
	}
	if e.writers = cfg.Writers; e.writers == nil {
		e.writers = &writers.Writers{}
	}
	e.spool, e.readers = newSpool(&e.cfg, e.log), readers.New(readerLimits(&e.cfg))
	e.cfg.Also = nil
	for _, also := range cfg.Also {
		if also, err = filepath.Abs(also); err != nil {
			return nil, fmt.Errorf("engine: %w", err)
		}
		e.cfg.Also = append(e.cfg.Also, also)
	}
	e.dog = newWatchdog(e.reportStuck, newHunger(cfg.MaxHeap, e.cfg.MaxValue, e.dropIdle, e.log))
	e.room.limit = int64(cfg.MaxAllRuntimes)
	natives.LimitRegexps(cfg.Timeout)
	if err := natives.Install(); err != nil {
		e.log.Warn("built-in functions of pages are not checked: a page that asks for too much memory at once ends the process", "error", err)
	}
	e.realDir.Store(&dir)
	e.setModules()
	e.trials = e.newTrials()
	if !cfg.NoWatch {
		if e.watcher, err = watch.New(watch.Config{Roots: append([]string{dir}, e.cfg.Also...), Mark: isPartialName, Chmod: e.mayHelp, Writers: e.writers, Poll: cfg.Poll, Logger: e.log}); err != nil {
			e.dog.close()
			return nil, fmt.Errorf("engine: watch %s: %w", cfg.Dir, err)
		}
	}
	e.roots = e.realRoots()
	first := e.scan(&site{})
	if first.starved {
		e.log.Error("pages cannot be read, because there are no file descriptors left, or no memory: it is tried again every second. Raise the limit of open files (ulimit -n, LimitNOFILE)")
		e.noteStarved()
	}
	e.takeOver(first)
	first.generation = following(0)
	e.site.Store(first)
	e.reportProblems(first, nil)
	e.reportUnwanted(first, nil)
	for _, w := range e.idleIsolate() {
		e.log.Warn(w.Error())
	}
	if !cfg.NoStart {
		e.Start()
	}
	e.sweeper.Go(e.dropUnused)
	if e.watcher != nil {
		e.background.Go(e.follow)
	}
	return e, nil
}

func (e *Engine) setModules() {
	e.globals = map[string]module.Global{}
	for _, g := range module.Globals() {
		e.globals[g.Name] = g
	}
	e.modules = map[string]module.Module{}
	names := map[string]bool{}
	for _, m := range append(module.Builtins(), e.cfg.Modules...) {
		e.modules[m.Name] = m
		names[m.Name] = true
	}
	e.compiler = &compiler{dir: e.dir, name: e.name, dev: e.cfg.Dev, modules: names, writers: e.writers, shortcuts: e.cfg.Lint == nil}
}

// name returns how a file is shown: below the folder of pages, with that folder's own name, also
// if the folder is a link to another one.
func (e *Engine) name(abs string) string {
	base := filepath.Base(e.dir)
	for _, dir := range []string{e.dir, *e.realDir.Load()} {
		if rel, err := filepath.Rel(dir, abs); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(filepath.Join(base, rel))
		}
	}
	if rel, err := filepath.Rel(filepath.Dir(e.dir), abs); err == nil {
		return filepath.ToSlash(rel)
	}
	return abs
}

// Start compiles and starts the pages in the background, as [New] does without [Config.NoStart].
func (e *Engine) Start() { e.background.Go(e.warm) }

// warm loads all pages, so that the first visitor does not wait.
func (e *Engine) warm() {
	e.each(maps.Values(e.site.Load().pages), max(goruntime.GOMAXPROCS(0)/2, 1), func(p *page) {
		p.load()
		e.report(p)
		e.watchSources(p)
	})
	e.keep()
	if e.keeping != nil {
		e.background.Go(e.settleKept)
	}
}

// Close stops watching, and waits for what goes on in the background. Requests that are being
// answered are not waited for.
func (e *Engine) Close() error {
	var err error
	e.closed.Do(func() {
		close(e.closing)
		e.trials.close()
		if e.watcher != nil {
			err = e.watcher.Close()
		}
		e.background.Wait()
		e.sweeper.Wait()
		e.dog.close()
		err = errors.Join(err, e.spool.Close())
	})
	return err
}
