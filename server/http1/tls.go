package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// ServeTLS serves the connections of l over TLS. Clients choose between HTTP/2, which net/http
// serves, and HTTP/1.1 or 1.0. The files hold a certificate and its key; they are not needed if the
// TLSConfig has a certificate. It returns as Serve does.
func (s *Server) ServeTLS(l net.Listener, certFile, keyFile string) error {
	config := &tls.Config{}
	if s.TLSConfig != nil {
		config = s.TLSConfig.Clone()
	}
	if config.NextProtos == nil {
		config.NextProtos = []string{"h2", "http/1.1", "http/1.0"}
	}
	has := len(config.Certificates) > 0 || config.GetCertificate != nil || config.GetConfigForClient != nil
	if !has || certFile != "" || keyFile != "" {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			l.Close()
			return fmt.Errorf("load the certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return s.Serve(tls.NewListener(l, config))
}

// run serves a connection, after the handshake if it is TLS. A panic, which is a hook's, as those
// of handlers do not get here, ends the connection only.
func (c *conn) run() {
	defer func() {
		if v := recover(); v != nil {
			c.srv.logPanic(c, v)
			c.nc.Close()
			c.srv.remove(c)
		}
	}()
	if tc, ok := c.nc.(*tls.Conn); ok {
		h2, err := c.handshake(tc)
		if err != nil || h2 {
			c.leave(tc, err)
			return
		}
	} else if st, ok := c.nc.(interface{ ConnectionState() tls.ConnectionState }); ok {
		state := st.ConnectionState()
		c.tls = &state
	}
	if c.base.Done() != nil {
		c.baseEnds = true
		defer context.AfterFunc(c.base, c.gone)()
	}
	c.serve()
}

// handshake reports whether the client has chosen HTTP/2. It is part of the first phase of the
// connection, and has its limit.
func (c *conn) handshake(tc *tls.Conn) (h2 bool, err error) {
	if err := tc.HandshakeContext(c.base); err != nil {
		return false, err
	}
	c.endWait()
	state := tc.ConnectionState()
	c.tls = &state
	return state.NegotiatedProtocol == "h2", nil
}

// leave ends the part of this server in a connection that will not speak HTTP/1.1.
func (c *conn) leave(tc *tls.Conn, err error) {
	defer c.srv.remove(c)
	if err == nil && c.srv.handOff(tc, c.base) {
		return
	}
	var record tls.RecordHeaderError
	if errors.As(err, &record) && record.Conn != nil && looksLikeHTTP(record.RecordHeader) {
		io.WriteString(record.Conn, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"+
			"400 Bad Request: this port speaks HTTPS, the request was HTTP\n")
	}
	if err != nil {
		c.srv.logger().Debug("http1: TLS handshake failed", "remote", c.remote, "error", err)
	}
	c.nc.Close()
	c.srv.connState(c, http.StateClosed)
}

// looksLikeHTTP reports whether a client has begun a plain request instead of a handshake.
func looksLikeHTTP(header [5]byte) bool {
	switch string(header[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO", "DELET", "PATCH":
		return true
	}
	return false
}

// newStd makes the server of net/http that serves HTTP/2. It is given connections after their
// handshake, and so has no need of the TLSConfig, which it would change.
func (s *Server) newStd() *http.Server {
	std := &http.Server{
		Handler:                      s.Handler,
		DisableGeneralOptionsHandler: s.DisableGeneralOptionsHandler,
		ReadHeaderTimeout:            duration(s.lim.header),
		IdleTimeout:                  duration(s.lim.idle),
		MaxHeaderBytes:               s.lim.headerBytes,
		HTTP2:                        &http.HTTP2Config{WriteByteTimeout: duration(s.lim.write)},
		ConnContext:                  s.handedContext,
		ErrorLog:                     slog.NewLogLogger(s.logger().Handler(), slog.LevelWarn),
		Protocols:                    new(http.Protocols),
	}
	std.Protocols.SetHTTP2(true)
	if s.ConnState != nil {
		std.ConnState = func(nc net.Conn, state http.ConnState) {
			if state != http.StateNew { // that was said before the handshake
				s.ConnState(nc, state)
			}
		}
	}
	return std
}

// handedContext returns the context that a connection had before it was handed over.
func (s *Server) handedContext(ctx context.Context, nc net.Conn) context.Context {
	if base, ok := s.handed.LoadAndDelete(nc); ok {
		return context.WithValue(base.(context.Context), http.ServerContextKey, s.std)
	}
	return ctx
}

// duration is how net/http has a limit: zero is none.
func duration(millis int64) time.Duration {
	if millis == never {
		return 0
	}
	return time.Duration(millis) * time.Millisecond
}

// handOff gives a connection to the server of HTTP/2. It reports whether that runs.
func (s *Server) handOff(tc *tls.Conn, base context.Context) bool {
	s.mu.Lock()
	if s.handoff == nil && !s.closing.Load() {
		s.handoff = &handoff{conns: make(chan net.Conn), closed: make(chan struct{}), addr: tc.LocalAddr()}
		go s.std.Serve(s.handoff)
	}
	h := s.handoff
	s.mu.Unlock()
	if h == nil {
		return false
	}
	s.handed.Store(tc, base)
	select {
	case h.conns <- tc:
		return true
	case <-h.closed:
		s.handed.Delete(tc)
		return false
	}
}

// handoff is a listener whose connections were accepted by another.
type handoff struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	addr   net.Addr
}

func (h *handoff) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handoff) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func (h *handoff) Addr() net.Addr { return h.addr }
