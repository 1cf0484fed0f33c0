package http1

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// exchange is a request and the answer to it, with all that is allocated for them. A handler may
// hold on to parts of it, so it is used once, unless [Server.ReuseRequests] says otherwise.
type exchange struct {
	ctx    requestContext
	url    url.URL
	body   body
	res    response
	req    *http.Request
	fresh  *http.Request // what req was before it was filled in; only when exchanges are reused
	header http.Header
	values []string
	few    [8]string // what values begins as
}

// blank is copied to make requests.
var blank http.Request

// newExchange makes a request of the text of a head, which has so many fields, or refuses it.
func (c *conn) newExchange(text string, fields int) (*exchange, *Error) {
	x := c.spareExchange()
	if x == nil {
		x = &exchange{header: make(http.Header, fields)}
		if x.values = x.few[:0]; fields > len(x.few) {
			x.values = make([]string, 0, fields)
		}
	}
	var h head
	if err := h.parse(text, c.lim, &x.url, x.header, x.values[:0]); err != nil {
		return nil, err
	}
	x.ctx.parent, x.ctx.local, x.ctx.server = c.base, c.local, c.srv.std
	x.ctx.started.Store(c.srv.now.Load())
	x.makeRequest(c, &h)
	x.body.start(c, &x.res, &h)
	x.res.start(c, x, &h)
	return x, nil
}

// spareExchange returns an exchange that has been used, where the server allows that.
func (c *conn) spareExchange() *exchange {
	if !c.srv.ReuseRequests {
		return nil
	}
	x, _ := c.srv.exchanges.Get().(*exchange)
	return x
}

// makeRequest fills the request in.
func (x *exchange) makeRequest(c *conn, h *head) {
	req := x.req
	if req == nil {
		req = blank.WithContext(&x.ctx)
		x.req = req
		if c.srv.ReuseRequests {
			x.fresh = blank.WithContext(&x.ctx)
		}
	}
	req.Method, req.RequestURI = h.method, h.target
	req.Proto, req.ProtoMajor, req.ProtoMinor = "HTTP/1.1", 1, 1
	if h.minor == 0 {
		req.Proto, req.ProtoMinor = "HTTP/1.0", 0
	}
	req.URL, req.Header = &x.url, x.header
	if req.Host = x.url.Host; req.Host == "" { // RFC 9112, 3.2.2
		req.Host = h.host
	}
	req.ContentLength, req.Close = h.length, h.close
	if h.chunked {
		req.TransferEncoding = []string{"chunked"}
	}
	if req.Body = http.NoBody; h.length != 0 {
		req.Body = &x.body
	}
	req.RemoteAddr, req.TLS = c.remote, c.tls
}

// exchange runs the handler and sends the rest of the answer. It reports whether the connection
// can be used for another request.
func (c *conn) exchange(x *exchange) bool {
	c.current.Store(&x.ctx)
	if c.baseEnds && c.base.Err() != nil {
		x.ctx.end(c.base.Err())
	}
	returned := c.call(x)
	ours := c.current.CompareAndSwap(&x.ctx, nil)
	x.ctx.end(context.Canceled)
	if c.hijacked {
		return false
	}
	if !returned {
		c.abort(x)
		return false
	}
	c.interruptReader(x)
	x.res.finish()
	if x.req.MultipartForm != nil {
		x.req.MultipartForm.RemoveAll()
	}
	c.resetDeadlines()
	if c.writeError() != nil {
		return false
	}
	if !x.body.finish(!x.res.close) {
		c.linger()
		return false
	}
	if x.res.close {
		if !c.in.empty() {
			c.linger()
		}
		return false
	}
	if ours && c.srv.ReuseRequests {
		c.recycle(x)
	}
	return true
}

// call calls the handler. It reports whether the handler returned, rather than panicked.
func (c *conn) call(x *exchange) (returned bool) {
	defer func() {
		if returned {
			return
		}
		v := recover()
		if err, ok := v.(error); v != nil && !(ok && errors.Is(err, http.ErrAbortHandler)) {
			c.srv.logPanic(c, v)
		}
	}()
	c.srv.handler(x.req).ServeHTTP(&x.res, x.req)
	return true
}

// abort gives an answer up. Where only the end of the connection would tell the client that the
// answer is complete, it is reset instead, and TLS does not get to say that it ends.
func (c *conn) abort(x *exchange) {
	if x.res.framing == framingClose {
		c.reset()
	}
	x.res.drop()
}

// reset closes the connection so that the client sees that it broke, and the system throws away what
// the client has not taken yet.
func (c *conn) reset() {
	nc, _ := transport(c.nc)
	if tcp, ok := nc.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	nc.Close()
}

// transport returns the connection that TLS runs over, or nc itself, which then is plain.
func transport(nc net.Conn) (below net.Conn, plain bool) {
	if over, ok := nc.(interface{ NetConn() net.Conn }); ok {
		return over.NetConn(), false
	}
	return nc, true
}

// resetDeadlines undoes what the handler has set.
func (c *conn) resetDeadlines() {
	if c.deadlines.Load() {
		c.deadlines.Store(false)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.nc.SetDeadline(time.Time{})
	}
}

// recycle keeps an exchange for another request, if nobody can still be waiting for its context to
// end.
func (c *conn) recycle(x *exchange) {
	if !x.ctx.reset() {
		return
	}
	x.url = url.URL{}
	clear(x.header)
	clear(x.res.header)
	clear(x.values[:cap(x.values)])
	*x.req = *x.fresh
	x.body, x.res = body{}, response{header: x.res.header}
	c.srv.exchanges.Put(x)
}
