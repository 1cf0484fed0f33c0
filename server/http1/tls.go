package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
)

// ServeTLS serves the connections of l over TLS. Clients choose between HTTP/2, which a library
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
		if err != nil {
			c.failHandshake(err)
			return
		}
		if h2 {
			c.serveHTTP2(tc)
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

// failHandshake ends a connection that does not get as far as HTTP.
func (c *conn) failHandshake(err error) {
	defer c.srv.remove(c)
	var record tls.RecordHeaderError
	if errors.As(err, &record) && record.Conn != nil && looksLikeHTTP(record.RecordHeader) {
		record.Conn.Write(appendRefusal(nil, errPlain, c.srv.date(), string(record.RecordHeader[:]) == headMethod))
	}
	c.srv.logger().Debug("http1: TLS handshake failed", "remote", c.remote, "error", err)
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
