package server

import (
	"io"
	"net/http"
)

// limitBody makes reading more than limit bytes of r's body fail. Where the length is known
// nothing needs to be counted: nobody gives a handler more bytes than Content-Length says.
func limitBody(rw http.ResponseWriter, r *http.Request, limit int64) {
	switch {
	case limit < 0 || r.Body == nil || r.Body == http.NoBody:
	case r.ContentLength > limit:
		r.Body = tooLarge{r.Body, limit}
	case r.ContentLength < 0:
		r.Body = http.MaxBytesReader(rw, r.Body, limit)
		if r.ProtoMajor == 1 {
			r.Body = endless{r.Body, rw}
		}
	}
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
