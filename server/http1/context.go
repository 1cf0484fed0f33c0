package http1

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// requestContext is the context of a request: it ends when the handler returns, when the client
// leaves, and with the connection's own context. It is part of what is allocated for a request,
// and makes its channel only when somebody asks for it.
type requestContext struct {
	parent  context.Context // of the connection, for values; its end is passed on by the connection
	local   net.Addr
	server  *http.Server
	started atomic.Int64 // by the server's clock

	mu    sync.Mutex
	done  chan struct{}
	err   error
	funcs map[*afterFunc]struct{} // to call at the end
}

type afterFunc struct{ f func() }

// closed is the channel of a context that ended before anybody asked for one.
var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

func (c *requestContext) Deadline() (time.Time, bool) { return c.parent.Deadline() }

func (c *requestContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		if c.err != nil {
			c.done = closed
		} else {
			c.done = make(chan struct{})
		}
	}
	return c.done
}

func (c *requestContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *requestContext) Value(key any) any {
	switch key {
	case http.LocalAddrContextKey:
		return c.local
	case http.ServerContextKey:
		return c.server
	case checkedKey{}:
		return true
	}
	return c.parent.Value(key)
}

// AfterFunc calls f in a goroutine of its own once the context has ended, like
// [context.AfterFunc], which uses it, as the other functions of that package do: a context that is
// derived from this one needs no goroutine to wait for it.
func (c *requestContext) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		go f()
		return func() bool { return false }
	}
	a := &afterFunc{f}
	if c.funcs == nil {
		c.funcs = make(map[*afterFunc]struct{}, 1)
	}
	c.funcs[a] = struct{}{}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, waiting := c.funcs[a]
		delete(c.funcs, a)
		return waiting
	}
}

// end ends the context, if it has not ended before.
func (c *requestContext) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = err
	if c.done != nil {
		close(c.done)
	}
	for a := range c.funcs {
		go a.f()
	}
	c.funcs = nil
}

// reset makes an ended context one that has not ended. It reports whether that was possible: it
// is not when somebody may still hold on to the channel.
func (c *requestContext) reset() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done != nil {
		return false
	}
	c.err = nil
	return true
}
