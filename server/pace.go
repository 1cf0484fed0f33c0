package server

import (
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"wizgy/server/http1"
)

// pace makes the limits of time for bodies and answers hold on the connections of net/http, which
// has none that look for progress: those of HTTP/2, where a client can let one request starve while
// the connection is busy, and all with StdHTTP. There, progressListener looks after the answers.
// It returns what to go on with.
func (s *Server) pace(rw http.ResponseWriter, r *http.Request) (http.ResponseWriter, *http.Request) {
	rc := http.NewResponseController(rw)
	if s.config.BodyTimeout > 0 && r.Body != nil && r.ContentLength != 0 {
		r = withBody(r, &pacedBody{
			ReadCloser: r.Body, rw: rw,
			stall: stall{cut: func() { _ = rc.SetReadDeadline(past) }},
			limit: s.config.BodyTimeout, credit: s.config.BodyTimeout, rate: s.config.BodyRate,
		})
	}
	if s.config.WriteTimeout <= 0 || r.ProtoMajor < 2 {
		return rw, r
	}
	return &pacedWriter{
		ResponseWriter: rw,
		stall:          stall{cut: func() { _ = rc.SetWriteDeadline(past) }},
		limit:          s.config.WriteTimeout,
	}, r
}

// paced reports whether pace has to do with the connection of r.
func (s *Server) paced(r *http.Request) bool { return s.config.StdHTTP || r.ProtoMajor >= 2 }

var past = time.Unix(1, 0)

// stall cuts a wait for a client that lasts too long.
type stall struct {
	cut func()

	mu      sync.Mutex
	timer   *time.Timer
	due     time.Time // zero: nobody waits
	hasBeen bool      // cut
}

func (s *stall) begin(limit time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due = time.Now().Add(limit)
	if s.timer == nil {
		s.timer = time.AfterFunc(limit, s.fire)
	} else {
		s.timer.Reset(limit)
	}
}

func (s *stall) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer.Stop()
	s.due = time.Time{}
}

// fire may come late, when another wait has begun or none is left.
func (s *stall) fire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.due.IsZero() && !time.Now().Before(s.due) {
		s.hasBeen = true
		s.cut()
	}
}

func (s *stall) wasCut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hasBeen
}

// pacedBody ends a body that comes too slowly. Waiting for it uses up the credit, what comes adds
// to that.
type pacedBody struct {
	io.ReadCloser
	rw            http.ResponseWriter
	stall         stall
	limit, credit time.Duration
	rate          int // bytes a second; 0 or less: any
}

var errBodySlow = &http1.Error{Status: http.StatusRequestTimeout, Reason: "the body came too slowly", Err: os.ErrDeadlineExceeded}

func (b *pacedBody) Read(p []byte) (int, error) {
	began := time.Now()
	b.stall.begin(b.credit)
	n, err := b.ReadCloser.Read(p)
	b.stall.end()
	if err != nil && b.stall.wasCut() {
		linger(b.rw)
		return n, errBodySlow
	}
	if b.rate > 0 {
		earned := time.Duration(n) * time.Second / time.Duration(b.rate)
		b.credit = max(0, min(b.limit, b.credit-time.Since(began)+earned))
	}
	return n, err
}

// pacedWriter ends the answer to a client that takes nothing of it.
type pacedWriter struct {
	http.ResponseWriter
	stall stall
	limit time.Duration
	own   atomic.Bool // the handler has set a deadline
}

// paceSize is how much of an answer must be taken within the limit.
const paceSize = 32 << 10

// Unwrap is for [http.ResponseController].
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *pacedWriter) Write(p []byte) (int, error) {
	return inPieces(w, p, w.ResponseWriter.Write)
}

func (w *pacedWriter) WriteString(p string) (int, error) {
	return inPieces(w, p, func(p string) (int, error) { return io.WriteString(w.ResponseWriter, p) })
}

// inPieces gives the client time for each piece: that it took one is progress.
func inPieces[T []byte | string](w *pacedWriter, p T, write func(T) (int, error)) (n int, err error) {
	for first := true; err == nil && (first || len(p) > 0); first = false {
		size, m := min(len(p), paceSize), 0
		w.stall.begin(w.limit)
		m, err = write(p[:size])
		w.stall.end()
		n, p = n+m, p[size:]
	}
	return n, err
}

// FlushError sends what is buffered.
func (w *pacedWriter) FlushError() error {
	w.stall.begin(w.limit)
	defer w.stall.end()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// SetWriteDeadline is for [http.ResponseController], of handlers that know better.
func (w *pacedWriter) SetWriteDeadline(t time.Time) error {
	w.own.Store(true)
	return http.NewResponseController(w.ResponseWriter).SetWriteDeadline(t)
}

// finish leaves a limit for what net/http sends after the handler has returned.
func (w *pacedWriter) finish() {
	if !w.own.Load() {
		_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(w.limit))
	}
}
