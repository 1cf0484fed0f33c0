package server

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"

	"wizgy/server/http1"
)

// transport carries HTTP on a listener's connections.
type transport interface {
	Serve(net.Listener) error
	ServeTLS(ln net.Listener, certFile, keyFile string) error
	Shutdown(context.Context) error
	Close() error
}

var (
	_ transport = (*http1.Server)(nil)
	_ transport = (*http.Server)(nil)
)

// transport returns what Config.StdHTTP asks for. The contexts of requests derive from requests.
func (s *Server) transport(requests context.Context, note func(net.Conn, http.ConnState)) transport {
	base := func(net.Listener) context.Context { return requests }
	var tlsConfig *tls.Config
	if s.tls != nil {
		tlsConfig = s.tls.config()
	}
	if s.config.StdHTTP {
		return &http.Server{
			Handler:                      s,
			DisableGeneralOptionsHandler: true, // "OPTIONS *" is logged like any other
			ReadHeaderTimeout:            s.config.ReadHeaderTimeout,
			IdleTimeout:                  s.config.IdleTimeout,
			MaxHeaderBytes:               s.config.MaxHeaderBytes,
			ConnState:                    note,
			ErrorLog:                     newErrorLog(s.log.Handler()),
			BaseContext:                  base,
			TLSConfig:                    tlsConfig,
			HTTP2:                        &http.HTTP2Config{WriteByteTimeout: max(0, s.config.WriteTimeout)},
		}
	}
	return &http1.Server{
		Handler:                      s,
		DisableGeneralOptionsHandler: true,
		HeaderTimeout:                s.config.ReadHeaderTimeout,
		IdleTimeout:                  s.config.IdleTimeout,
		WriteTimeout:                 s.config.WriteTimeout,
		IdleGrace:                    min(idleGrace, max(s.config.ShutdownTimeout, 0)),
		BodyTimeout:                  s.config.BodyTimeout,
		BodyRate:                     s.config.BodyRate,
		MaxHeaderBytes:               s.config.MaxHeaderBytes,
		MaxHeaderFields:              s.config.MaxHeaderFields,
		MaxURI:                       s.config.MaxURI,
		DrainLimit:                   s.config.DrainLimit,
		DrainTimeout:                 s.config.DrainTimeout,
		ConnState:                    note,
		Logger:                       s.log,
		BaseContext:                  base,
		TLSConfig:                    tlsConfig,
		// Nothing of a request is kept here once it is answered, nor by the engine.
		ReuseRequests: true,
	}
}
