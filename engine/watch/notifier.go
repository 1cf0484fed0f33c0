package watch

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A system is what a watcher needs of the machine.
type system struct {
	open  func() (*notifier, error) // nil where everything is to be polled
	every time.Duration             // how often what has no watch is looked at
	audit time.Duration             // and what has one, in case that nothing is told; 0 is never
}

// closed is what a notifier tells of a file besides what fsnotify has a word for: whoever had it open
// for writing has closed it. Not all notifiers do.
const closed fsnotify.Op = 1 << 31

// A notifier reports what happens to the names in the folders that were added to it.
type notifier struct {
	events <-chan fsnotify.Event
	errors <-chan error // closed by close
	add    func(dir string) error
	remove func(dir string) error
	close  func() error
	closes bool // it tells of closed
}

// open starts a notifier, if the machine has one to give.
func (w *Watcher) open() {
	if w.system.open == nil {
		return
	}
	n, err := w.system.open()
	if err != nil {
		w.warn(err, "")
		return
	}
	w.notifier = n
	// On a goroutine of its own, because fsnotify may send an error while it holds the lock that
	// its Add waits for.
	w.running.Go(func() {
		for err := range n.errors {
			// fsnotify wanted to remove a watch that the kernel had removed with its folder.
			if errors.Is(err, syscall.EINVAL) {
				continue
			}
			select {
			case w.failed <- err:
			default: // one is enough to begin again
			}
		}
	})
}

func (w *Watcher) shut() {
	if w.notifier != nil {
		_ = w.notifier.close() // nothing that could be done about it
		w.notifier = nil
	}
}

func (w *Watcher) events() <-chan fsnotify.Event {
	if w.notifier == nil {
		return nil
	}
	return w.notifier.events
}

// lost is called when events may have been lost. Watches are set up anew just before the batch is
// delivered, so that a storm of events has that done only as often as batches are.
func (w *Watcher) lost(err error) {
	if !w.stale {
		hint := ""
		if errors.Is(err, fsnotify.ErrEventOverflow) {
			hint = "; if this happens often: sysctl fs.inotify.max_queued_events=65536"
		}
		w.log.Warn("watch: changes were lost, so everything is taken as changed"+hint, "err", err)
		w.ignoreWriters() // whose closing may be what was lost
	}
	w.stale = true
	w.pending.everything()
}

// warn says once what to raise. Other reasons not to watch a folder say nothing: it is gone
// again, or cannot be read, which whoever wants to read it will say.
func (w *Watcher) warn(err error, dir string) {
	var what string
	switch {
	case errors.Is(err, syscall.ENOSPC):
		what = "no inotify watches are left for some folders; raise the limit: sysctl fs.inotify.max_user_watches=1048576"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		what = "inotify cannot be used; raise the limits: sysctl fs.inotify.max_user_instances=1024, ulimit -n 65536"
	case dir == "":
		what = "the system cannot tell of changes"
	default:
		return
	}
	if w.warned {
		return
	}
	w.warned = true
	args := []any{"err", err}
	if dir != "" {
		args = append(args, "first", dir)
	}
	w.log.Warn(fmt.Sprintf("watch: %s; until then changes are noticed within %v", what, w.system.every), args...)
}
