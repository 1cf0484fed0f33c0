package frames

import (
	"sync"
	"time"
)

// What brings nothing costs credit, one for each frame. nghttp2 allows 1000 resets at once as well, and
// 33 a second; Netty 200 in half a minute. Browsers send a handful of such frames for a page. Those that
// tell of room for an answer come in pairs, for each frame of it and for smaller pieces, and are paid
// for by what is sent.
const (
	credits   = 1000
	perSecond = 100

	perDataFrame  = 2   // earned by each that is sent
	octetsForOne  = 512 // of an answer, that earn as much as one frame costs
	octetsPerCost = 256 // of a frame that brings nothing: long ones cost more
)

// Watch watches one connection. It is made by New.
type Watch struct {
	in    walker
	block bool // the head of a request has begun and not ended: RFC 9113, 4.3
	flood bool

	out walker

	mu     sync.Mutex
	credit int
	since  time.Time // when the credit was last counted
}

// New returns what watches a connection whose client is about to send its preface.
func New() *Watch {
	const preface = len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	return &Watch{in: walker{skip: preface}, credit: credits, since: time.Now()}
}

// Received looks at what the client has sent. It is false when frames come in a flood, and from then
// on.
func (w *Watch) Received(p []byte) bool {
	w.in.walk(p, w.received)
	return !w.flood
}

// Unfinished reports whether a frame has begun and not come to its end, or the head of a request. A
// body does not count.
func (w *Watch) Unfinished() bool {
	return w.in.skip > 0 || w.in.have > 0 || w.block || w.in.left > 0 && w.in.frame.kind != typeData
}

func (w *Watch) received(h header) {
	if h.kind == typeHeaders || h.kind == typeContinuation {
		w.block = !h.has(flagEndHeaders)
	}
	if cost := costOf(h); cost > 0 && !w.pay(cost) {
		w.flood = true
	}
}

// costOf is what a frame from a client costs. The head of a request is not free of charge for those
// who send it only to reset it: the reset costs.
func costOf(h header) int {
	switch h.kind {
	case typeData:
		const most = 256 // that padding may be
		empty := h.length == 0 || h.has(flagPadded) && h.length <= most
		if empty && !h.has(flagEndStream) {
			return 1
		}
		return 0
	case typeHeaders:
		return 0
	case typeContinuation:
		return 1
	}
	return 1 + h.length/octetsPerCost
}

// Sent looks at what the server has sent. It may be called while Received is.
func (w *Watch) Sent(p []byte) {
	w.out.walk(p, func(h header) {
		switch {
		case h.kind == typeData && h.length > 0:
			w.earn(perDataFrame + h.length/octetsForOne)
		case h.kind == typeReset: // it had to answer something that was wrong
			w.pay(1)
		}
	})
}

// pay reports whether there is enough left.
func (w *Watch) pay(cost int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if whole := min(now.Sub(w.since), time.Hour) * perSecond / time.Second; whole > 0 {
		w.credit = int(min(int64(w.credit)+int64(whole), credits))
		w.since = w.since.Add(whole * time.Second / perSecond)
	}
	w.credit -= cost
	return w.credit >= 0
}

func (w *Watch) earn(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.credit = min(w.credit+n, credits)
}
