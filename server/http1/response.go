package http1

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"unsafe"
)

// How the client finds the end of an answer: RFC 9112, 6.3.
const (
	framingUnknown = iota // the head has not been sent
	framingNone           // there is no body
	framingLength         // by a Content-Length
	framingChunks         // by the last chunk
	framingClose          // by the end of the connection
)

// response is the http.ResponseWriter of a request. What is written is kept back until it is more
// than a buffer, or flushed, or the handler returns: the length of a short answer is then known,
// and it leaves in one write with its head.
type response struct {
	conn *conn
	ctx  *requestContext
	body *body

	minor    int  // of the request's version
	isHead   bool // the method is HEAD
	wantKeep bool // HTTP/1.0 with keep-alive
	close    bool // the connection ends with this answer
	duplex   bool // the handler reads while it writes
	done     bool // the handler has returned
	more     bool // what is sent now is followed by something at once

	header   http.Header
	reason   string // of the status line; empty: the usual one
	status   int    // 0: WriteHeader has not been called
	fields   headFields
	framing  int
	length   int64 // Content-Length, -1: unknown
	written  int64 // octets of the body, as the handler sees it
	out      *output
	trailers []string // names that were announced

	// expect guards the interim answer 100 against the goroutine that writes the final one.
	expect     sync.Mutex
	expects    bool // the request has an expectation
	expectMode uint8
}

var errDone = errors.New("http1: write after the handler has returned")

// start prepares the answer to a request.
func (w *response) start(c *conn, x *exchange, h *head) {
	*w = response{
		conn: c, ctx: &x.ctx, body: &x.body, header: w.header,
		minor: h.minor, isHead: h.method == "HEAD", close: h.close,
		wantKeep: h.minor == 0 && !h.close,
		length:   -1,
	}
	if h.expect && h.length != 0 {
		w.expects, w.expectMode = true, expectWaits
	}
}

// Header returns the header of the answer, which is sent with the first call of WriteHeader.
func (w *response) Header() http.Header {
	if w.header == nil {
		w.header = make(http.Header)
	}
	return w.header
}

// Write sends some of the body.
func (w *response) Write(p []byte) (int, error) { return w.write(p) }

// WriteString sends some of the body.
func (w *response) WriteString(s string) (int, error) {
	return w.write(unsafe.Slice(unsafe.StringData(s), len(s))) // write only reads it
}

func (w *response) write(p []byte) (int, error) {
	if err := w.prepare(len(p)); err != nil || len(p) == 0 {
		return 0, err
	}
	out := w.out
	if len(p) <= cap(out.body)-len(out.body) {
		out.body = append(out.body, p...)
		return len(p), nil
	}
	if err := w.send(p, false); err != nil {
		return 0, err
	}
	return len(p), nil
}

// prepare checks whether n more octets may be written.
func (w *response) prepare(n int) error {
	switch {
	case w.conn.hijacked:
		return http.ErrHijacked
	case w.done:
		return errDone
	case w.status == 0:
		w.WriteHeader(http.StatusOK)
	}
	if n == 0 {
		return nil
	}
	if !bodyAllowed(w.status) {
		return http.ErrBodyNotAllowed
	}
	if w.length >= 0 && w.written+int64(n) > w.length {
		return http.ErrContentLength
	}
	w.written += int64(n)
	return nil
}

// Flush sends what has been written so far.
func (w *response) Flush() { w.FlushError() }

// FlushError sends what has been written so far.
func (w *response) FlushError() error {
	if err := w.prepare(0); err != nil {
		return err
	}
	if w.framing != framingUnknown && len(w.out.body) == 0 {
		return w.conn.writeError()
	}
	return w.send(nil, false)
}

// finish sends the rest of the answer, when the handler has returned.
func (w *response) finish() {
	if w.status == 0 {
		if refusal := w.body.refusal(); refusal != nil {
			w.refuse(refusal)
			return
		}
		w.WriteHeader(http.StatusOK)
	}
	w.done = true
	if w.framing == framingUnknown || w.framing == framingChunks || len(w.out.body) > 0 {
		w.send(nil, true)
	}
	if w.length >= 0 && w.written != w.length && !w.isHead && bodyAllowed(w.status) {
		w.close = true // the client waits for more, and there is none
	}
	w.drop()
}

// refuse answers in place of a handler that has written nothing, because the body was broken.
func (w *response) refuse(e *Error) {
	w.done, w.close = true, true
	w.conn.write(appendRefusal(nil, e, w.conn.srv.date(), w.isHead))
	w.drop()
}

// drop gives the buffers back.
func (w *response) drop() {
	w.done = true
	if w.out != nil {
		w.out.head, w.out.body = w.out.head[:0], w.out.body[:0]
		if cap(w.out.head) <= 16<<10 {
			outputs.Put(w.out)
		}
		w.out = nil
	}
}

// bodyAllowed reports whether an answer with the status may have a body: RFC 9110, 6.4.1 and 15.3.6.
func bodyAllowed(status int) bool {
	switch status {
	case http.StatusNoContent, http.StatusResetContent, http.StatusNotModified:
		return false
	}
	return status >= 200
}

var _ interface {
	http.ResponseWriter
	http.Flusher
	http.Hijacker
	io.StringWriter
	io.ReaderFrom
} = (*response)(nil)
