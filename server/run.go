package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// ListenAndServe listens on Config.Addr and serves until ctx ends, as Serve does.
func (s *Server) ListenAndServe(ctx context.Context) error {
	ln, err := Listen(ctx, s.config.Addr)
	if err != nil {
		return err
	}
	return s.Serve(ctx, ln)
}

// Serve answers requests on ln, and on more if there are any, until ctx ends. They have plain
// connections: if Config.TLSCert asks for TLS, that is added here. Then it closes them, lets the
// requests that are being answered finish, and those that come on open connections within a second,
// and returns nil. Once a second the log tells what is left. If that takes longer than
// Config.ShutdownTimeout, it ends their contexts, cuts their connections and returns an error that
// tells how many they were. After Close it returns http.ErrServerClosed; when one of the listeners
// fails, it cuts everything and says so. It always closes all of them.
func (s *Server) Serve(ctx context.Context, ln net.Listener, more ...net.Listener) error {
	s.warnOfIgnored()
	listeners := append([]net.Listener{ln}, more...)
	// Requests outlive ctx: they are cut off by cancel only.
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	fresh := newConnections{}
	hs := s.transport(requests, fresh.note)
	if !s.start(hs) {
		for _, ln := range listeners {
			_ = ln.Close()
		}
		return http.ErrServerClosed
	}
	defer s.ended(hs)
	defer s.watchCertificate(requests)()

	failed := make(chan error, len(listeners))
	for _, ln := range listeners {
		go func() { failed <- s.carry(hs, ln) }()
	}
	left := len(listeners)
	defer func() {
		for range left {
			<-failed
		}
	}()
	select {
	case err := <-failed:
		left--
		cancel()
		_ = hs.Close()
		return err
	case <-ctx.Done():
	}
	for _, ln := range listeners {
		awaitEmpty(ln)
	}
	if s.config.StdHTTP { // net/http drops a request that it has just read when it is told to stop
		for _, ln := range listeners {
			_ = ln.Close()
		}
		for ; left > 0; left-- {
			<-failed
		}
		fresh.await(freshTimeout)
	}
	if err := s.stop(hs, &fresh, cancel); !s.isClosed() {
		return err
	}
	return http.ErrServerClosed
}

// warnOfIgnored logs what the configuration asks for and net/http does not have.
func (s *Server) warnOfIgnored() {
	if s.config.StdHTTP && (s.config.DrainLimit != defaultDrainLimit || s.config.DrainTimeout != defaultDrainTimeout) {
		s.log.Warn(`connections are served by net/http (http1 = "std"), which has no drain-limit and drain-timeout: leave these out, or that`)
	}
}

// carry runs hs on ln, with TLS if there is a certificate. After Close the error is
// http.ErrServerClosed.
func (s *Server) carry(hs transport, ln net.Listener) (err error) {
	addr := ln.Addr()
	if s.config.StdHTTP && s.config.WriteTimeout > 0 { // http1 looks for progress itself
		ln = progressListener{ln, s.config.WriteTimeout}
	}
	if s.tls == nil {
		err = hs.Serve(ln)
	} else {
		err = hs.ServeTLS(ln, "", "")
	}
	if errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return fmt.Errorf("serve %s: %w", addr, err)
}

// watchCertificate looks after the certificate, if there is one, until end is called.
func (s *Server) watchCertificate(ctx context.Context) (end func()) {
	if s.tls == nil {
		return func() {}
	}
	var watching sync.WaitGroup
	ctx, stop := context.WithCancel(ctx)
	watching.Go(func() { s.tls.watch(ctx) })
	return func() {
		stop()
		watching.Wait()
	}
}

// How long a stop waits beyond ShutdownTimeout for handlers whose context has ended, and how
// long it waits for the first request on a connection.
const (
	cutTimeout   = time.Second
	freshTimeout = 500 * time.Millisecond // where net/http serves

	// idleGrace is for clients that send their next request just as the server stops. Busy ones,
	// such as a proxy in front, do within it, and learn that the connection closes.
	idleGrace = time.Second
)

// stop shuts hs down, gently first.
func (s *Server) stop(hs transport, fresh *newConnections, cancel context.CancelFunc) error {
	defer hs.Close()
	if s.config.StdHTTP { // http1 looks at them itself
		defer time.AfterFunc(freshTimeout, fresh.close).Stop()
	}
	done := make(chan struct{})
	defer close(done)
	go s.tellProgress(time.Now().Add(max(s.config.ShutdownTimeout, 0)), done)
	if err := shutdown(hs, s.config.ShutdownTimeout); err == nil {
		return nil
	}
	n := s.InFlight()
	cancel()
	_ = shutdown(hs, cutTimeout)
	if n == 0 { // connections on which a request was only beginning
		return nil
	}
	return fmt.Errorf("stop: %d requests were not done after %v and have been cut off: %w", n, max(0, s.config.ShutdownTimeout), context.DeadlineExceeded)
}

func shutdown(hs transport, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return hs.Shutdown(ctx)
}

func (s *Server) start(hs transport) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running[hs] = struct{}{}
	return true
}

func (s *Server) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *Server) ended(hs transport) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, hs)
}

// newConnections are those on which no request has begun. Browsers open some in advance, and
// http.Server.Shutdown would wait five seconds for each.
type newConnections struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{} // guarded by mu
}

func (n *newConnections) note(c net.Conn, state http.ConnState) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if state != http.StateNew {
		delete(n.conns, c)
		return
	}
	if n.conns == nil {
		n.conns = make(map[net.Conn]struct{})
	}
	n.conns[c] = struct{}{}
}

// await waits until a request has begun on all of them, and a moment more, in which net/http looks for the last
// time whether it is to stop. Those that send nothing have limit.
func (n *newConnections) await(limit time.Duration) {
	for start := time.Now(); time.Since(start) < limit && n.any(); {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(10 * time.Millisecond)
}

func (n *newConnections) any() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.conns) > 0
}

func (n *newConnections) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.conns {
		_ = c.Close()
	}
}
