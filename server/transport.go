package server

import (
	"context"
	"net"
	"net/http"

	"wizgy/server/http1"
)

// transport carries HTTP on a listener's connections.
type transport interface {
	Serve(net.Listener) error
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
		}
	}
	return &http1.Server{
		Handler:                      s,
		DisableGeneralOptionsHandler: true,
		HeaderTimeout:                s.config.ReadHeaderTimeout,
		IdleTimeout:                  s.config.IdleTimeout,
		WriteTimeout:                 s.config.WriteTimeout,
		IdleGrace:                    min(idleGrace, max(s.config.ShutdownTimeout, 0)),
		MaxHeaderBytes:               s.config.MaxHeaderBytes,
		ConnState:                    note,
		Logger:                       s.log,
		BaseContext:                  base,
		// Nothing of a request is kept here once it is answered, nor by the engine.
		ReuseRequests: true,
	}
}
