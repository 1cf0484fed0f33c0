package http1

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"testing"
	"time"
)

// started is a server that runs: this one, or net/http's.
type started struct {
	server interface {
		Serve(net.Listener) error
		Shutdown(context.Context) error
		Close() error
	}
	addr    string
	endBase context.CancelFunc // of the context that those of all requests derive from
}

// overBoth runs a test with net/http's server, and with this one.
func overBoth(t *testing.T, h http.Handler, test func(t *testing.T, s started)) {
	for _, name := range []string{"net/http", "http1", "http1 with reuse"} {
		t.Run(name, func(t *testing.T) {
			l := listen(t)
			ctx, cancel := context.WithCancel(t.Context())
			base := func(net.Listener) context.Context { return ctx }
			s := started{&http.Server{Handler: h, BaseContext: base}, l.Addr().String(), cancel}
			if name != "net/http" {
				s.server = &Server{Handler: h, BaseContext: base, ReuseRequests: name != "http1"}
			}
			go s.server.Serve(l)
			t.Cleanup(func() { s.server.Close() })
			test(t, s)
		})
	}
}

// TestHijack takes a connection over, in the middle of what the client has sent.
func TestHijack(t *testing.T) {
	addr := serve(t, &Server{IdleTimeout: 50 * time.Millisecond, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		if n := rw.Reader.Buffered(); n != len("first\n") {
			t.Errorf("got %d octets buffered", n)
		}
		if _, _, err := w.(http.Hijacker).Hijack(); !errors.Is(err, http.ErrHijacked) {
			t.Errorf("second time: got %v", err)
		}
		go echoLines(c, rw) // outlives the handler
	})})
	c := dial(t, addr).send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nfirst\n")
	for _, want := range []string{"first\n", "second\n"} {
		if got, err := c.r.ReadString('\n'); got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
		<-time.After(100 * time.Millisecond) // longer than any timeout of the server
		c.send("second\n")
	}
}

func echoLines(c net.Conn, rw *bufio.ReadWriter) {
	defer c.Close()
	for {
		line, err := rw.ReadString('\n')
		if err != nil {
			return
		}
		rw.WriteString(line)
		rw.Flush()
	}
}

// taker is a handler that takes the connection, and closes it when it has done something with it.
func taker(t *testing.T, do func(c net.Conn, r *http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		do(c, r)
	})
}

// TestHijackedConnectionIsLeftAlone stops the server while the handler that has taken a connection
// still runs.
func TestHijackedConnectionIsLeftAlone(t *testing.T) {
	taken, stopped := make(chan struct{}), make(chan struct{})
	h := taker(t, func(c net.Conn, r *http.Request) {
		taken <- struct{}{}
		<-stopped
		io.WriteString(c, "still here")
	})
	overBoth(t, h, func(t *testing.T, s started) {
		c := dial(t, s.addr).send(get("/"))
		receive(t, "the handler", taken)
		if err := s.server.Shutdown(shortly(t)); err != nil {
			t.Errorf("Shutdown waits for it: %v", err)
		}
		s.server.Close()
		stopped <- struct{}{}
		if got := c.rest(); got != "still here" {
			t.Errorf("got %q", got)
		}
	})
}

// TestContextOfHijackedConnection ends the context that those of all requests derive from.
func TestContextOfHijackedConnection(t *testing.T) {
	taken := make(chan struct{})
	h := taker(t, func(c net.Conn, r *http.Request) {
		taken <- struct{}{}
		<-r.Context().Done()
		io.WriteString(c, "ended")
	})
	overBoth(t, h, func(t *testing.T, s started) {
		c := dial(t, s.addr).send(get("/"))
		receive(t, "the handler", taken)
		s.endBase()
		if got := c.rest(); got != "ended" {
			t.Errorf("got %q, want that the context ends", got)
		}
	})
}

// TestHijackEndsExpectation reads the body of a request from a connection that is the handler's.
func TestHijackEndsExpectation(t *testing.T) {
	h := taker(t, func(c net.Conn, r *http.Request) {
		c.SetReadDeadline(time.Now().Add(time.Millisecond))
		r.Body.Read(make([]byte, 1))
		io.WriteString(c, "raw")
	})
	overBoth(t, h, func(t *testing.T, s started) {
		if got := ask(t, s.addr, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"); got != "raw" {
			t.Errorf("got %q, want nothing but what the handler wrote", got)
		}
	})
}

// TestContextEndsWithGoroutineOfHandler has a handler that ends its goroutine, as t.FailNow does.
func TestContextEndsWithGoroutineOfHandler(t *testing.T) {
	contexts := make(chan context.Context, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		contexts <- r.Context()
		runtime.Goexit()
	})
	overBoth(t, h, func(t *testing.T, s started) {
		if got := dial(t, s.addr).send(get("/")).rest(); got != "" {
			t.Errorf("got %q", got)
		}
		receive(t, "the context to end", receive(t, "the handler", contexts).Done())
	})
}
