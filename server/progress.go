package server

import (
	"io"
	"net"
	"sync"
	"time"
)

// progressListener gives its connections a limit for how long a client may take nothing of what
// is sent to it.
type progressListener struct {
	net.Listener
	timeout time.Duration
}

func (l progressListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &progressConn{Conn: conn, timeout: l.timeout}, nil
}

// progressConn moves its deadline with every write. A deadline that somebody sets is kept if it
// is earlier.
type progressConn struct {
	net.Conn
	timeout time.Duration

	mu       sync.Mutex
	asked    time.Time // guarded by mu: the deadline that was set from outside
	deadline time.Time // guarded by mu: the one that is in force
}

// piece is how much may be handed to the system at once: with the default of 60 seconds a client
// has to take 2 KiB in a second.
const piece = 128 << 10

// extend makes time for one more piece.
func (c *progressConn) extend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := time.Now().Add(c.timeout)
	if !c.asked.IsZero() && c.asked.Before(next) {
		next = c.asked
	}
	// Moving it costs more than looking at it.
	if next.Before(c.deadline) || next.Sub(c.deadline) > c.timeout/8 {
		c.deadline = next
		_ = c.Conn.SetWriteDeadline(next)
	}
}

func (c *progressConn) Write(b []byte) (n int, err error) {
	for first := true; first || len(b) > 0; first = false {
		c.extend()
		m, err := c.Conn.Write(b[:min(len(b), piece)])
		n, b = n+m, b[m:]
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// ReadFrom keeps the way from a file to the connection short: sendfile(2).
func (c *progressConn) ReadFrom(src io.Reader) (n int64, err error) {
	to, ok := c.Conn.(io.ReaderFrom)
	if !ok {
		return io.Copy(struct{ io.Writer }{c}, src)
	}
	left := int64(-1)
	if l, ok := src.(*io.LimitedReader); ok { // sendfile sees through one, not through two
		src, left = l.R, max(0, l.N)
		defer func() { l.N = min(l.N, left) }()
	}
	for left != 0 {
		size := int64(piece)
		if left > 0 {
			size = min(size, left)
		}
		c.extend()
		m, err := to.ReadFrom(&io.LimitedReader{R: src, N: size})
		n += m
		if left > 0 {
			left -= m
		}
		if err != nil || m < size {
			return n, err
		}
	}
	return n, nil
}

// SetWriteDeadline keeps the deadline of a handler, http.ResponseController's among them.
func (c *progressConn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked, c.deadline = t, t
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline is for reading as well.
func (c *progressConn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// CloseWrite lets net/http end a connection without losing what was sent.
func (c *progressConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
