//go:build unix

package supervisor

import (
	"slices"
	"strings"
	"syscall"
	"time"
)

// lastWords returns what a worker that has died has written.
func (c *child) lastWords() string {
	select {
	case <-c.words.done:
	case <-time.After(200 * time.Millisecond): // a process that it has started holds the pipe
	}
	return c.words.take()
}

// because returns why a worker that has died did so, and what to do.
func (c *child) because(status syscall.WaitStatus, words string) (what, hint string) {
	what = cause(status)
	if line := verdict(words); line != "" {
		what += ": " + line
	}
	switch {
	case c.killed != "":
		what = "was killed: " + c.killed
	case c.doomed:
		what = "died: " + verdict(words)
	}
	return what, advice(words)
}

// buried acts on the end of a worker.
func (s *supervisor) buried(c *child, status syscall.WaitStatus) error {
	defer c.release()
	switch c {
	case s.current:
		s.current, s.unwell = nil, ""
	case s.fresh:
		s.fresh = nil
		if !s.served {
			s.reportFirst(c, status)
			if s.stopping {
				return nil
			}
			return &ExitError{Status: max(status.ExitStatus(), 1)}
		}
		defer s.failed()
	default:
		s.old = slices.DeleteFunc(s.old, func(o *child) bool { return o == c })
		if s.fresh == nil {
			defer s.onceMore()
		}
	}
	if !c.drained.IsZero() && c.killed != "" {
		s.log.Warn("the old worker was killed: "+c.killed, "worker", c.pid)
		return nil
	}
	if !c.drained.IsZero() && status.ExitStatus() == 0 {
		return nil // as it should be
	}
	words := c.lastWords()
	if c.drained.IsZero() {
		s.lastWords = words
	}
	lost := c.ready != time.Time{} && s.current == nil && !s.stopping
	if lost && s.fresh == nil {
		s.why = ""
		if delay := s.backoff.died(c.served()); delay == 0 {
			s.startFresh() // before anything is written
		} else {
			defer s.startLater(delay)
		}
	}
	what, hint := c.because(status, words)
	attrs := []any{"worker", c.pid, "lived", time.Since(c.began).Round(time.Millisecond)}
	if hint != "" {
		attrs = append(attrs, "hint", hint)
	}
	if strings.Contains(words, "\n") {
		attrs = append(attrs, "stack", words)
	}
	switch {
	case lost:
		what += ". Another one takes its place"
	case c.ready == time.Time{}:
		what += ", before it served"
	}
	s.log.Error("the worker "+what, attrs...)
	return nil
}

// reportFirst tells why the first worker has not started. One that ends with an exit status has
// done so itself.
func (s *supervisor) reportFirst(c *child, status syscall.WaitStatus) {
	words := c.lastWords()
	what, hint := c.because(status, words)
	if words == "" && !status.Signaled() {
		return
	}
	s.log.Error("the worker "+what+", before it served", "hint", hint, "stack", words)
}
