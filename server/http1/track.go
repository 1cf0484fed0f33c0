package http1

import (
	"context"
	"fmt"
	"net"
	"time"
)

// The server keeps account of its listeners and connections. The sweeper lives as long as there
// is any.

// addListener reports whether the server still takes listeners.
func (s *Server) addListener(l *net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return false
	}
	s.begin()
	s.listeners[l] = struct{}{}
	return true
}

func (s *Server) removeListener(l *net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
	s.endIfEmpty()
}

// add reports whether the server still takes connections, which it does until Close.
func (s *Server) add(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() { // while it is only closing, what was accepted is served
		return false
	}
	s.begin()
	s.conns[c] = struct{}{}
	c.reading.enter(phaseFirst, s.now.Load())
	return true
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.conns[c]; ok {
		delete(s.conns, c)
		s.endIfEmpty()
	}
}

func (s *Server) begin() {
	if len(s.listeners)+len(s.conns) == 0 {
		s.startSweeper()
	}
}

func (s *Server) endIfEmpty() {
	if len(s.listeners)+len(s.conns) > 0 {
		return
	}
	for _, ended := range s.ended {
		close(ended)
	}
	s.ended = nil
	close(s.stopSweep)
}

// Shutdown stops the server gracefully: it closes the listeners and, after IdleGrace, the
// connections that are idle, and waits until all others have answered their request, or until ctx
// ends, whose error it then returns. Connections that were hijacked are not waited for.
func (s *Server) Shutdown(ctx context.Context) error {
	s.init()
	ended := s.stopListening()
	wait := max(s.IdleGrace, 0)
	if wait == 0 {
		s.sweepIdle()
	}
	for {
		select {
		case <-ended:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("shut down: %w", ctx.Err())
		case <-time.After(wait):
		}
		wait = s.lim.tick()
		_ = s.std.Shutdown(ctx) // tells HTTP/2 connections, also those that have begun meanwhile
	}
}

// Close stops the server at once: it closes the listeners and all connections that were not
// hijacked. It does not wait for the handlers, whose contexts end.
func (s *Server) Close() error {
	s.init()
	s.closed.Store(true)
	s.stopListening()
	s.mu.Lock()
	for c := range s.conns {
		below, _ := transport(c.nc) // TLS would wait for clients that take nothing
		below.Close()
		c.gone()
	}
	s.mu.Unlock()
	return nil
}

// stopListening closes the listeners and returns what will be closed when no connection is left.
func (s *Server) stopListening() (ended chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idleEnd.CompareAndSwap(0, time.Since(s.epoch).Milliseconds()+max(s.IdleGrace.Milliseconds(), 0))
	s.closing.Store(true)
	for l := range s.listeners {
		(*l).Close()
	}
	ended = make(chan struct{})
	if len(s.listeners)+len(s.conns) == 0 {
		close(ended)
	} else {
		s.ended = append(s.ended, ended)
	}
	return ended
}

// graceOver reports whether a connection that is idle since then is to end.
func (s *Server) graceOver(since int64) bool {
	return s.closing.Load() && (s.closed.Load() || s.idleUntil(since) <= s.now.Load())
}

// idleUntil returns when a connection that is idle since then ends, once the server is closing. One
// whose last answer told the client so has ended already. Where the answer had begun before the
// server knew, the client may send its next request just now, as at the beginning of the grace; since
// is of the tick before.
func (s *Server) idleUntil(since int64) int64 {
	if s.IdleGrace <= 0 {
		return s.idleEnd.Load()
	}
	return max(s.idleEnd.Load(), since+s.lim.tick().Milliseconds()+s.IdleGrace.Milliseconds())
}

// sweepIdle cuts the connections that wait for another request, which is not to come.
func (s *Server) sweepIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.sweepReading(s.now.Load(), 0)
	}
}
