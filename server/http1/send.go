package http1

import (
	"slices"
	"sync"
)

// output holds what is to be sent: the head (or the frame of a chunk), and the body's octets.
type output struct {
	head []byte
	body []byte
}

// outputSize is how much of a body is kept back.
const outputSize = 4 << 10

var outputs = sync.Pool{New: func() any {
	return &output{head: make([]byte, 0, outputSize+2<<10), body: make([]byte, 0, outputSize)}
}}

// send sends what is kept back, and p. With final set, nothing comes after it.
func (w *response) send(p []byte, final bool) error {
	out := w.out
	if w.framing == framingUnknown {
		w.commit(w.beginning(p), final)
	}
	switch w.framing {
	case framingNone:
		out.body, p = out.body[:0], nil
	case framingChunks:
		return w.sendChunk(p, final)
	}
	out.head = append(out.head, out.body...)
	out.body = out.body[:0]
	defer func() { out.head = out.head[:0] }()
	if len(p) == 0 {
		return w.sendHead()
	}
	return w.conn.writeAll(out.head, p, nil)
}

// beginning returns what is known of the body when the head is sent: what is kept back, or p. As
// much of both as tells the type is joined, if that is to be guessed.
func (w *response) beginning(p []byte) []byte {
	kept := w.out.body
	switch {
	case len(kept) == 0:
		return p
	case len(p) == 0 || len(kept) >= sniffed || w.fields.typed:
		return kept
	}
	return slices.Concat(kept, p[:min(len(p), sniffed-len(kept))])
}

func (w *response) sendHead() error {
	switch {
	case len(w.out.head) == 0:
		return w.conn.writeError()
	case w.more:
		return w.conn.writeMore(w.out.head)
	}
	return w.conn.write(w.out.head)
}

// sendChunk sends what is kept back, and p, as one chunk: RFC 9112, 7.1.
func (w *response) sendChunk(p []byte, final bool) error {
	out := w.out
	defer func() { out.head, out.body = out.head[:0], out.body[:0] }()
	n := len(out.body) + len(p)
	if n > 0 {
		out.head = appendHex(out.head, n)
		out.head = append(out.head, "\r\n"...)
		out.head = append(out.head, out.body...)
	}
	if len(p) == 0 {
		out.head = w.appendChunkEnd(out.head, n > 0, final)
		return w.sendHead()
	}
	return w.conn.writeAll(out.head, p, w.appendChunkEnd(out.body[:0], true, final))
}

func (w *response) appendChunkEnd(dst []byte, data, final bool) []byte {
	if data {
		dst = append(dst, "\r\n"...)
	}
	if final {
		dst = append(dst, "0\r\n"...)
		dst = w.appendTrailers(dst)
		dst = append(dst, "\r\n"...)
	}
	return dst
}

func appendHex(dst []byte, n int) []byte {
	const digits = "0123456789abcdef"
	shift := 0
	for n>>shift > 15 {
		shift += 4
	}
	for ; shift >= 0; shift -= 4 {
		dst = append(dst, digits[n>>shift&15])
	}
	return dst
}
