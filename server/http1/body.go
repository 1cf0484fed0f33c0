package http1

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
)

// body is the body of a request, read from the connection as the handler asks for it.
type body struct {
	conn *conn
	res  *response
	none bool // there is no body

	// mu is for handlers that read in one goroutine and close, or return, in another.
	mu       sync.Mutex
	closed   bool
	err      error // the end: io.EOF when everything has been read
	late     bool  // the last read ended at a deadline of the handler's
	left     int64 // octets to come: of the body, or of the chunk
	chunks   *chunks
	draining uint64 // the phase in which what is read is dropped
	drainAt  int64  // when that began, by the server's clock
}

// start prepares the body that a head announces: RFC 9112, 6.
func (b *body) start(c *conn, res *response, h *head) {
	*b = body{conn: c, res: res, left: h.length}
	if b.none = h.length == 0; b.none {
		b.err = io.EOF
		return
	}
	if h.chunked {
		b.left, b.chunks = 0, &chunks{}
	}
	c.credit.Store(c.lim.body)
}

// Read reads the body. The client is told to send it, if it waits for that: RFC 9110, 10.1.1.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return 0, http.ErrBodyReadAfterClose
	case b.err != nil:
		return 0, b.err
	case len(p) == 0:
		return 0, nil
	}
	if err := b.res.sendContinue(); err != nil {
		b.err = err
		return 0, err
	}
	return b.read(p)
}

// Close makes further reads fail. What has not been read is dealt with after the handler.
func (b *body) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return nil
}

// read reads at least one octet, or returns an error, which stays unless it is the handler's own.
func (b *body) read(p []byte) (n int, err error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.chunks != nil {
		n, err = b.readChunk(p)
	} else if n, err = b.readData(p); b.left == 0 && err == nil {
		err = io.EOF
	}
	if b.late = isTimeout(err); !b.late {
		b.err = err
	}
	return n, err
}

// isTimeout reports whether err comes from a deadline that the handler has set. It may set another
// one, and go on.
func isTimeout(err error) bool {
	_, ours := err.(*Error)
	return err != nil && !ours && errors.Is(err, os.ErrDeadlineExceeded)
}

// readData reads octets of the body, or of the current chunk, and none behind it. Large reads go
// past the buffer.
func (b *body) readData(p []byte) (n int, err error) {
	c := b.conn
	p = p[:min(int64(len(p)), b.left)]
	if c.in.empty() {
		if len(p) >= inputSize {
			kind, begin := b.phase()
			n, err = c.readBody(p, kind, begin)
			b.left -= int64(n)
			return n, err
		}
		if err := b.fill(); err != nil {
			return 0, err
		}
	}
	n = c.in.take(p)
	b.left -= int64(n)
	return n, nil
}

// fill reads some more into the buffer.
func (b *body) fill() error {
	kind, begin := b.phase()
	_, err := b.conn.readBody(nil, kind, begin)
	return err
}

// phase returns the phase of reading, and when it began.
func (b *body) phase() (kind uint64, begin int64) {
	if b.draining != phaseNone {
		return b.draining, b.drainAt
	}
	return phaseBody, b.conn.srv.now.Load()
}

// settle deals with what is left of the body when an answer begins that is longer than its buffer:
// clients that send all of their request before they read would otherwise wait for us, and we for
// them. As with net/http, the handler cannot read the body any more then. It reports whether the
// connection can be used afterwards.
func (b *body) settle() bool {
	if !b.mu.TryLock() {
		return false // a goroutine of the handler is reading
	}
	defer b.mu.Unlock()
	if b.err == io.EOF {
		return true
	}
	if b.err != nil || b.exceeds(b.conn.lim.drainBytes) {
		return false
	}
	b.closed = true
	return b.drain(phaseSettle)
}

// exceeds reports whether it is known that there is more left than n octets.
func (b *body) exceeds(n int64) bool { return b.left > n }

// broken reports whether nobody should wait for the end of the body.
func (b *body) broken() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.late || b.err != nil && b.err != io.EOF
}

// finish deals with what is left of the body after the handler. It reports whether all of it has
// been read, so that what comes next is a request.
func (b *body) finish(drain bool) bool {
	if b.none {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.err == nil && drain && !b.exceeds(b.conn.lim.drainBytes) {
		return b.drain(phaseDrain)
	}
	return b.err == io.EOF
}

// drain reads the rest of the body, up to a limit of octets, and of time for the phase.
func (b *body) drain(phase uint64) bool {
	scratch := inputs.Get().(*[inputSize]byte)
	defer inputs.Put(scratch)
	b.draining, b.drainAt = phase, b.conn.srv.now.Load()
	for limit := b.conn.lim.drainBytes; limit >= 0; {
		n, err := b.read(scratch[:])
		if limit -= int64(n); err != nil {
			break
		}
	}
	return b.err == io.EOF
}

// refusal returns what is wrong with the body, if it is the client's fault.
func (b *body) refusal() *Error {
	e, _ := b.err.(*Error)
	return e
}

// interruptReader ends a read of the body that a goroutine of the handler has left behind. The
// connection cannot be used afterwards.
func (c *conn) interruptReader(x *exchange) {
	b := &x.body
	if b.none {
		return
	}
	if b.mu.TryLock() {
		b.closed = true
		b.mu.Unlock()
		return
	}
	c.deadlines.Store(true)
	c.nc.SetReadDeadline(pastDeadline)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.err == nil {
		b.err = http.ErrBodyReadAfterClose
	}
}
