package server

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"sync"
	"unsafe"
)

// pageWriter compresses what a page writes, if the client wants that and it is worth it. What is
// flushed reaches the client. It is the [recorder] with another way for the body.
type pageWriter struct {
	*recorder
	s *Server
	r *http.Request

	state   pageState
	status  int
	coding  coding
	encoder pageEncoder
	length  int64 // of the body, as the page said; -1: it did not
	written int64 // by the page
	begun   []byte
}

type pageState uint8

const (
	headless  pageState = iota // the page has not sent its head
	undecided                  // the head waits until it is known how large the body is
	plainBody
	encodedBody
	noBody // 304 in place of what the page writes
)

var pageWriters = sync.Pool{New: func() any { return new(pageWriter) }}

// servePage has pages answer r.
func (s *Server) servePage(w *recorder, r *http.Request, pages Pages) error {
	if s.config.NoCompress {
		return pages.ServePage(w, r)
	}
	p := pageWriters.Get().(*pageWriter)
	*p = pageWriter{recorder: w, s: s, r: r, begun: p.begun[:0]}
	well := false
	defer func() { p.free(well) }()
	err := pages.ServePage(p, r)
	if err == nil {
		err = p.finish()
	}
	well = err == nil
	return err
}

// free gives what p is made of to later requests, if the page ended well: otherwise somebody may
// have been left with a reference to it.
func (p *pageWriter) free(well bool) {
	if p.encoder != nil {
		p.s.releaseEncoder(p.coding, p.encoder, well)
	}
	if !well || p.hijacked {
		return
	}
	*p = pageWriter{begun: p.begun[:0]}
	pageWriters.Put(p)
}

// WriteStatus is WriteHeader with a reason phrase.
func (p *pageWriter) WriteStatus(status int, reason string) {
	p.reason, p.reasonFor = reason, status
	p.WriteHeader(status)
}

// WriteHeader implements [http.ResponseWriter].
func (p *pageWriter) WriteHeader(status int) {
	if p.state != headless || p.hijacked || status < 200 && status != http.StatusSwitchingProtocols {
		if p.state != undecided || status < 200 { // there is a status, though it was not sent yet
			p.recorder.WriteHeader(status)
		}
		return
	}
	h := p.Header()
	p.status, p.length = status, declaredLength(h)
	if p.length >= 0 && p.length < minEncoded || !mayEncode(status, h) || p.ruledNoTransform(status, h) {
		p.sendHead(plainBody)
		return
	}
	if !varies(h) {
		h["Vary"] = withEncoding(h["Vary"])
	}
	if lines := p.r.Header["Accept-Encoding"]; lines != nil {
		accept := parseAccept(lines)
		p.coding, _ = accept.best(pageCodings[:], func(coding) bool { return true })
	}
	if p.coding == identity {
		p.sendHead(plainBody)
		return
	}
	p.state = undecided
	p.recorder.status = status // what is sent later counts as written now
	if p.head && p.length >= 0 {
		p.encode()
	}
}

// sendHead sends the head as it is now.
func (p *pageWriter) sendHead(next pageState) {
	p.state = next
	p.recorder.status = 0
	p.recorder.WriteHeader(p.status)
}

// encode decides for the coding, and sends the head.
func (p *pageWriter) encode() {
	if p.encoder = p.s.takeEncoder(p.coding, p.recorder); p.encoder == nil {
		p.sendHead(plainBody)
		return
	}
	p.describe()
	if p.state != noBody {
		p.sendHead(encodedBody)
	}
}

