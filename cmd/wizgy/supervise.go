package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"wizgy/server/supervisor"
)

// supervises reports whether this process is to start workers instead of serving.
func (o *options) supervises(p *program, dev bool) bool {
	return supervisor.Supported && !dev && !o.NoSupervisor && p.worker == nil && p.signals != nil
}

// supervise has the site served by a worker.
func (o *options) supervise(p *program, site *site, flags *listenFlags, logger *slog.Logger) error {
	listeners, sockets, err := o.listen(p)
	if err != nil {
		return err
	}
	defer announceStop(p, logger)()
	urls := o.urls(listeners)
	restart, notify := hangups(p)
	settle()
	err = supervisor.Run(p.ctx, supervisor.Config{
		Listeners: listeners,
		Remove:    sockets,
		Logger:    logger,
		Stop:      o.StopTimeout,
		Ready: func() {
			fmt.Fprintf(p.stdout, "wizgy serves %s at %s\n", site.dir, urls)
			flags.openBrowser(p, urls)
		},
		Kept:    keptFiles,
		Restart: restart,
		Resume:  notify,
		Now:     p.signals.handOver(),
	})
	if errors.Is(err, supervisor.ErrNow) {
		return errReported
	}
	return err
}

// What a worker leaves to its successor, by number. A program of another version may take it over,
// so a number keeps its meaning.
const (
	keptPages   = iota // the last good versions of broken pages
	keptConfig         // what wizgy.toml said when it last had no mistakes
	keptLoads          // which pages are being loaded, or have ended a worker when they were
	keptKeyPair        // the last certificate that could be used, with its key; only in memory
	keptFiles          // how many there are
)

// settle makes the process small: what was needed to get here is not needed any more, and from
// now on it has next to nothing to do.
func settle() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(25)
	debug.FreeOSMemory()
	_ = letGoOfProgram() // it would only take more
}

// listen returns the sockets that are served: a worker's are its supervisor's, systemd may have
// opened some, and otherwise they are those of --addr, for which files may have been made.
func (o *options) listen(p *program) (listeners []net.Listener, files []string, err error) {
	if p.worker != nil {
		return p.worker.Listeners(), nil, nil
	}
	given, err := supervisor.Inherited()
	if err != nil || len(given) > 0 {
		return given, nil, err
	}
	return o.listenAll(p.ctx)
}

// hangups delivers SIGHUP, which replaces the worker, unless whoever has started this program
// wants it ignored, as nohup does. When the terminal that it was started from has gone, SIGHUP
// means that, and stops it. notify has the signal delivered again after it was ignored.
func hangups(p *program) (delivered <-chan os.Signal, notify func()) {
	if supervisor.IgnoresHangups() {
		return nil, nil
	}
	had := hasTerminal()
	came, restart := make(chan os.Signal, 1), make(chan os.Signal)
	notify = func() { signal.Notify(came, syscall.SIGHUP) }
	notify()
	go func() {
		for sig := range came {
			if had && !hasTerminal() {
				p.signals.stop()
				return
			}
			select {
			case restart <- sig:
			case <-p.ctx.Done():
				return
			}
		}
	}()
	return restart, notify
}

// hasTerminal reports whether the process belongs to a terminal.
func hasTerminal() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	_ = tty.Close()
	return true
}
