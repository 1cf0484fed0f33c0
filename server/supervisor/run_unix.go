//go:build unix

package supervisor

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// supervisor is what Run knows. One goroutine does everything but read.
type supervisor struct {
	cfg       Config
	log       *slog.Logger
	null      *os.File
	listeners []int // descriptors
	files     socketFiles
	kept      []*os.File // see Kept
	program   program
	manager   manager

	current *child   // serves; nil for a moment after its death
	fresh   *child   // is to serve next; nil most of the time
	old     []*child // end when they have answered their requests

	lastWords string // of the worker that has died, for the next one

	why      string // fresh was started
	unwell   string // why current must be replaced, whatever it takes; "" if it need not
	again    string // why there is to be another one after fresh; "" if not
	served   bool   // a worker has served
	backoff  backoff
	retry    *time.Timer // starts fresh
	stopping bool
	leaving  bool // another program is about to take this one's place

	messages chan message
	over     chan struct{} // closed when Run returns
}

// tick is how often the supervisor looks at its workers' memory. Every fifth time it looks at
// everything else.
const tick = 200 * time.Millisecond

// maxOld is how many workers may still be busy with what they have begun: with so many, whoever
// wants another restart waits. maxHarmful is how many of them may be such as do harm: with more,
// which takes pages that get stuck again and again, the oldest is killed.
const (
	maxOld     = 5
	maxHarmful = 2
)

// harmPause is how long a worker serves at least before it is replaced because it does harm.
const harmPause = time.Second

// Run starts a worker, and another one whenever that is needed, until ctx ends. Then it closes the
// sockets, lets the worker answer what it has accepted, and returns nil.
//
// Run takes SIGCHLD for itself; as process 1 it waits for every process that is left to it.
func Run(ctx context.Context, cfg Config) error {
	// A process that is forked by a thread may get to feel the end of that thread, and exec makes
	// all others end.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s := &supervisor{cfg: cfg, log: cfg.Logger, messages: make(chan message), over: make(chan struct{})}
	defer close(s.over)
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.cfg.Silence == 0 {
		s.cfg.Silence = defaultSilence
	}
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	defer signal.Stop(children)
	defer s.closeListeners()
	defer s.closeKept()
	defer s.endProbe()
	if err := s.begin(); err != nil {
		return err
	}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	stop := ctx.Done()
	for count := 1; ; count++ {
		select {
		case <-stop:
			stop = nil
			s.stop()
		case <-cfg.Now:
			s.killAll()
			return ErrNow
		case <-cfg.Restart:
			s.manager.reloading()
			s.replace("it was asked for")
		case <-s.retry.C:
			s.startFresh()
		case m := <-s.messages:
			s.heed(m)
		case <-children:
		case <-ticker.C:
			s.look(count)
		}
		if err := s.reap(); err != nil {
			return err
		}
		if s.stopping && len(s.all()) == 0 {
			return nil
		}
	}
}

// begin takes over what there is, and starts the first worker.
func (s *supervisor) begin() error {
	var err error
	if s.null, err = os.Open(os.DevNull); err != nil {
		return err
	}
	for _, l := range s.cfg.Listeners {
		fd, err := takeOver(l)
		if err != nil {
			return err
		}
		s.listeners = append(s.listeners, fd)
	}
	s.files = findSocketFiles(s.cfg.Remove)
	s.retry = time.NewTimer(time.Hour)
	s.retry.Stop()
	s.program = findProgram()
	s.manager = newManager()
	s.adopt()
	s.makeKept()
	if s.current != nil {
		s.onceMore()
		return nil
	}
	s.why = ""
	if s.fresh, err = s.start(s.program.running()); err != nil {
		return err
	}
	return nil
}

// all returns the workers that live.
func (s *supervisor) all() []*child {
	all := slices.Clone(s.old)
	for _, c := range []*child{s.current, s.fresh} {
		if c != nil {
			all = append(all, c)
		}
	}
	return all
}

// heed acts on what a worker says.
func (s *supervisor) heed(m message) {
	c := m.from
	c.heard = 0
	switch m.word {
	case "":
		c.doomed = true
		_ = syscall.Kill(c.pid, syscall.SIGKILL)
	case wordReady:
		numbers(m.rest, (*int64)(&c.limits.Stop), &c.limits.Memory, &c.limits.MaxMemory)
		if c == s.fresh {
			s.promote()
		}
	case wordBeat:
		numbers(m.rest, &c.requests, &c.stuck, &c.memory)
	case wordStuck:
		if what := text(m.rest); c == s.current {
			s.replaceUnwell("it cannot stop " + what)
		} else {
			s.log.Warn("a worker that is being replaced cannot stop "+what, "worker", c.pid)
		}
	case wordRestart:
		if c == s.current {
			s.replace(text(m.rest))
		}
	}
}

