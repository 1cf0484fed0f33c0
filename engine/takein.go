package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"wizgy/engine/internal/spool"
)

// A request's body is taken in before the page gets a runtime, so that a client that takes its time
// costs memory, or room on the disk, and nothing that another visitor waits for.

// allBodies is how much memory the bodies of all requests may take.
const allBodies = 64 << 20

// lateBody is how long a body may take before it gives way where there is no room for others.
const lateBody = 10 * time.Second

func newSpool(cfg *Config, log *slog.Logger) *spool.Spool {
	all := int64(allBodies)
	if cfg.MaxHeap > 0 { // which pages are stopped for
		all = min(all, cfg.MaxHeap/8)
	}
	return spool.New(spool.Limits{
		Memory: cfg.BodyMemory, AllMemory: max(all, 4*cfg.BodyMemory), // one client has a quarter
		Disk: cfg.BodySpool, Share: cfg.BodyShare, Late: lateBody,
	}, cfg.BodyFolder, log)
}

// hasBody reports whether there is something to take in.
func hasBody(r *http.Request) bool {
	return r.ContentLength != 0 && r.Body != nil && r.Body != http.NoBody
}

// takeIn takes the body of r in. The error is what the client is told: it is late, or what it sends
// is wrong, or too much.
func (e *Engine) takeIn(w http.ResponseWriter, r *http.Request, p *page) (*spool.Body, error) {
	cut := func() { cutBody(w) }
	var src io.Reader = r.Body
	if _, ends := r.Context().Deadline(); ends || !limitsBody(w) {
		timed := newTimedBody(r, e.cfg.Timeout, cut)
		defer timed.end()
		src = timed
	}
	body, err := e.spool.Take(src, r.ContentLength, clientOf(r), cut)
	if err == nil {
		return body, nil
	}
	return nil, p.refusal(r.Context(), err)
}

// cutBody makes a read of the body fail at once.
func cutBody(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))
}

// limitsBody reports whether the server ends a read of the body when the client is too slow.
func limitsBody(w http.ResponseWriter) bool {
	l, ok := w.(limiter)
	if !ok {
		return false
	}
	body, _ := l.LimitsClient()
	return body
}

// clientOf returns the address that what r brings is counted for: of IPv6 the half by which a network
// is known, and none where there is no telling, as behind a Unix socket.
func clientOf(r *http.Request) netip.Addr {
	var addr netip.Addr
	if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		addr = at.Addr()
	} else if addr, err = netip.ParseAddr(r.RemoteAddr); err != nil {
		return netip.Addr{}
	}
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		network, _ := addr.Prefix(64)
		return network.Addr()
	}
	return addr
}

// refusal makes an error of the page of what went wrong when a body was taken in.
func (p *page) refusal(ctx context.Context, err error) error {
	e := &Error{File: p.name, Message: "the request's body is malformed or broke off: " + err.Error(), status: http.StatusBadRequest}
	var failed *spool.Error
	var limit int64
	switch known, told := errors.AsType[statuser](err); {
	case told:
		e.status = known.HTTPStatus()
	case errors.Is(err, spool.ErrLate):
		e.Message, e.status = err.Error(), http.StatusRequestTimeout
	case errors.Is(err, spool.ErrFull):
		e.Message, e.status, e.retry = err.Error(), http.StatusServiceUnavailable, bodyRetry
		e.Hint = "body-spool and body-share say how much there is"
	case errors.As(err, &failed):
		e.Message, e.status, e.retry = err.Error(), http.StatusServiceUnavailable, bodyRetry
		e.Hint = "body-folder says where it is"
	case limitOf(err, &limit):
		e.Message, e.status = fmt.Sprintf("the request's body is larger than %d bytes", limit), http.StatusRequestEntityTooLarge
		if _, ok := errors.AsType[*spool.TooLargeError](err); ok {
			e.Hint = `raise body-share and body-spool, or let the page read the body as it comes: export const input = "stream"`
		}
	case ctx.Err() != nil && !errors.Is(err, io.ErrUnexpectedEOF): // after which a client may still listen
		return ended(ctx)
	}
	return e
}

// bodyRetry is when a client may try again to send a body that there was no room for.
const bodyRetry = 5 * time.Second

// limitOf reports whether err says that a body is larger than it may be, and how large that is.
func limitOf(err error, limit *int64) bool {
	var ofServer *http.MaxBytesError
	var ofSpool *spool.TooLargeError
	switch {
	case errors.As(err, &ofServer):
		*limit = ofServer.Limit
	case errors.As(err, &ofSpool):
		*limit = ofSpool.Limit
	default:
		return false
	}
	return true
}

// bodySlow is the error of a body that comes too slowly.
type bodySlow struct{}

func (bodySlow) Error() string   { return "it came too slowly" }
func (bodySlow) HTTPStatus() int { return http.StatusRequestTimeout }

// timedBody reads a body where no server looks after the time: the client has so long to send each
// piece, and all of them until the request's context ends.
type timedBody struct {
	body  io.Reader
	ctx   context.Context
	limit time.Duration
	cut   func() // ends a read
	timer *time.Timer
	stop  func() bool

	mu      sync.Mutex
	reading bool
	reason  error // why a read was ended
}

func newTimedBody(r *http.Request, limit time.Duration, cut func()) *timedBody {
	t := &timedBody{body: r.Body, ctx: r.Context(), limit: limit, cut: cut}
	t.timer = time.AfterFunc(limit, func() { t.interrupt(bodySlow{}) })
	t.stop = context.AfterFunc(r.Context(), func() { t.interrupt(ended(r.Context())) })
	return t
}

func (t *timedBody) Read(p []byte) (int, error) {
	t.timer.Reset(t.limit)
	t.set(true)
	if t.ctx.Err() != nil {
		return 0, ended(t.ctx)
	}
	n, err := t.body.Read(p)
	reason := t.set(false)
	if err != nil && err != io.EOF && reason != nil {
		err = reason
	}
	return n, err
}

// end ends the watch over the client.
func (t *timedBody) end() {
	t.timer.Stop()
	t.stop()
}

func (t *timedBody) set(reading bool) (reason error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reading = reading
	return t.reason
}

// interrupt ends a read, if there is one.
func (t *timedBody) interrupt(reason error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.reading && t.reason == nil {
		t.reason = reason
		t.cut()
	}
}
