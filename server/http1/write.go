package http1

import (
	"context"
	"slices"
	"time"
)

// write sends p, waiting for the client as long as it takes some of it.
func (c *conn) write(p []byte) error {
	if err := c.writeError(); err != nil {
		return err
	}
	c.writing.enter(phaseWrite, c.srv.now.Load())
	return c.endWrite(c.send(p))
}

// writeAll sends three parts, of which some may be empty, in one system call where that can be.
func (c *conn) writeAll(head, body, tail []byte) error {
	if err := c.writeError(); err != nil {
		return err
	}
	c.writing.enter(phaseWrite, c.srv.now.Load())
	if c.socket.tcp && c.tls == nil {
		c.parts = [...][]byte{head, body, tail}
		c.buffers = c.parts[:]
		_, err := c.buffers.WriteTo(c.nc)
		return c.endWrite(err)
	}
	const small = 16 << 10 // a record of TLS
	if len(head)+len(body)+len(tail) <= small {
		return c.endWrite(c.send(slices.Concat(head, body, tail)))
	}
	for _, p := range [...][]byte{head, body, tail} {
		if err := c.send(p); err != nil {
			return c.endWrite(err)
		}
	}
	return c.endWrite(nil)
}

// send writes p, in pieces where the kernel does not say what the client has taken: each of them
// is progress then.
func (c *conn) send(p []byte) error {
	const piece = 16 << 10
	for !c.socket.tcp && len(p) > piece {
		if _, err := c.nc.Write(p[:piece]); err != nil {
			return err
		}
		p = p[piece:]
		c.writing.enter(phaseWrite, c.srv.now.Load())
	}
	if len(p) == 0 {
		return nil
	}
	_, err := c.nc.Write(p)
	return err
}

// endWrite leaves the phase of writing, whose result is err.
func (c *conn) endWrite(err error) error {
	cut := c.writing.enter(phaseNone, 0).wasCut()
	if err != nil {
		c.fail(err)
	} else if cut {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.nc.SetWriteDeadline(time.Time{})
	}
	return err
}

// fail notes that nothing can be sent any more, which also means that nobody waits for the answer.
func (c *conn) fail(err error) {
	c.werr.CompareAndSwap(nil, &err)
	c.gone()
}

// writeError returns the error of the first write that failed.
func (c *conn) writeError() error {
	if err := c.werr.Load(); err != nil {
		return *err
	}
	return nil
}

// gone ends the context of the current request, whose client has left. Taking it first makes sure
// that it is not used again, for another request, in between.
func (c *conn) gone() {
	if ctx := c.current.Load(); ctx != nil && c.current.CompareAndSwap(ctx, nil) {
		ctx.end(context.Canceled)
	}
}
