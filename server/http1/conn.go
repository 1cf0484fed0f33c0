package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// conn is one connection. Its goroutine runs serve and the handlers; the sweeper looks at the
// phases and at the context of the current request.
type conn struct {
	srv    *Server
	lim    *limits
	nc     net.Conn
	socket socket
	tls    *tls.ConnectionState
	base   context.Context
	local  net.Addr
	remote string

	in       input
	scanner  headScanner
	head     head
	lastHead string // the text of the last head, if it was short: the next is often the same
	spare    *exchange

	reading, writing phase
	credit           atomic.Int64 // milliseconds that the body may still keep us waiting
	current          atomic.Pointer[requestContext]

	// mu is held by the sweeper while it cuts, and to undo a cut.
	mu sync.Mutex

	baseEnds  bool                  // base can end
	deadlines bool                  // the handler has set a deadline
	hijacked  bool                  // the connection is the handler's now
	werr      atomic.Pointer[error] // of the first write that failed

	one     [1]byte
	parts   [3][]byte
	buffers net.Buffers

	progress progress // the sweeper's
}

var pastDeadline = time.Unix(1, 0)

// serve answers requests until the connection ends or is hijacked.
func (c *conn) serve() {
	defer c.finish()
	for first := true; ; first = false {
		if err := c.await(first); err != nil {
			return
		}
		c.srv.connState(c, http.StateActive)
		if !c.serveRequest() {
			return
		}
		c.srv.connState(c, http.StateIdle)
		if c.srv.closing.Load() {
			return
		}
	}
}

// finish closes the connection, unless a handler has taken it.
func (c *conn) finish() {
	if c.hijacked {
		c.srv.remove(c)
		return
	}
	c.nc.Close()
	c.in.discard(len(c.in.buffered()))
	c.in.release()
	c.srv.connState(c, http.StateClosed)
	c.srv.remove(c)
}

// await waits until there is something to read of a request, and lets one empty line before it
// pass: RFC 9112, 2.2.
func (c *conn) await(first bool) error {
	kind := uint64(phaseIdle)
	if first {
		kind = phaseFirst
	}
	c.reading.enter(kind, c.srv.now.Load())
	emptyLine := false
	for {
		if c.in.empty() {
			if c.srv.closing.Load() && !first {
				return http.ErrServerClosed
			}
			if err := c.wait(); err != nil {
				return err
			}
		}
		if b := c.in.buffered(); !emptyLine && b[0] == '\r' {
			if len(b) == 1 {
				if err := c.in.fill(c.nc); err != nil {
					return err
				}
				continue
			}
			if emptyLine = b[1] == '\n'; emptyLine {
				c.in.discard(2)
				continue
			}
		}
		c.endWait()
		return nil
	}
}

// endWait leaves a phase in which something did arrive, even if the sweeper has just cut it.
func (c *conn) endWait() {
	if c.reading.enter(phaseNone, 0).wasCut() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.nc.SetReadDeadline(time.Time{})
	}
}

// serveRequest reads one request and answers it. It reports whether the connection can go on.
func (c *conn) serveRequest() bool {
	text, err := c.readHead()
	if err == nil {
		if x, refusal := c.newExchange(text); refusal != nil {
			err = refusal
		} else {
			return c.exchange(x)
		}
	}
	var refusal *Error
	if errors.As(err, &refusal) {
		c.refuse(refusal)
	}
	return false
}

// readHead returns the next request head. Its error is an *Error when the client should get an
// answer.
func (c *conn) readHead() (string, error) {
	c.scanner = headScanner{}
	waiting := false
	for {
		n, refusal := c.scanner.scan(c.in.buffered(), c.lim)
		if refusal != nil {
			return "", refusal
		}
		if n > 0 {
			if waiting {
				c.endWait()
			}
			text := c.headText(n)
			c.in.discard(n)
			return text, nil
		}
		if !waiting {
			waiting = true
			c.reading.enter(phaseHead, c.srv.now.Load())
		}
		if err := c.in.fill(c.nc); err != nil {
			if c.reading.enter(phaseNone, 0).wasCut() {
				return "", errHeaderTimout
			}
			return "", err
		}
	}
}

// headText copies the head out of the buffer: strings of the request are parts of that one copy.
// Clients that stay connected repeat themselves, and a string can be shared.
func (c *conn) headText(n int) string {
	const short = 1 << 10
	b := c.in.buffered()[:n]
	if string(b) == c.lastHead {
		return c.lastHead
	}
	text := string(b)
	if n <= short {
		c.lastHead = text
	}
	return text
}

// refuse answers a request that will not be run, and ends the connection.
func (c *conn) refuse(e *Error) {
	c.srv.logger().Debug("http1: request refused", "remote", c.remote, "status", e.Status, "reason", e.Reason)
	if c.write(appendRefusal(nil, e, c.srv.date())) == nil {
		c.linger()
	}
}

// linger ends the sending side and reads until the client has closed its own, for a limited time:
// closing while there is something unread would reset the connection, and the client might lose
// the answer. RFC 9112, 9.6.
func (c *conn) linger() {
	half, ok := c.nc.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	c.reading.enter(phaseDrain, c.srv.now.Load())
	for {
		c.in.discard(len(c.in.buffered()))
		if c.in.fill(c.nc) != nil {
			return
		}
	}
}

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

// gone ends the context of the current request, whose client has left.
func (c *conn) gone() {
	if ctx := c.current.Load(); ctx != nil {
		ctx.end(context.Canceled)
	}
}

// readBody reads some of a body into p, or into the buffer when p is nil, in a phase that began at
// begin. The time that the client keeps us waiting is taken from its credit, and what it sends adds
// to that.
func (c *conn) readBody(p []byte, kind uint64, begin int64) (n int, err error) {
	c.reading.enter(kind, begin)
	if p == nil {
		before := len(c.in.buffered())
		err = c.in.fill(c.nc)
		n = len(c.in.buffered()) - before
	} else {
		n, err = c.nc.Read(p)
	}
	if n > 0 {
		c.endWait()
		c.earn(n, c.srv.now.Load()-begin)
		return n, nil
	}
	cut := c.reading.enter(phaseNone, 0).wasCut()
	switch {
	case err == nil:
		return 0, nil
	case cut:
		return 0, errBodyTimeout
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, err // the handler's own
	}
	c.gone()
	if err == io.EOF {
		err = errBodyShort
	}
	return 0, err
}

// earn updates the credit of a body after n octets for which we waited.
func (c *conn) earn(n int, waited int64) {
	credit := c.credit.Load()
	if credit == never || c.lim.bodyRate == 0 {
		return
	}
	c.credit.Store(min(c.lim.body, credit-waited+int64(n)*1000/c.lim.bodyRate))
}
