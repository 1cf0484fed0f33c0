package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wizgy/engine/internal/natives"
	"wizgy/engine/module"
	"wizgy/engine/watch"
)

// Config says what an Engine serves and how. The zero value serves the folder apps.
type Config struct {
	// Dir is the folder of pages; empty means "apps". It need not exist yet.
	Dir string

	// Dev is for the desk: each request looks for itself whether the page's files have changed,
	// and a page that is broken answers with its error, even if an earlier version worked.
	Dev bool

	// Timeout is how long a page may take for a step: until the first piece of its answer is
	// there, and from each piece to the next. Time that the client takes is not counted.
	// 0 means 30 seconds. A regular expression cannot be interrupted: it ends by itself a little
	// after the longest Timeout of all engines of the process.
	Timeout time.Duration

	// MaxRuntimes is how many requests a page answers at a time; more of them wait.
	// 0 means 256.
	MaxRuntimes int

	// MaxAllRuntimes is how many runtimes there may be of all pages together, idle ones included;
	// those that were idle for longest make room. 0 means 1024.
	MaxAllRuntimes int

	// MaxQueue is how many requests of a page may wait for a runtime; the others get a 503. 0 means
	// four for each of MaxRuntimes, negative that none waits.
	MaxQueue int64

	// MaxDepth is how deep calls may be nested in a page. 0 means 2000.
	MaxDepth int

	// Isolation says whether the requests of a page have runtimes of their own. A page that
	// exports isolation, "page" or "request", has its own way. Empty means IsolationPage.
	Isolation Isolation

	// Isolate are pages and folders of pages, below Dir and with slashes, that have
	// IsolationRequest whatever Isolation says: "admin", "blog/[slug].js".
	Isolate []string

	// MaxValue is how large one value of a page may be, in bytes: a string (a byte a character), a
	// buffer, an array (16 bytes an element). Built-in functions that are asked for more throw a
	// RangeError. 0 means 64 MiB; negative is no limit.
	MaxValue int64

	// MaxHeap is how large the heap of the process may become, in bytes. Above it, pages are
	// stopped: the one first that it grew most by. 0 is no limit.
	MaxHeap int64

	// Environ has variables of the site's own, which every page finds in environ.
	Environ map[string]string

	// Modules are built-in modules besides wizgy's own.
	Modules []module.Module

	// Logger takes what pages write and what happens on reload; nil means slog.Default().
	Logger *slog.Logger

	// Lint, if it is set, is told what works here but breaks PEP 3333, once per page and rule.
	// It is called from several goroutines.
	Lint func(Lint)

	// Stuck, if it is set, is told of each page that goes on for another Timeout after it was told
	// to stop, because it is inside a built-in function. Only the end of the process ends that.
	// It is called in a goroutine of its own.
	Stuck func(Stuck)

	// Also has folders that are watched along with Dir, such as that of the site's static files:
	// what changes in all of them at once, as in a deploy, is one change. They need not exist yet.
	Also []string

	// Switch, if it is set, is called for each change, of Dir or of Also, when it is complete and
	// the pages are ready. It must call commit once: with that the new pages take their place, so
	// whoever has another part of the site can let both take effect at the same moment. If commit
	// reports false the folders were switched to others since, and nothing is to take effect: the
	// change will come again. The site is of the generation whose number commit is given, which
	// must be above all those before; if it is not, or if Switch is nil, the engine takes one
	// itself. The change is empty where a request found a page out of date before the watcher
	// told of it.
	Switch func(change watch.Change, commit func(generation uint64) bool)

	// Changed, if it is set, is called after Switch.
	Changed func()

	// NoWatch leaves the folder unwatched: a page stays as it was when it was first asked for.
	NoWatch bool

	// NoStart leaves the pages alone until they are asked for. Without it they are compiled and
	// started in the background, so that the first visitor does not wait.
	NoStart bool
}

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
	room     room
	panics   panics
	watcher  *watch.Watcher
	site     atomic.Pointer[site]

	mu       sync.Mutex           // whoever changes the site holds it
	vanished map[string]vanishing // pages whose file is not there, but may be about to return
	slow     map[string]struct{}  // files that are not waited for; of the goroutine of follow
	roots    []string             // the site's folders without links, at the last switch; likewise

	background sync.WaitGroup
	closing    chan struct{}
	closed     sync.Once
}

