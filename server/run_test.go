package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestStopLetsRequestsFinish(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	s, _ := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		close(entered)
		<-leave
		_, err := io.WriteString(w, "finished")
		return errors.Join(err, r.Context().Err())
	})})
	addr, stop := serveUntil(t, s)
	conn := dial(t, addr)
	io.WriteString(conn, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	eventually(t, "the listener to close", func() bool {
		other, err := net.Dial("tcp", addr)
		if err == nil {
			other.Close()
		}
		return err != nil
	})
	close(leave)
	if resp, body := readAnswer(t, bufio.NewReader(conn), "GET"); body != "finished" || !resp.Close {
		t.Errorf("%q, Connection: close %t, want the whole answer and then the end", body, resp.Close)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Serve: %v, want nil", err)
	}
}

func TestStopCutsWhatDoesNotFinish(t *testing.T) {
	entered := make(chan struct{})
	s, logs := newServer(t, Config{ShutdownTimeout: 20 * time.Millisecond, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		close(entered)
		<-r.Context().Done()
		<-time.After(30 * time.Millisecond) // it has to clean up
		return r.Context().Err()
	})})
	addr, stop := serveUntil(t, s)
	conn := dial(t, addr)
	io.WriteString(conn, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	err := stop()
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 requests") {
		t.Errorf("Serve: %v, want an error that counts one request", err)
	}
	if answer, _ := io.ReadAll(conn); len(answer) > 0 {
		t.Errorf("the client got %q", answer)
	}
	if len(logs.lines("/endless")) != 1 {
		t.Errorf("the handler is not done:\n%s", logs)
	}
}

func TestStopDoesNotWaitForSilentConnections(t *testing.T) {
	s, _ := newServer(t, Config{Pages: echoPage})
	addr, stop := serveUntil(t, s)
	used := dial(t, addr)
	in := bufio.NewReader(used)
	io.WriteString(used, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	readAnswer(t, in, "GET")
	dial(t, addr) // opened in advance, as browsers do
	io.WriteString(used, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	readAnswer(t, in, "GET")
	began := time.Now()
	if err := stop(); err != nil || time.Since(began) > s.config.ShutdownTimeout/2 {
		t.Errorf("Serve: %v after %v", err, time.Since(began))
	}
}

func TestOnlySilentConnectionsAreClosedEarly(t *testing.T) {
	var fresh newConnections
	silent, silentEnd := net.Pipe()
	busy, busyEnd := net.Pipe()
	defer busyEnd.Close()
	for _, conn := range []net.Conn{silent, busy} {
		fresh.note(conn, http.StateNew)
	}
	fresh.note(busy, http.StateActive)
	fresh.close()
	if _, err := silentEnd.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the silent connection: %v, want io.EOF", err)
	}
	go io.WriteString(busy, "x")
	if n, err := busyEnd.Read(make([]byte, 1)); n != 1 {
		t.Errorf("the busy connection: %v", err)
	}
}

func TestCloseCutsAtOnce(t *testing.T) {
	entered := make(chan struct{})
	s, err := New(Config{Logger: quiet, Root: site(t, map[string]string{"a.txt": "x"}), Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		close(entered)
		<-r.Context().Done()
		return r.Context().Err()
	})})
	must(t, err)
	ln, err := Listen(t.Context(), "127.0.0.1:0")
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- s.Serve(t.Context(), ln) }()
	conn := dial(t, ln.Addr().String())
	io.WriteString(conn, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	must(t, s.Close())
	must(t, s.Close())
	if err := <-done; err != http.ErrServerClosed {
		t.Errorf("Serve: %v, want http.ErrServerClosed", err)
	}
	if _, ok := s.Lookup("/a.txt"); ok {
		t.Error("a closed server still has files")
	}
	if err := s.ListenAndServe(t.Context()); err != http.ErrServerClosed {
		t.Errorf("Serve after Close: %v, want http.ErrServerClosed", err)
	}
}

