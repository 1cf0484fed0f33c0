package http1

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
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
	lastHead string // the text of the last head, if it was short: the next is often the same

	reading, writing phase
	credit           atomic.Int64 // milliseconds that the body may still keep us waiting
	current          atomic.Pointer[requestContext]

	// mu is held by the sweeper while it cuts, and to undo a cut.
	mu sync.Mutex

	baseEnds  bool                  // base can end
	deadlines atomic.Bool           // the handler has set a deadline, in whichever of its goroutines
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
	}
}

// finish closes the connection, unless a handler has taken it.
func (c *conn) finish() {
	c.gone() // a handler that has ended its goroutine has not come to the end of its request
	if c.hijacked {
		return
	}
	if c.writeError() != nil { // else what a client does not take would stay with the system for minutes
		c.reset()
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
	since := c.srv.now.Load()
	c.reading.enter(kind, since)
	emptyLine := false
	for {
		if c.in.empty() {
			if !first && c.srv.graceOver(since) {
				return http.ErrServerClosed
			}
			if err := c.wait(); err != nil && !c.lastMoment(err) {
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

// lastMoment reports whether there is a request after all, which came while the sweeper cut the
// connection because it was idle.
func (c *conn) lastMoment(err error) bool {
	return c.srv.closing.Load() && errors.Is(err, os.ErrDeadlineExceeded) && c.waiting()
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
	text, fields, err := c.readHead()
	if err == nil {
		x, refusal := c.newExchange(text, fields)
		if refusal == nil {
			return c.exchange(x)
		}
		c.refuse(refusal, strings.HasPrefix(text, headMethod))
		return false
	}
	var refusal *Error
	if errors.As(err, &refusal) {
		c.refuse(refusal, bytes.HasPrefix(c.in.buffered(), []byte(headMethod)))
	}
	return false
}

// headMethod begins the text of a request whose answer has no content: RFC 9110, 9.3.2.
const headMethod = "HEAD "

// readHead returns the next request head and how many fields it has. Its error is an *Error when
// the client should get an answer.
func (c *conn) readHead() (text string, fields int, err error) {
	var scanner headScanner
	waiting := false
	for {
		n, refusal := scanner.scan(c.in.buffered(), c.lim)
		if refusal != nil {
			return "", 0, refusal
		}
		if n > 0 {
			if waiting {
				c.endWait()
			}
			text = c.headText(n)
			c.in.discard(n)
			return text, scanner.lines - 1, nil
		}
		if !waiting {
			waiting = true
			c.reading.enter(phaseHead, c.srv.now.Load())
		}
		if err := c.in.fill(c.nc); err != nil {
			if c.reading.enter(phaseNone, 0).wasCut() {
				return "", 0, errHeaderTimeout
			}
			return "", 0, err
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
