//go:build unix

package supervisor

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// Limits of what the supervisor waits for. They are counted in its own ticks, so that a machine
// that was paused, or a supervisor that did not get to run, is not held against the worker.
const (
	secondTicks = int(time.Second / tick)

	// overTicks is how long memory must be over the limit. A worker stops a page that takes too
	// much by itself, but has to collect garbage first, to know which one it is; on a busy machine
	// that takes a second.
	overTicks = 2 * secondTicks

	defaultSilence = 20 * time.Second
	startTime      = time.Minute // for a worker to begin to serve

	// newProgramTime is startTime for a worker of a new program while nobody serves: the old
	// program is known to work.
	newProgramTime = time.Second

	// settleTime is how long an old worker with nothing left but what cannot be stopped lives on,
	// so that clients with an open connection hear of its end.
	settleTime = 2 * time.Second
)

// look is what is done every tick.
func (s *supervisor) look(count int) {
	for _, c := range s.all() {
		s.lookAt(c)
	}
	if count%secondTicks == 0 {
		s.manager.alive()
		s.lookAtProgram()
		for _, c := range s.all() {
			select {
			case <-c.words.done:
			default: // it lives
				if words := c.words.takeUnlessDying(); words != "" && c.killed == "" {
					s.log.Warn("the worker wrote to its standard error", "worker", c.pid, "stack", words)
				}
			}
		}
	}
}

func (s *supervisor) lookAt(c *child) {
	c.heard++
	limit := s.cfg.Silence
	switch {
	case !c.ready.IsZero():
	case s.current == nil && s.program.upgrading():
		limit = newProgramTime
	default:
		limit = startTime
	}
	if time.Duration(c.heard)*tick > limit && c.killed == "" {
		c.kill(fmt.Sprintf("it said nothing for %v", limit))
		return
	}
	s.weigh(c)
	if c.drained.IsZero() {
		return
	}
	switch since := time.Since(c.drained); {
	case since > c.limits.Stop+forced:
		c.kill(fmt.Sprintf("it did not stop within %v", c.limits.Stop+forced))
	case c.stuck > 0 && c.requests <= c.stuck && since > settleTime:
		c.kill(fmt.Sprintf("all its requests are answered, but for %d that cannot be", c.stuck))
	}
}

// weigh looks at the memory of a worker.
func (s *supervisor) weigh(c *child) {
	memory := c.memory
	if c.killed != "" || c.limits.Memory == 0 {
		return
	}
	if m := residentMemory(c.pid); m > 0 {
		memory = m
	}
	switch {
	case c.limits.MaxMemory > 0 && memory > c.limits.MaxMemory:
		c.kill(fmt.Sprintf("it had %d MiB of memory, far more than the limit of %d MiB", memory>>20, c.limits.Memory>>20))
	case memory <= c.limits.Memory:
		c.over = 0
	case c == s.current:
		if c.over++; c.over >= overTicks && s.unwell == "" {
			s.replaceUnwell(fmt.Sprintf("it has %d MiB of memory, and the limit is %d MiB", memory>>20, c.limits.Memory>>20))
		}
	}
}

// reap learns of the processes that have ended.
func (s *supervisor) reap() error {
	if os.Getpid() != 1 {
		for _, pid := range s.pids() {
			var status syscall.WaitStatus
			ended, err := syscall.Wait4(pid, &status, syscall.WNOHANG, nil)
			if ended == pid || err == syscall.ECHILD {
				if err := s.ended(pid, status); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for { // all, for those whose parents have died are left to process 1
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil || pid <= 0:
			return nil
		}
		if err := s.ended(pid, status); err != nil {
			return err
		}
	}
}

// pids returns the processes that the supervisor has started.
func (s *supervisor) pids() []int {
	var pids []int
	for _, c := range s.all() {
		pids = append(pids, c.pid)
	}
	if s.program.probe != 0 {
		pids = append(pids, s.program.probe)
	}
	return pids
}

// ended acts on the end of a process.
func (s *supervisor) ended(pid int, status syscall.WaitStatus) error {
	if pid == s.program.probe {
		s.probed(status)
		return nil
	}
	for _, c := range s.all() {
		if c.pid == pid {
			return s.buried(c, status)
		}
	}
	return nil // left to process 1
}