// CheckEnviron looks whether pages may find a variable of this name in environ, as those of
// Config.Environ. The error begins with the name, and says why not and what to do.
func CheckEnviron(name string) error {
	reserved := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
	switch {
	case name == "":
		return errors.New("has no name: give it one")
	case reserved("wsgi."), reserved("wizgy."), reserved("HTTP_"), slices.Contains(standardKeys, name):
		return fmt.Errorf("%s would hide one that the server sets: choose another name", name)
	}
	return nil
}

// New makes an engine that serves cfg.Dir, and starts to watch it. The pages are compiled in
// the background; a request for one that is not ready waits. Close ends it.
func New(cfg Config) (*Engine, error) {
	if cfg.Dir == "" {
		cfg.Dir = "apps"
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.MaxRuntimes == 0 {
		cfg.MaxRuntimes = 256
	}
	if cfg.MaxAllRuntimes == 0 {
		cfg.MaxAllRuntimes = 1024
	}
	if cfg.MaxQueue == 0 {
		cfg.MaxQueue = 4 * int64(cfg.MaxRuntimes)
	}
	if cfg.MaxDepth == 0 {
		cfg.MaxDepth = maxDepth
	}
	if cfg.MaxDepth < 0 || cfg.MaxAllRuntimes < 0 {
		return nil, fmt.Errorf("engine: MaxDepth and MaxAllRuntimes must not be negative, got %d and %d", cfg.MaxDepth, cfg.MaxAllRuntimes)
	}
	if cfg.MaxValue == 0 {
		cfg.MaxValue = natives.DefaultMax
	}
	if cfg.MaxValue < 0 {
		cfg.MaxValue = natives.Unlimited
	}
	if cfg.Timeout < 0 || cfg.MaxRuntimes < 0 {
		return nil, fmt.Errorf("engine: Timeout and MaxRuntimes must not be negative, got %v and %d", cfg.Timeout, cfg.MaxRuntimes)
	}
	if err := checkIsolation(&cfg); err != nil {
		return nil, err
	}
	for name := range cfg.Environ {
		if err := CheckEnviron(name); err != nil {
			return nil, fmt.Errorf("engine: the environ variable %w", err)
		}
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	e := &Engine{cfg: cfg, log: cfg.Logger, dir: dir, vanished: map[string]vanishing{}, slow: map[string]struct{}{}, closing: make(chan struct{})}
	if e.log == nil {
		e.log = slog.Default()
	}
	e.cfg.Also = nil
	for _, also := range cfg.Also {
		if also, err = filepath.Abs(also); err != nil {
			return nil, fmt.Errorf("engine: %w", err)
		}
		e.cfg.Also = append(e.cfg.Also, also)
	}
	e.dog = newWatchdog(e.reportStuck, newHunger(cfg.MaxHeap, e.dropIdle, e.log))
	e.room.limit = int64(cfg.MaxAllRuntimes)
	natives.LimitRegexps(cfg.Timeout)
	if err := natives.Install(); err != nil {
		e.log.Warn("built-in functions of pages are not checked: a page that asks for too much memory at once ends the process", "error", err)
	}
	e.realDir.Store(&dir)
	e.setModules()
	if !cfg.NoWatch {
		if e.watcher, err = watch.New(watch.Config{Roots: append([]string{dir}, e.cfg.Also...), Mark: isPartialName, Logger: e.log}); err != nil {
			e.dog.close()
			return nil, fmt.Errorf("engine: watch %s: %w", cfg.Dir, err)
		}
	}
	e.roots = e.realRoots()
	first := e.scan(&site{})
	first.generation = following(0)
	e.site.Store(first)
	e.reportProblems(first)
	for _, w := range e.idleIsolate() {
		e.log.Warn(w.Error())
	}
	if !cfg.NoStart {
		e.background.Go(e.warm)
	}
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
	e.compiler = &compiler{dir: e.dir, name: e.name, dev: e.cfg.Dev, modules: names, shortcuts: e.cfg.Lint == nil}
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

// warm loads all pages, so that the first visitor does not wait.
func (e *Engine) warm() {
	e.each(maps.Values(e.site.Load().pages), max(goruntime.GOMAXPROCS(0)/2, 1), func(p *page) {
		p.load()
		e.report(p)
		e.watchSources(p)
	})
}

// Close stops watching, and waits for what goes on in the background. Requests that are being
// answered are not waited for.
func (e *Engine) Close() error {
	var err error
	e.closed.Do(func() {
		close(e.closing)
		if e.watcher != nil {
			err = e.watcher.Close()
		}
		e.background.Wait()
		e.dog.close()
	})
	return err
}
