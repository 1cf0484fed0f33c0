package http1

import (
	"io"
	"net/http"
	"os"
	"sync"
)

// copySize is the size of the buffer through which a reader is copied.
const copySize = 32 << 10

var copies = sync.Pool{New: func() any { return new([copySize]byte) }}

// ReadFrom sends src until its end. A file goes from the kernel's cache to the connection without
// passing through the program, when the connection is plain TCP, or passes ReadFrom on to one, and
// the length of the answer is known.
func (w *response) ReadFrom(src io.Reader) (n int64, err error) {
	tcp, ok := w.conn.nc.(io.ReaderFrom)
	if !ok || !isFile(src) {
		return w.copyFrom(src)
	}
	if w.status == 0 { // a file that is empty, or cannot be read, leaves the choice of the status
		n, err = w.copyFrom(io.LimitReader(src, sniffed))
		if err != nil || n < sniffed {
			return n, err
		}
	}
	m, err := w.fromFile(tcp, src)
	return n + m, err
}

// fromFile is ReadFrom for a file, once there is a status.
func (w *response) fromFile(tcp io.ReaderFrom, src io.Reader) (n int64, err error) {
	if err := w.prepare(0); err != nil {
		return 0, err
	}
	if w.length < 0 || w.isHead || !bodyAllowed(w.status) {
		return w.copyFrom(src)
	}
	if w.framing == framingUnknown && !w.fields.typed {
		n, err = w.copyFrom(io.LimitReader(src, sniffed-min(sniffed, w.written)))
		if err != nil || w.written < sniffed {
			return n, err
		}
	}
	m, err := w.sendFile(tcp, src)
	return n + m, err
}

// sniffed is how much of a body tells its type.
const sniffed = 512

// sendFile sends what is kept back, and then as much of src as the answer may still have.
func (w *response) sendFile(tcp io.ReaderFrom, src io.Reader) (n int64, err error) {
	if err := w.sendMore(); err != nil {
		return 0, err
	}
	limited := &io.LimitedReader{R: src, N: w.length - w.written}
	inner, nested := src.(*io.LimitedReader)
	if nested { // the runtime looks into one limit only
		limited = &io.LimitedReader{R: inner.R, N: min(inner.N, limited.N)}
	}
	c := w.conn
	c.writing.enter(phaseWrite, c.srv.now.Load())
	n, err = tcp.ReadFrom(limited)
	c.endWrite(err)
	w.written += n
	if nested {
		inner.N -= n
	}
	if err == nil && w.written == w.length && hasMore(src) {
		err = http.ErrContentLength
	}
	return n, err
}

// sendMore sends what is kept back, ahead of a file: the kernel may put both into one packet.
func (w *response) sendMore() error {
	if w.framing == framingUnknown || len(w.out.body) > 0 {
		w.more = true
		defer func() { w.more = false }()
		return w.send(nil, false)
	}
	return w.conn.writeError()
}

// hasMore reports whether a reader that has been read up to the length of the answer goes on.
func hasMore(src io.Reader) bool {
	n, _ := src.Read(make([]byte, 1))
	return n > 0
}

// isFile reports whether src is a file or a part of one.
func isFile(src io.Reader) bool {
	if limited, ok := src.(*io.LimitedReader); ok {
		src = limited.R
	}
	_, ok := src.(*os.File)
	return ok
}

// copyFrom sends src through a buffer.
func (w *response) copyFrom(src io.Reader) (n int64, err error) {
	buf := copies.Get().(*[copySize]byte)
	defer copies.Put(buf)
	return io.CopyBuffer(onlyWriter{w}, onlyReader{src}, buf[:])
}

// onlyWriter and onlyReader hide the methods that io.Copy would use in place of a buffer.
type (
	onlyWriter struct{ io.Writer }
	onlyReader struct{ io.Reader }
)
