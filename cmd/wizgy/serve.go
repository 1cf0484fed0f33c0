package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"wizgy/engine"
	"wizgy/engine/watch"
	"wizgy/server"
)

// serveFlags are the options of serve and dev.
type serveFlags struct {
	siteArgument
	Addr        string            `default:"127.0.0.1:8000" placeholder:"HOST:PORT" help:"Listen here (${default}). Port 0 takes a free one."`
	Timeout     time.Duration     `default:"30s" help:"How long a page may take until the first piece of its answer, and from piece to piece (${default})."`
	Runtimes    int               `default:"256" help:"How many requests a page answers at a time (${default})."`
	Log         string            `default:"auto" enum:"auto,text,json" help:"How the log is written: text, json, or auto, which is text at a terminal (${default})."`
	NoAccessLog bool              `help:"Log no line for each request."`
	Set         map[string]string `placeholder:"NAME=VALUE" help:"A variable that every page finds in environ; may be repeated."`
}

// Validate checks what the types do not. kong calls it.
func (f *serveFlags) Validate() error {
	if f.Timeout <= 0 {
		return fmt.Errorf("--timeout must be longer than nothing, such as 30s, got %v", f.Timeout)
	}
	if f.Runtimes <= 0 {
		return fmt.Errorf("--runtimes must be at least 1, got %d", f.Runtimes)
	}
	if _, port, err := net.SplitHostPort(f.Addr); err != nil || !isPort(port) {
		return fmt.Errorf("--addr must be HOST:PORT, such as 127.0.0.1:8000, got %q", f.Addr)
	}
	return nil
}

// isPort reports whether s is a port, by its number or by its name.
func isPort(s string) bool {
	_, err := net.LookupPort("tcp", s)
	return err == nil && s != ""
}

type serveCommand struct{ serveFlags }

// Run serves until it is told to stop.
func (c *serveCommand) Run(p *program) error { return c.serve(p, false) }

func (f *serveFlags) serve(p *program, dev bool) error {
	site, err := f.open()
	if err != nil {
		return err
	}
	logger := server.NewLogger(p.stderr, f.Log)
	listener, err := server.Listen(p.ctx, f.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	running, err := f.start(site, logger, dev)
	if err != nil {
		return err
	}
	defer running.close()
	mode := "serves"
	if dev {
		mode = "serves (dev)"
	}
	fmt.Fprintf(p.stdout, "wizgy %s %s at http://%s/\n", mode, site.dir, visitable(listener.Addr()))
	silent := context.AfterFunc(p.ctx, func() {
		logger.Info("stopping: requests that have begun are answered; a second signal ends at once")
	})
	defer silent()
	return running.files.Serve(p.ctx, listener)
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
func (f *serveFlags) start(site *site, logger *slog.Logger, dev bool) (*running, error) {
	r := &running{log: logger, known: map[conflict]bool{}}
	cfg := engine.Config{
		Dir: site.apps, Dev: dev, Timeout: f.Timeout, MaxRuntimes: f.Runtimes,
		Environ: f.Set, Logger: logger, Changed: r.reportConflicts,
	}
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
	r.files, err = server.New(server.Config{Root: site.html, Pages: r.pages, Logger: logger, NoAccessLog: f.NoAccessLog, Dev: dev, Watched: true})
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
