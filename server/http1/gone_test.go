package http1

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestContextEndsWhenClientLeaves has clients that leave while a handler runs.
func TestContextEndsWhenClientLeaves(t *testing.T) {
	needsLinux(t)
	for _, tc := range []struct {
		name  string
		input string
		leave func(c *client)
	}{
		{"close", get("/"), func(c *client) { c.Close() }},
		{"reset", get("/"), func(c *client) { c.Conn.(*net.TCPConn).SetLinger(0); c.Close() }},
		{"end of sending", get("/"), func(c *client) { c.Conn.(*net.TCPConn).CloseWrite() }},
		{"unread body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n" + strings.Repeat("x", 50000), func(c *client) { c.Close() }},
		{"body on its way", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n" + strings.Repeat("x", 30000), func(c *client) { c.Close() }},
		{"another request behind", get("/1") + get("/2"), func(c *client) { c.Close() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			atBest(t, time.Second, func() time.Duration { return leaves(t, tc.input, tc.leave) })
		})
	}
}

// leaves has a client leave, and returns how long it takes until the handler knows.
func leaves(t *testing.T, input string, leave func(*client)) time.Duration {
	begun, ended := make(chan struct{}, 2), make(chan error, 2)
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-r.Context().Done()
		ended <- context.Cause(r.Context())
	})})
	c := dial(t, addr).send(input)
	receive(t, "the handler", begun)
	left := time.Now()
	leave(c)
	if err := receive(t, "the end of the context", ended); err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	took := time.Since(left)
	select { // the second request, if there is one
	case <-begun:
		receive(t, "the end of the second context", ended)
	default:
	}
	return took
}

// TestHalfClosedClientIsAnswered has a client that has said all it wants, and waits.
func TestHalfClosedClientIsAnswered(t *testing.T) {
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.Context().Err(); err != nil {
			t.Error(err)
		}
		io.WriteString(w, "answer")
	})})
	c := dial(t, addr).send(get("/"))
	c.Conn.(*net.TCPConn).CloseWrite()
	if rest := c.rest(); !strings.HasSuffix(rest, "\r\n\r\nanswer") {
		t.Errorf("got %q", rest)
	}
}

// TestContextEndsWhenWritingFails has a handler that writes to a client that has left.
func TestContextEndsWhenWritingFails(t *testing.T) {
	ended := make(chan struct{})
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			io.WriteString(w, strings.Repeat("x", 10_000))
		}
		close(ended)
	})})
	c := dial(t, addr).send(get("/"))
	c.response0()
	c.Close()
	receive(t, "the end of the context", ended)
}

// TestCloseNotify has a handler that does not know contexts.
func TestCloseNotify(t *testing.T) {
	needsLinux(t)
	begun, gone := make(chan struct{}), make(chan struct{})
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := w.(interface{ CloseNotify() <-chan bool }).CloseNotify()
		close(begun)
		<-c
		close(gone)
	})})
	c := dial(t, addr).send(get("/"))
	receive(t, "the handler", begun)
	c.Close()
	receive(t, "the notice", gone)
}

// response0 reads the first octets of an answer.
func (c *client) response0() {
	c.t.Helper()
	if _, err := c.r.Peek(100); err != nil {
		c.t.Fatal(err)
	}
}

// TestContextOutlivesRequest uses a request's context in the ways that other code does, after the
// handler has returned.
func TestContextOutlivesRequest(t *testing.T) {
	for name, reuse := range map[string]bool{"fresh": false, "reused": true} {
		t.Run(name, func(t *testing.T) {
			children, afters := make(chan context.Context, 3), make(chan struct{}, 3)
			s := &Server{ReuseRequests: reuse, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				child, cancel := context.WithTimeout(r.Context(), time.Hour)
				_ = cancel // it must end by itself
				children <- context.WithoutCancel(child)
				children <- child
				context.AfterFunc(r.Context(), func() { afters <- struct{}{} })
				if stop := context.AfterFunc(r.Context(), func() { t.Error("called although stopped") }); !stop() {
					t.Error("could not be stopped")
				}
			})}
			c := dial(t, serve(t, s))
			for range 3 {
				c.send(get("/")).response("GET")
				detached, child := <-children, <-children
				receive(t, "AfterFunc", afters)
				receive(t, "the child to end", child.Done())
				if child.Err() != context.Canceled || context.Cause(child) != context.Canceled {
					t.Errorf("child: got %v, %v; want %v", child.Err(), context.Cause(child), context.Canceled)
				}
				if detached.Err() != nil || detached.Value(http.LocalAddrContextKey) == nil {
					t.Error("a context without cancel has ended, or lost its values")
				}
			}
		})
	}
}

// TestContexts has a base context and one of the connection.
func TestContexts(t *testing.T) {
	type key string
	base, cancel := context.WithCancelCause(t.Context())
	begun, ended := make(chan struct{}), make(chan error, 1)
	addr := serve(t, &Server{
		BaseContext: func(net.Listener) context.Context { return context.WithValue(base, key("base"), 1) },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, key("conn"), c.RemoteAddr().String())
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := r.Context()
			if ctx.Value(key("base")) != 1 || ctx.Value(key("conn")) != r.RemoteAddr {
				t.Errorf("got values %v, %v", ctx.Value(key("base")), ctx.Value(key("conn")))
			}
			close(begun)
			<-ctx.Done()
			ended <- context.Cause(ctx)
		}),
	})
	dial(t, addr).send(get("/"))
	receive(t, "the handler", begun)
	cancel(io.ErrClosedPipe)
	if err := receive(t, "the context", ended); err != io.ErrClosedPipe {
		t.Errorf("got cause %v, want %v", err, io.ErrClosedPipe)
	}
}

// TestOneGoroutineForEachConnection counts while handlers run: that a client may leave is no reason
// to have another goroutine that looks.
func TestOneGoroutineForEachConnection(t *testing.T) {
	const n = 50
	begun, end := make(chan struct{}, n), make(chan struct{})
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-end
	})})
	ask := func() {
		dial(t, addr).send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf")
		receive(t, "the handler", begun)
	}
	ask() // the server's own goroutines run
	before := runtime.NumGoroutine()
	for range n {
		ask()
	}
	if got := runtime.NumGoroutine() - before; got > n {
		t.Errorf("%d connections have %d goroutines", n, got)
	}
	close(end)
}
