package frames

import (
	"sync"
	"sync/atomic"
	"time"
)

// What brings nothing costs credit, one for each frame. nghttp2 allows 1000 resets at once as well, and
// 33 a second; Netty 200 in half a minute. Browsers send a handful of such frames for a page.
const (
	credits   = 1000
	perSecond = 100

	octetsPerCost = 256 // long frames cost more
)

// Frames that tell of room for an answer come in pairs, for each frame of the answer or for smaller
// pieces of it, and those that measure the way come with them. Browsers change their minds about what they
// want first. Requests and answers pay for these.
const (
	perRequest   = 2
	perDataFrame = 2
	octetsForOne = 512
)

// Watch watches one connection. It is made by New.
type Watch struct {
	in    walker
	block bool // the head of a request has begun and not ended: RFC 9113, 4.3

	out   walker
	flood atomic.Bool

	mu    sync.Mutex
	given account // what costs, whatever is sent
	taken account // what goes with requests and answers
}

// account is how many frames may still come.
type account struct {
	credit int
	since  time.Time // when the credit was last counted
}

// pay reports whether there was enough left.
func (a *account) pay(cost int) bool {
	now := time.Now()
	if whole := min(now.Sub(a.since), time.Hour) * perSecond / time.Second; whole > 0 {
		a.earn(int(whole))
		a.since = a.since.Add(whole * time.Second / perSecond)
	}
	a.credit -= cost
	return a.credit >= 0
}

func (a *account) earn(n int) { a.credit = min(a.credit+n, credits) }

// New returns what watches a connection whose client is about to send its preface.
func New() *Watch {
	const preface = len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	full := account{credits, time.Now()}
	return &Watch{in: walker{skip: preface}, given: full, taken: full}
}

// Received looks at what the client has sent. It is false when frames come in a flood, and from then
// on.
func (w *Watch) Received(p []byte) bool {
	w.in.walk(p, w.received)
	return !w.flood.Load()
}

// Unfinished reports whether a frame has begun and not come to its end, or the head of a request. A
// body does not count.
func (w *Watch) Unfinished() bool {
	begun := w.in.skip > 0 || w.in.have > 0
	within := w.in.left > 0 && w.in.frame.kind != typeData
	return begun || within || w.block
}

func (w *Watch) received(h header) {
	if h.kind == typeHeaders || h.kind == typeContinuation {
		w.block = !h.has(flagEndHeaders)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch h.kind {
	case typeHeaders:
		w.taken.earn(perRequest)
	case typeWindowUpdate, typePing, typePriority, typePriorityUpdate:
		w.take(&w.taken, costOf(h))
	default:
		w.take(&w.given, costOf(h))
	}
}

// costOf is what a frame from a client costs. Heads of requests are not among them: who sends these only
// to reset them, or to have them reset, pays for the reset.
func costOf(h header) int {
	switch h.kind {
	case typeData:
		const most = 256 // that padding may be
		empty := h.length == 0 || h.has(flagPadded) && h.length <= most
		if empty && !h.has(flagEndStream) {
			return 1
		}
		return 0
	case typeContinuation:
		return 1
	}
	return 1 + h.length/octetsPerCost
}

// Sent looks at what the server has sent. It may be called while Received is.
func (w *Watch) Sent(p []byte) {
	w.out.walk(p, w.sent)
}

func (w *Watch) sent(h header) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch h.kind {
	case typeData:
		w.taken.earn(perDataFrame + h.length/octetsForOne)
	case typeReset: // it had to answer something that was wrong
		w.take(&w.given, 1)
	}
}

// take takes from an account. The mutex is held.
func (w *Watch) take(from *account, cost int) {
	if cost > 0 && !from.pay(cost) {
		w.flood.Store(true)
	}
}
