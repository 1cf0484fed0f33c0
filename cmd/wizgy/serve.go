package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"wizgy/engine"
	"wizgy/engine/watch"
	"wizgy/server"
	"wizgy/server/writers"

	"golang.org/x/term"
)

type serveCommand struct {
	siteArgument
	listenFlags
	options
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(p *program) error {
	return c.serve(p, c.siteArgument, &c.listenFlags, false)
}

func (o *options) serve(p *program, folder siteArgument, flags *listenFlags, dev bool) error {
	site, err := folder.open()
	if err != nil {
		return err
	}
	if err := o.fromFile.err(); err != nil {
		return err
	}
	if err := o.tlsProblem(site.html, p.worker != nil); err != nil {
		return err
	}
	outliveLogReader()
	supervises := o.supervises(p, dev)
	logger, flush := newLogger(p.stderr, o.Log, supervises)
	defer flush()
	if p.worker == nil {
		warnOfZone(logger)
	}
	if supervises {
		return o.supervise(p, site, flags, logger)
	}
	setCollector()
	limits := o.limitMemory()
	listeners, _, err := o.listen(p)
	if err != nil {
		return err
	}
	defer closeAll(listeners)
	running, err := o.start(p, site, logger, dev)
	if err != nil {
		return err
	}
	defer running.closeSoon()
	if missing := o.missingFallback(running.files); missing != "" {
		logger.Warn(missing)
	}
	if files := site.outside(); dev && len(files) > 0 {
		logger.Warn("visitors do not get what lies beside html/: move " + enumerate(files) + " into it, with what belongs to it")
	}
	for _, doubt := range o.bodyDoubts() {
		logger.Warn(doubt)
	}
	if o.fromFile.before {
		logger.Warn(o.fromFile.name + " has mistakes: what it said before goes on")
	}
	if o.Watch != "off" {
		defer watchConfig(&folder, o.fromFile, logger, o.configChanged(p, logger))()
	}
	if p.worker != nil {
		keepConfig(p.worker, o.fromFile, logger)
		defer handOver(p, running.pages)()
		p.worker.Ready(limits, func() (int, int) { return running.files.InFlight(), running.pages.Stuck() })
		running.pages.Start() // only now: a page may end the process, and a site that served once is served again
		return o.serveAll(p, running, listeners, logger)
	}
	p.signals.stopAtHangup()
	mode := "serves"
	if dev {
		mode = "serves (dev)"
	}
	urls := o.urls(listeners)
	fmt.Fprintf(p.stdout, "wizgy %s %s at %s\n", mode, site.dir, urls)
	flags.openBrowser(p, urls)
	defer announceStop(p, logger)()
	return o.serveAll(p, running, listeners, logger)
}

// serveAll serves until the program is to stop.
func (o *options) serveAll(p *program, running *running, listeners []net.Listener, logger *slog.Logger) error {
	err := running.files.Serve(p.ctx, listeners[0], listeners[1:]...)
	if errors.Is(err, context.DeadlineExceeded) { // it was told to stop, and has stopped
		logger.Warn(err.Error())
		return nil
	}
	return err
}

// handOver has pages hand over when another worker takes over. It returns what waits until that is
// done, if it has begun.
func handOver(p *program, pages *engine.Engine) (wait func()) {
	done := make(chan struct{})
	cancel := context.AfterFunc(p.ctx, func() {
		defer close(done)
		pages.HandOver()
	})
	return func() {
		if !cancel() {
			<-done
		}
	}
}

// announceStop logs that the program stops, when it does.
func announceStop(p *program, logger *slog.Logger) (cancel func() bool) {
	return context.AfterFunc(p.ctx, func() {
		logger.Info("stopping: requests that have begun are answered; a second signal ends at once")
	})
}

// outliveLogReader has a log whose reader has ended cost lines, and not the server: without it, Go
// lets the program die of SIGPIPE.
func outliveLogReader() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// newLogger returns the logger, and what writes the last lines. At a terminal, and where prompt asks
// for that, each line is written at once.
func newLogger(w io.Writer, format string, prompt bool) (logger *slog.Logger, flush func() error) {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return server.NewLogger(w, format), func() error { return nil }
	}
	b := &logBuffer{w: w, delay: logDelay}
	if prompt {
		b.delay = 0
	}
	logger = server.NewLogger(b, format)
	b.lost = func(lines int) {
		logger.Warn("lines of the log were lost, because they could not be written in time", "lines", lines,
			"hint", "look at what reads the log, or at the disk that it is on")
	}
	return logger, b.Flush
}