// TestServeAnswersOnAllListeners has two: what is asked on either is answered, the
// stop closes both, and when one is lost, the other does not go on alone.
func TestServeAnswersOnAllListeners(t *testing.T) {
	for _, std := range []bool{false, true} {
		s, _ := newServer(t, Config{StdHTTP: std, Root: site(t, map[string]string{"a.txt": "x"})})
		serve := func() (listeners [2]net.Listener, stop context.CancelFunc, done chan error) {
			for i := range listeners {
				ln, err := Listen(t.Context(), "127.0.0.1:0")
				must(t, err)
				listeners[i] = ln
			}
			ctx, stop := context.WithCancel(t.Context())
			done = make(chan error, 1)
			go func() { done <- s.Serve(ctx, listeners[0], listeners[1]) }()
			for _, ln := range listeners {
				resp, err := http.Get("http://" + ln.Addr().String() + "/a.txt")
				must(t, err)
				resp.Body.Close()
				if resp.StatusCode != 200 {
					t.Errorf("status %d", resp.StatusCode)
				}
			}
			http.DefaultClient.CloseIdleConnections()
			return listeners, stop, done
		}
		closed := func(ln net.Listener) {
			if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s is open: %v", ln.Addr(), err)
			}
		}
		listeners, stop, done := serve()
		stop()
		must(t, <-done)
		closed(listeners[0])
		closed(listeners[1])

		listeners, stop, done = serve()
		defer stop()
		must(t, listeners[1].Close())
		if err := <-done; err == nil || !strings.Contains(err.Error(), "serve "+listeners[1].Addr().String()) {
			t.Errorf("a listener was lost: %v", err)
		}
		closed(listeners[0])
	}
}

func TestServeReportsALostListener(t *testing.T) {
	s, _ := newServer(t, Config{})
	ln, err := Listen(t.Context(), "127.0.0.1:0")
	must(t, err)
	must(t, ln.Close())
	if err := s.Serve(t.Context(), ln); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve: %v, want net.ErrClosed", err)
	}
}

func TestListenSaysWhatToDo(t *testing.T) {
	taken, err := Listen(t.Context(), "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	tests := []struct{ name, addr, want string }{
		{"taken", taken.Addr().String(), "address " + taken.Addr().String() + " is in use: stop the other program or choose another with --addr"},
		{"not here", "192.0.2.1:8000", "address 192.0.2.1:8000 is not on this machine: choose another with --addr, such as 127.0.0.1:8000"},
		{"no port", "localhost", "address localhost cannot be listened on: choose HOST:PORT with --addr, such as 127.0.0.1:8000 (listen tcp: address localhost: missing port in address)"},
		{"port too large", "127.0.0.1:99999", "address 127.0.0.1:99999 cannot be listened on: choose HOST:PORT with --addr, such as 127.0.0.1:8000 (listen tcp: address 99999: invalid port)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Listen(t.Context(), tt.addr)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if op, ok := errors.AsType[*net.OpError](err); !ok {
				t.Errorf("%#v does not wrap the system's error", op)
			}
		})
	}
	s, _ := newServer(t, Config{Addr: taken.Addr().String()})
	if err := s.ListenAndServe(t.Context()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("ListenAndServe: %v", err)
	}
	if err := listenError(":80", syscall.EACCES).Error(); err != "address :80 needs more rights, as ports below 1024 do: choose a higher port with --addr" {
		t.Error(err)
	}
}

func TestZeroConfigHasDefaults(t *testing.T) {
	s, _ := newServer(t, Config{})
	c := s.config
	if c.Addr != DefaultAddr || c.MaxBody != 10<<20 || c.ReadHeaderTimeout != 10*time.Second || c.IdleTimeout != 75*time.Second ||
		c.MaxHeaderBytes != 32<<10 || c.ShutdownTimeout != 25*time.Second {
		t.Errorf("%+v", c)
	}
	if w := do(s, "GET", "/"); w.Code != 404 {
		t.Errorf("GET /: %d, want 404", w.Code)
	}
}