// Write implements [io.Writer].
func (p *pageWriter) Write(b []byte) (int, error) {
	if p.state == headless {
		p.WriteHeader(http.StatusOK)
	}
	if p.state == plainBody || p.hijacked {
		return p.recorder.Write(b)
	}
	if p.length >= 0 && p.written+int64(len(b)) > p.length {
		return 0, http.ErrContentLength
	}
	first := p.written == 0
	p.written += int64(len(b))
	if p.state == undecided {
		switch {
		case first && p.written == p.length:
			return len(b), p.sendWhole(b)
		case p.length < 0 && len(p.begun)+len(b) < minEncoded:
			p.begun = append(p.begun, b...)
			return len(b), nil
		}
		if err := p.decide(); err != nil {
			return 0, err
		}
	}
	switch p.state {
	case plainBody:
		return p.recorder.Write(b)
	case encodedBody:
		if err := p.writeEncoded(b); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// decide ends the state undecided.
func (p *pageWriter) decide() error {
	p.encode()
	var err error
	if len(p.begun) > 0 {
		switch p.state {
		case plainBody:
			_, err = p.recorder.Write(p.begun)
		case encodedBody:
			err = p.writeEncoded(p.begun)
		}
	}
	return err
}

// writeEncoded compresses b. The last byte that the page has announced ends the body.
func (p *pageWriter) writeEncoded(b []byte) error {
	if p.head {
		return nil
	}
	_, err := p.encoder.Write(b)
	if err == nil && p.written == p.length {
		err = p.encoder.Close()
	}
	return err
}

// maxWholeBody is the capacity of a buffer that is worth keeping.
const maxWholeBody = 256 << 10

var wholeBodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// sendWhole sends a body that has come at once, with its length.
func (p *pageWriter) sendWhole(b []byte) error {
	out := wholeBodies.Get().(*bytes.Buffer)
	defer func() {
		if out.Cap() <= maxWholeBody {
			wholeBodies.Put(out)
		}
	}()
	out.Reset()
	if p.encoder = p.s.takeEncoder(p.coding, out); p.encoder == nil {
		p.sendHead(plainBody)
		_, err := p.recorder.Write(b)
		return err
	}
	if p.describe(); p.state == noBody {
		return nil
	}
	if _, err := p.encoder.Write(b); err != nil {
		return err
	}
	if err := p.encoder.Close(); err != nil {
		return err
	}
	p.Header()["Content-Length"] = []string{strconv.Itoa(out.Len())}
	p.sendHead(encodedBody)
	_, err := p.recorder.Write(out.Bytes())
	return err
}

// WriteString implements [io.StringWriter].
func (p *pageWriter) WriteString(text string) (int, error) {
	if p.state == headless {
		p.WriteHeader(http.StatusOK)
	}
	if p.state == plainBody || p.hijacked {
		return p.recorder.WriteString(text)
	}
	return p.Write(unsafe.Slice(unsafe.StringData(text), len(text))) // a Write changes nothing
}

// ReadFrom implements [io.ReaderFrom].
func (p *pageWriter) ReadFrom(src io.Reader) (int64, error) {
	if p.state == headless {
		p.WriteHeader(http.StatusOK)
	}
	if p.state == plainBody || p.hijacked {
		return p.recorder.ReadFrom(src)
	}
	return io.Copy(struct{ io.Writer }{p}, src)
}

// Flush is FlushError for those who look for an [http.Flusher].
func (p *pageWriter) Flush() { _ = p.FlushError() }

// FlushError sends what is buffered, the head included.
func (p *pageWriter) FlushError() error {
	if p.state == headless && !p.hijacked {
		p.WriteHeader(http.StatusOK)
	}
	if p.state == undecided {
		if err := p.decide(); err != nil {
			return err
		}
	}
	if p.state == encodedBody && p.length != p.written && !p.head {
		if err := p.encoder.Flush(); err != nil {
			return err
		}
	}
	return p.recorder.FlushError()
}

// finish ends the body of a page that ended well.
func (p *pageWriter) finish() error {
	if p.hijacked || p.state == headless || p.state == plainBody || p.state == noBody {
		return nil
	}
	if p.length >= 0 && p.written < p.length && !p.head {
		return http.ErrAbortHandler // as net/http: the client must not take this for all
	}
	if p.state == undecided {
		p.sendHead(plainBody)
		_, err := p.recorder.Write(p.begun)
		return err
	}
	if p.head || p.written == p.length {
		return nil
	}
	return p.encoder.Close()
}
