package http1

import (
	"context"
	"crypto/tls"
	"log/slog"
	"math"
	"net"
	"net/http"
	"time"

	"wizgy/server/frames"

	"golang.org/x/net/http2"
)

//lint:file-ignore SA1019 net/http's own HTTP/2, which is to take its place, takes no connection that is looked into.

// http2Server is the library's.
type http2Server = http2.Server

// http2Conn is the connection that the HTTP/2 library serves. It cuts floods of frames, and lets the
// sweeper cut heads that do not come to their end.
type http2Conn struct {
	*tls.Conn
	conn       *conn
	watch      *frames.Watch
	unfinished bool // as the sweeper knows it
}

// Read reads for the library, whose error for a flood sends a GOAWAY: RFC 9113, 10.5.
func (h *http2Conn) Read(p []byte) (int, error) {
	if unfinished := h.watch.Unfinished(); unfinished != h.unfinished {
		h.unfinished = unfinished
		if unfinished {
			h.conn.reading.enter(phaseHead, h.conn.srv.now.Load())
		} else {
			h.conn.endWait()
		}
	}
	n, err := h.Conn.Read(p)
	if !h.watch.Received(p[:n]) {
		h.conn.srv.logger().Debug("http1: HTTP/2 connection cut: too many frames that bring nothing", "remote", h.conn.remote)
		return 0, http2.ConnectionError(http2.ErrCodeEnhanceYourCalm)
	}
	return n, err
}

// Write writes for the library.
func (h *http2Conn) Write(p []byte) (int, error) {
	h.watch.Sent(p)
	return h.Conn.Write(p)
}

// serveHTTP2 serves a connection whose client has chosen HTTP/2, until it ends.
func (c *conn) serveHTTP2(tc *tls.Conn) {
	c.srv.http2.ServeConn(&http2Conn{Conn: tc, conn: c, watch: frames.New()}, &http2.ServeConnOpts{
		Context:    context.WithValue(c.base, checkedKey{}, true),
		BaseConfig: c.srv.std,
		Handler:    http.HandlerFunc(c.serveChecked),
	})
	c.srv.connState(c, http.StateClosed)
	c.srv.remove(c)
}

// newHTTP2 makes the library's server, and the http.Server that it takes some of its configuration
// from. That has no connections; its Shutdown tells those of HTTP/2.
func (s *Server) newHTTP2() (*http.Server, *http2Server) {
	std := &http.Server{
		Handler:        s.Handler,
		MaxHeaderBytes: s.lim.http2HeaderBytes(),
		ErrorLog:       slog.NewLogLogger(s.logger().Handler(), slog.LevelWarn),
	}
	if s.ConnState != nil {
		std.ConnState = func(nc net.Conn, state http.ConnState) { s.ConnState(nc.(*http2Conn).Conn, state) }
	}
	h2 := &http2Server{IdleTimeout: duration(s.lim.idle), WriteByteTimeout: duration(s.lim.write)}
	if err := http2.ConfigureServer(std, h2); err != nil {
		panic(err) // a mistake in the lines above
	}
	return std, h2
}

// http2HeaderBytes is above the server's own limit, which strict.Request looks at: a field that is
// longer than what the library decodes costs the connection and not the request only.
func (l *limits) http2HeaderBytes() int {
	const enough = 256 << 10
	return min(max(enough, 2*l.headerBytes), math.MaxInt32)
}

// duration is how libraries have a limit: zero is none.
func duration(millis int64) time.Duration {
	if millis == never {
		return 0
	}
	return time.Duration(millis) * time.Millisecond
}
