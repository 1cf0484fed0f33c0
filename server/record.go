package server

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// recorder is the ResponseWriter of one request: it remembers what was sent.
type recorder struct {
	rw     http.ResponseWriter
	server *Server
	r      *http.Request
	id     uint64
	start  time.Time
	head   bool // no body goes out: RFC 9110, 9.3.2

	status     int   // 0: nothing sent yet
	bytes      int64 // of the body
	page       string
	file       string
	generation uint64 // of the site, that the answer is of
	hijacked   bool
	broken     bool // a write failed: the client is gone
	aborted    bool // the connection is to be cut

	fromPage  bool   // a page answers
	dressed   bool   // the head is complete
	canonical string // path of the request, once somebody asked for it
	prefix    string // of the path, that a proxy has taken away

	previous, next *recorder   // in a list of underway
	streams        atomic.Bool // something was flushed, and more may come

	reason    string // phrase that a page gave with the status reasonFor
	reasonFor int
}

var recorders = sync.Pool{New: func() any { return new(recorder) }}

func newRecorder(s *Server, rw http.ResponseWriter, r *http.Request, id uint64) *recorder {
	w := recorders.Get().(*recorder)
	*w = recorder{rw: rw, server: s, r: r, id: id, generation: s.generation.now(), head: r.Method == http.MethodHead}
	return w
}

// free gives w to a later request, unless its own ended in a way that may have left somebody
// with a reference to it.
func (w *recorder) free() {
	if w.hijacked || w.aborted {
		return
	}
	*w = recorder{}
	recorders.Put(w)
}

// SetPage names the page that answers, for the access line.
func (w *recorder) SetPage(name string) { w.page = name }

// SetGeneration notes that the answer has something in it that came with generation n. So it is of
// that one, or of a later one that left it as it was.
func (w *recorder) SetGeneration(n uint64) { w.generation = max(w.generation, n) }

// RequestID is the number of the request, counted from 1 since the server was made. Access
// lines and error lines have it, so that other lines can be matched with them.
func (w *recorder) RequestID() uint64 { return w.id }

// Unwrap gives [http.ResponseController] what this type does not have itself.
func (w *recorder) Unwrap() http.ResponseWriter { return w.rw }

// LimitsClient reports whether a read of the request's body and a write of the answer end by
// themselves when the client is too slow: whoever calls them needs no limit for that.
func (w *recorder) LimitsClient() (body, answer bool) {
	if l, ok := w.rw.(interface{ LimitsClient() (body, answer bool) }); ok {
		return l.LimitsClient()
	}
	_, answer = w.rw.(*pacedWriter)
	return w.server.paced(w.r) && w.server.config.BodyTimeout > 0, answer
}

func (w *recorder) Header() http.Header { return w.rw.Header() }

func (w *recorder) WriteHeader(status int) {
	w.dress(status)
	if rw, ok := w.rw.(statusWriter); ok && w.reason != "" && status == w.reasonFor {
		rw.WriteStatus(status, w.reason)
	} else {
		w.rw.WriteHeader(status)
	}
	// 1xx are only announcements, but 101 is final: RFC 9110, 15.2.
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	w.begin()
	n, err := w.rw.Write(p)
	w.sent(int64(n), err)
	return n, err
}

func (w *recorder) WriteString(p string) (int, error) {
	w.begin()
	n, err := io.WriteString(w.rw, p)
	w.sent(int64(n), err)
	return n, err
}

// ReadFrom keeps the way from a file to a connection short: sendfile(2).
func (w *recorder) ReadFrom(src io.Reader) (n int64, err error) {
	w.begin()
	if rf, ok := w.rw.(io.ReaderFrom); ok {
		n, err = rf.ReadFrom(src)
	} else {
		n, err = io.Copy(struct{ io.Writer }{w.rw}, src)
	}
	w.sent(n, nil) // an error may come from src as well
	return n, err
}

// Flush is FlushError for those who look for an [http.Flusher].
func (w *recorder) Flush() { _ = w.FlushError() }

// FlushError sends what is buffered, the head included.
func (w *recorder) FlushError() error {
	if !w.streams.Load() {
		w.streams.Store(true)
	}
	w.dress(http.StatusOK)
	var err error
	switch f := w.rw.(type) {
	case interface{ FlushError() error }:
		err = f.FlushError()
	case http.Flusher:
		f.Flush()
	default:
		err = http.NewResponseController(w.rw).Flush()
	}
	if !errors.Is(err, http.ErrNotSupported) {
		w.begin()
		w.sent(0, err)
	}
	return err
}

// Hijack hands the connection over; nothing is written to it by the server any more.
func (w *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := http.NewResponseController(w.rw).Hijack()
	w.hijacked = w.hijacked || err == nil
	return conn, buf, err
}

// statusWriter is a ResponseWriter that can send a reason phrase of the handler's own, as those of
// server/http1 can.
type statusWriter interface {
	WriteStatus(status int, reason string)
}

// WriteStatus is WriteHeader with a reason phrase, which is sent where the connection has a place
// for one: RFC 9112, 4.
func (w *recorder) WriteStatus(status int, reason string) {
	w.reason, w.reasonFor = reason, status
	w.WriteHeader(status)
}

// begin notes that what comes next sends the head.
func (w *recorder) begin() {
	if w.status == 0 {
		w.dress(http.StatusOK)
		w.status = http.StatusOK
	}
}

func (w *recorder) sent(n int64, err error) {
	if !w.head {
		w.bytes += n
	}
	if err != nil && !errors.Is(err, http.ErrBodyNotAllowed) && !errors.Is(err, http.ErrContentLength) {
		w.broken = true
	}
}

// wrote reports whether it is too late for an error page.
func (w *recorder) wrote() bool { return w.status != 0 || w.hijacked }
