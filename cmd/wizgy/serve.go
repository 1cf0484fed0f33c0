package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"

	"wizgy/engine"
	"wizgy/engine/watch"
	"wizgy/server"

	"golang.org/x/term"
)

type serveCommand struct {
	siteArgument
	options
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(p *program) error { return c.serve(p, c.siteArgument, false) }

func (o *options) serve(p *program, folder siteArgument, dev bool) error {
	site, err := folder.open()
	if err != nil {
		return err
	}
	if err := o.fromFile.err(); err != nil {
		return err
	}
	if err := o.tlsProblem(site.html); err != nil {
		return err
	}
	logger, flush := newLogger(p.stderr, o.Log)
	defer flush()
	listener, err := server.Listen(p.ctx, o.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	running, err := o.start(site, logger, dev)
	if err != nil {
		return err
	}
	defer running.close()
	if missing := o.missingFallback(running.files); missing != "" {
		logger.Warn(missing)
	}
	defer watchConfig(&folder, o.fromFile, logger)()
	mode := "serves"
	if dev {
		mode = "serves (dev)"
	}
	fmt.Fprintf(p.stdout, "wizgy %s %s at %s://%s/\n", mode, site.dir, o.scheme(), visitable(listener.Addr()))
	silent := context.AfterFunc(p.ctx, func() {
		logger.Info("stopping: requests that have begun are answered; a second signal ends at once")
	})
	defer silent()
	err = running.files.Serve(p.ctx, listener)
	if errors.Is(err, context.DeadlineExceeded) { // it was told to stop, and has stopped
		logger.Warn(err.Error())
		return nil
	}
	return err
}

// newLogger returns the logger, and what writes the last lines. At a terminal each line is
// written at once.
func newLogger(w io.Writer, format string) (logger *slog.Logger, flush func() error) {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return server.NewLogger(w, format), func() error { return nil }
	}
	b := &logBuffer{w: w}
	return server.NewLogger(b, format), b.Flush
}

// visitable returns the address as a browser on this machine may use it.
func visitable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	return net.JoinHostPort("localhost", fmt.Sprint(tcp.Port))
}

// running is a site that is being served.
type running struct {
	pages   *engine.Engine
	files   *server.Server
	watcher *watch.Watcher // of html/
	log     *slog.Logger
	done    sync.WaitGroup

	mu    sync.Mutex
	known map[conflict]bool // those that were logged
}

// start puts engine and server together.
func (o *options) start(site *site, logger *slog.Logger, dev bool) (*running, error) {
	r := &running{log: logger, known: map[conflict]bool{}}
	cfg := o.engineConfig()
	cfg.Dir, cfg.Dev, cfg.Logger, cfg.Changed = site.apps, dev, logger, r.reportConflicts
	if dev {
		cfg.Lint = func(l engine.Lint) { logger.Warn(l.Message, "page", l.Page, "rule", string(l.Rule)) }
	}
	r.mu.Lock() // until files is there
	defer func() {
		r.mu.Unlock()
		if r.files != nil {
			r.reportConflicts()
		}
	}()
	var err error
	if r.pages, err = engine.New(cfg); err != nil {
		return nil, err
	}
	files := o.serverConfig()
	files.Root, files.Pages, files.Logger, files.Dev = site.html, r.pages, logger, dev
	files.Watched = true
	r.files, err = server.New(files)
	if err != nil {
		r.pages.Close()
		return nil, err
	}
	if r.watcher, err = watch.New(watch.Config{Roots: []string{site.html}, Logger: logger}); err != nil {
		r.close()
		return nil, fmt.Errorf("watch %s: %w", site.html, err)
	}
	r.files.Changed(nil, true) // while nobody watched
	r.done.Go(func() {
		for change := range r.watcher.Changes() {
			r.files.Changed(change.Paths, change.All)
			r.reportConflicts()
		}
	})
	return r, nil
}

// reportConflicts logs the conflicts that are new.
func (r *running) reportConflicts() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := map[conflict]bool{}
	for _, c := range conflicts(r.pages, r.files) {
		now[c] = true
		if !r.known[c] {
			r.log.Warn(c.String())
		}
	}
	r.known = now
}

func (r *running) close() {
	if r.watcher != nil {
		r.watcher.Close()
	}
	r.done.Wait()
	r.pages.Close()
	r.files.Close()
}