// configChanged returns what is done when wizgy.toml has changed and has no mistakes: a worker is
// replaced by one that has read it.
func (o *options) configChanged(p *program, logger *slog.Logger) func(*configFile, []string) {
	return func(file *configFile, options []string) {
		if p.worker == nil {
			logger.Warn(file.name + " has changed: restart wizgy to apply it")
			return
		}
		for _, fixed := range []string{"addr", "socket-mode", "log", "no-supervisor"} {
			if slices.Contains(options, fixed) {
				logger.Warn(fmt.Sprintf("%s: the supervisor has taken %s as it was: restart wizgy to apply that; the rest is applied now", file.name, fixed))
			}
		}
		p.worker.Restart(file.name + " has changed")
	}
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

// running is a site that is being served.
type running struct {
	pages *engine.Engine
	files *server.Server
	ready atomic.Pointer[server.Server] // files, once everything is there
	loads *loadsFile                    // nil for a worker
	log   *slog.Logger

	mu    sync.Mutex
	known map[conflict]bool // those that were logged
}

// start puts engine and server together.
func (o *options) start(p *program, site *site, logger *slog.Logger, dev bool) (*running, error) {
	r := &running{log: logger, known: map[conflict]bool{}}
	cfg := o.engineConfig()
	cfg.Dir, cfg.Dev, cfg.Logger, cfg.Changed = site.apps, dev, logger, r.reportConflicts
	if p.worker != nil {
		cfg.Stuck = func(s engine.Stuck) { p.worker.Stuck(s.String()) }
		if kept := p.worker.Kept(keptPages); kept != nil {
			cfg.Keep = kept
		}
		if kept := p.worker.Notes(keptLoads); kept != nil {
			cfg.Loads, cfg.LastWords = kept, p.worker.LastWords()
		}
	}
	cfg.Writers = &writers.Writers{}
	if p.worker == nil {
		loads := openLoads(site.dir)
		if loads != nil {
			cfg.Loads, r.loads = loads, loads
		}
	}
	cfg.NoStart = p.worker != nil
	cfg.Also, cfg.Switch = []string{site.html}, r.switchSite
	if dev {
		cfg.Lint = func(l engine.Lint) { logger.Warn(l.Message, "page", l.Page, "rule", string(l.Rule)) }
	}
	var err error
	if r.pages, err = engine.New(cfg); err != nil {
		return nil, err
	}
	files := o.serverConfig()
	files.Root, files.Pages, files.Logger, files.Dev = site.html, r.pages, logger, dev
	if dev {
		files.Hosts = o.hosts()
	}
	files.Watched, files.Writers = !cfg.NoWatch, cfg.Writers
	if p.worker != nil {
		files.TLSMayBeExpired = true
		if kept := p.worker.Secret(keptKeyPair); kept != nil {
			files.TLSKeep = kept
		}
	}
	r.files, err = server.New(files)
	if err != nil {
		r.pages.Close()
		return nil, err
	}
	r.ready.Store(r.files)
	r.files.Changed(nil, true) // what nobody told it so far
	r.reportConflicts()
	return r, nil
}

// switchSite lets a change of pages and files take effect.
func (r *running) switchSite(change watch.Change, pages func(generation uint64) bool) {
	if files := r.ready.Load(); files != nil {
		files.Switch(change.Paths, change.All, pages)
		return
	}
	pages(0)
}

// reportConflicts logs the conflicts that are new.
func (r *running) reportConflicts() {
	files := r.ready.Load()
	if files == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := map[conflict]bool{}
	for _, c := range conflicts(r.pages, files) {
		now[c] = true
		if !r.known[c] {
			r.log.Warn(c.String())
		}
	}
	r.known = now
}

// closeSoon is close, but for what does not end: a page may be stuck while it is loaded.
func (r *running) closeSoon() {
	const patience = time.Second
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		r.close()
	}()
	select {
	case <-closed:
	case <-time.After(patience):
	}
}

func (r *running) close() {
	r.pages.Close()
	r.files.Close()
	r.loads.close()
}
