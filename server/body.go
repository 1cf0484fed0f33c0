package server

import (
	"io"
	"net/http"
	"strings"
)

// limitBody returns r with a body of which reading more than limit bytes fails. Where the length is
// known nothing needs to be counted: nobody gives a handler more bytes than Content-Length says.
func limitBody(rw http.ResponseWriter, r *http.Request, limit int64) *http.Request {
	switch {
	case limit < 0 || r.Body == nil || r.Body == http.NoBody:
		return r
	case r.ContentLength > limit:
		return withBody(r, tooLarge{r.Body, limit})
	case r.ContentLength >= 0:
		return r
	}
	body := http.MaxBytesReader(rw, r.Body, limit)
	if r.ProtoMajor == 1 {
		body = endless{body, rw}
	}
	return withBody(r, body)
}

// withBody returns a copy of r with another body. net/http looks at the body of the request that it
// has made to find out whether the client may still be sending: then it waits for a moment before
// it closes the connection, lest the answer is lost to a reset.
func withBody(r *http.Request, body io.ReadCloser) *http.Request {
	next := *r
	next.Body = body
	return &next
}

// linger makes net/http wait in that way also where it does not see by itself that there is more to
// come: when reading has failed. It learns from a MaxBytesReader that a body has no end.
func linger(rw http.ResponseWriter) {
	_, _ = io.Copy(io.Discard, http.MaxBytesReader(rw, io.NopCloser(strings.NewReader("x")), 0))
}

// endless is a body of unknown length. Where it is too large, the rest may be, too, so the answer
// says that the connection ends. net/http's own connections learn that from its MaxBytesReader.
type endless struct {
	io.ReadCloser
	rw http.ResponseWriter
}

func (b endless) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if _, ok := err.(*http.MaxBytesError); ok {
		b.rw.Header().Set("Connection", "close")
	}
	return n, err
}

// tooLarge fails at the first read, so that a client that waits with "Expect: 100-continue" need
// not send what nobody takes.
type tooLarge struct {
	io.Closer
	limit int64
}

func (b tooLarge) Read([]byte) (int, error) { return 0, &http.MaxBytesError{Limit: b.limit} }
