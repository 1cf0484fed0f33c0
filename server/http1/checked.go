package http1

import (
	"net/http"
	"strconv"

	"wizgy/server/strict"
)

// serveChecked serves a request of HTTP/2 as if HTTP/1.1 had brought it. That the connection is TLS does
// not depend on what the client says is the :scheme.
func (c *conn) serveChecked(w http.ResponseWriter, r *http.Request) {
	r.TLS = c.tls
	err := strict.Request(r, strict.Limits{URI: c.lim.uri, Bytes: c.lim.headerBytes, Fields: c.lim.headerFields})
	if err == nil {
		c.srv.handler(r).ServeHTTP(w, r)
		return
	}
	c.srv.logger().Debug("http1: request refused", "remote", r.RemoteAddr, "status", err.Status, "reason", err.Reason)
	clear(r.Header) // it may be large, and the client slow to take the answer
	body := refusalText(err)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(err.Status)
	_, _ = w.Write([]byte(body))
}

// checkedKey is the key of a value that the contexts of all requests of a Server have.
type checkedKey struct{}

// Checked reports whether a Server of this package has brought a request, so that [strict.Request]
// has nothing more to say about it.
func Checked(r *http.Request) bool {
	checked, _ := r.Context().Value(checkedKey{}).(bool)
	return checked
}
