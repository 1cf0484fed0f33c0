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
	}
}

// tooLarge fails at the first read, so that a client that waits with "Expect: 100-continue" need
// not send what nobody takes.
type tooLarge struct {
	io.Closer
	limit int64
}

func (b tooLarge) Read([]byte) (int, error) { return 0, &http.MaxBytesError{Limit: b.limit} }
