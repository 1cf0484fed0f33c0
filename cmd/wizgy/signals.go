package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"wizgy/server/supervisor"
)

// stopSignals are SIGINT and SIGTERM. The first asks for a stop in good order, the second for one
// at once.
type stopSignals struct {
	first  context.Context // ends with the first
	stop   func()          // does what the first does
	second chan struct{}   // closed by the second
	by     atomic.Value    // the second
	handed atomic.Bool     // somebody waits for second, and ends the program then
}

func newStopSignals() *stopSignals {
	s := &stopSignals{second: make(chan struct{})}
	first, end := context.WithCancel(context.Background())
	s.first, s.stop = first, end
	came := make(chan os.Signal, 2)
	signal.Notify(came, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-came
		end()
		s.by.Store(<-came)
		close(s.second)
		if !s.handed.Load() {
			s.dieOfSecond()
		}
	}()
	return s
}

// handOver returns what is closed by the second signal: the caller ends the program then.
func (s *stopSignals) handOver() <-chan struct{} {
	s.handed.Store(true)
	return s.second
}

// dieOfSecond ends the program by the second signal, if that has come, so that whoever has started
// it can tell.
func (s *stopSignals) dieOfSecond() {
	by, ok := s.by.Load().(syscall.Signal)
	if !ok {
		return
	}
	if os.Getpid() != 1 { // which does not die of signals
		signal.Reset(by)
		if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(by) == nil {
			time.Sleep(time.Second) // it does not come back
		}
	}
	os.Exit(128 + int(by))
}

// stopAtHangup makes SIGHUP the first signal, too: where there is no supervisor it can only mean that
// the terminal has gone. Not if whoever has started the program wants it ignored, as nohup does.
func (s *stopSignals) stopAtHangup() {
	if signal.Ignored(syscall.SIGHUP) {
		return
	}
	came := make(chan os.Signal, 1)
	signal.Notify(came, syscall.SIGHUP)
	go func() {
		<-came
		s.stop()
	}()
}

// leaveSignals leaves the signals of a terminal, which reach all of its processes, to the
// supervisor. SIGTERM may be meant for this process: it is replaced.
func leaveSignals(w *supervisor.Worker) {
	signal.Ignore(os.Interrupt, syscall.SIGHUP)
	came := make(chan os.Signal, 1)
	signal.Notify(came, syscall.SIGTERM)
	go func() {
		for range came {
			w.Restart("it was told to end (SIGTERM)")
		}
	}()
}