// replace starts a fresh worker, which takes over when it serves.
func (s *supervisor) replace(why string) {
	switch {
	case s.stopping:
	case s.fresh != nil || len(s.old) >= maxOld || s.leaving:
		s.again = why // fresh may have read too early what has changed
	default:
		s.why = why
		s.startFresh()
	}
}

// replaceUnwell is replace for a worker that does harm, which must go even if the first fresh
// worker does not start.
func (s *supervisor) replaceUnwell(why string) {
	if s.unwell == "" {
		s.unwell = why
		if s.fresh == nil && !s.stopping {
			s.why = why
			// One that does harm again and again must not be replaced all the time.
			s.retry.Reset(max(0, harmPause-s.current.served()))
		}
	}
}

// startFresh starts a worker, now.
func (s *supervisor) startFresh() {
	s.retry.Stop()
	if s.stopping || s.fresh != nil {
		return
	}
	if s.current != nil {
		s.log.Info("the worker is being replaced, because "+s.why, "worker", s.current.pid)
	}
	path := s.program.running()
	if s.program.upgrading() {
		path = s.program.path
	}
	var err error
	if s.fresh, err = s.start(path); err != nil {
		s.log.Error("a worker cannot be started", "error", err.Error())
		s.failed()
	}
}

// startLater starts a worker after others have died.
func (s *supervisor) startLater(delay time.Duration) {
	if delay > 0 {
		s.log.Warn(fmt.Sprintf("workers die too often: the next one is started in %v", delay))
		s.manager.waiting(delay)
	}
	s.retry.Reset(delay)
}

// promote makes the fresh worker the one that serves.
func (s *supervisor) promote() {
	before := s.current
	s.current, s.fresh = s.fresh, nil
	s.current.ready = time.Now()
	if before != nil {
		before.harmful = s.unwell != ""
		before.drain()
		s.old = append(s.old, before)
		s.limitHarmful()
	}
	s.unwell = ""
	switch {
	case !s.served:
		s.served = true
		if s.cfg.Ready != nil {
			s.cfg.Ready()
		}
	default:
		s.log.Info("a new worker serves", "worker", s.current.pid, "after", time.Since(s.current.began).Round(time.Millisecond))
	}
	if s.program.upgrading() {
		s.log.Info("the supervisor goes over to the new program", "program", s.program.path)
		if err := s.replaceSelf(); err != nil {
			s.log.Error("the supervisor cannot go over to the new program, and stays what it is", "error", err.Error())
			s.program.refuse()
		}
	}
	s.manager.ready(s.current.pid)
	s.onceMore()
}

// onceMore replaces the worker again if somebody has asked for that meanwhile.
func (s *supervisor) onceMore() {
	if why := s.again; why != "" && s.current != nil {
		s.again = ""
		s.replace(why)
	}
}

// limitHarmful keeps workers that do harm from piling up.
func (s *supervisor) limitHarmful() {
	harmful := slices.DeleteFunc(slices.Clone(s.old), func(c *child) bool { return !c.harmful })
	for _, c := range harmful[:max(0, len(harmful)-maxHarmful)] {
		c.kill("more such workers have been replaced since")
	}
}

// failed acts on a fresh worker that did not get to serve.
func (s *supervisor) failed() {
	if s.program.upgrading() {
		s.log.Error("the new program does not serve: the old one goes on. Put a better one in its place", "program", s.program.path)
		s.program.refuse()
	}
	switch {
	case s.current == nil || s.unwell != "":
		s.startLater(s.backoff.died(0))
	default:
		s.log.Error("the worker was not replaced: the old one goes on serving. What is wrong is said above", "worker", s.current.pid)
		s.manager.ready(s.current.pid)
		s.onceMore() // what is wrong may have been put right meanwhile
	}
}

// stop begins the end. Connections that wait while there is no worker are answered by one more.
func (s *supervisor) stop() {
	if s.current == nil && s.served {
		s.startFresh()
	}
	s.stopping = true
	s.manager.stopping()
	s.closeListeners()
	s.retry.Stop()
	s.program.refuse()
	for _, c := range s.all() {
		c.drain()
	}
}

func (s *supervisor) closeListeners() {
	s.files.remove()
	s.files = nil
	for _, fd := range s.listeners {
		_ = syscall.Close(fd)
	}
	s.listeners = nil
}

// killAll ends all workers and waits for them.
func (s *supervisor) killAll() {
	s.stopping = true
	s.closeListeners()
	for _, c := range s.all() {
		c.kill("everything is to end")
		waitFor(c.pid)
	}
}

// waitFor waits for the end of a process that is being killed.
func waitFor(pid int) {
	for {
		if _, err := syscall.Wait4(pid, nil, 0, nil); err != syscall.EINTR {
			return
		}
	}
}
