package http1

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// SetReadDeadline sets when reading the request fails, in place of the server's BodyTimeout.
// It is for [http.ResponseController].
func (w *response) SetReadDeadline(t time.Time) error {
	w.conn.deadlines.Store(true)
	w.conn.credit.Store(never)
	return w.conn.nc.SetReadDeadline(t)
}

// SetWriteDeadline sets when writing the answer fails, besides the server's WriteTimeout.
// It is for [http.ResponseController].
func (w *response) SetWriteDeadline(t time.Time) error {
	w.conn.deadlines.Store(true)
	return w.conn.nc.SetWriteDeadline(t)
}

// LimitsClient reports whether the server has a BodyTimeout and a WriteTimeout. A handler that waits
// for its client need not limit then what the server does.
func (w *response) LimitsClient() (body, answer bool) {
	return w.conn.lim.body != never, w.conn.lim.write != never
}

// EnableFullDuplex lets the handler read the request while it writes the answer.
// It is for [http.ResponseController].
func (w *response) EnableFullDuplex() error {
	w.duplex = true
	return nil
}

// CloseNotify returns a channel that gets a value when the client leaves. It is for handlers that
// do not know the request's context.
func (w *response) CloseNotify() <-chan bool {
	gone := make(chan bool, 1)
	w.ctx.AfterFunc(func() { gone <- true })
	return gone
}

// Hijack gives the connection to the handler, with what has been read from it and not been used.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	switch {
	case w.conn.hijacked:
		return nil, nil, http.ErrHijacked
	case w.done:
		return nil, nil, fmt.Errorf("hijack: %w", errDone)
	}
	w.endExpect(expectOver)
	if w.status != 0 {
		if err := w.FlushError(); err != nil {
			return nil, nil, fmt.Errorf("hijack: %w", err)
		}
	}
	return w.conn.hijack()
}

// hijack leaves the connection to the handler: neither the sweeper nor a stop of the server touches
// it any more. The request's context ends with the handler, or with the connection's own.
func (c *conn) hijack() (net.Conn, *bufio.ReadWriter, error) {
	c.hijacked = true
	c.srv.remove(c)
	c.mu.Lock()
	c.nc.SetDeadline(time.Time{})
	c.mu.Unlock()
	rest := append([]byte(nil), c.in.buffered()...)
	c.in.discard(len(rest))
	c.in.release()
	r := bufio.NewReaderSize(&prefixed{rest, c.nc}, max(inputSize, len(rest)))
	if _, err := r.Peek(len(rest)); err != nil {
		return nil, nil, fmt.Errorf("hijack: %w", err)
	}
	c.srv.connState(c, http.StateHijacked)
	return c.nc, bufio.NewReadWriter(r, bufio.NewWriter(c.nc)), nil
}

// prefixed reads octets, and then a connection.
type prefixed struct {
	rest []byte
	r    io.Reader
}

func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.rest) > 0 {
		n := copy(b, p.rest)
		p.rest = p.rest[n:]
		return n, nil
	}
	return p.r.Read(b)
}
