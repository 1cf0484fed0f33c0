package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Server serves HTTP/1.1 on the connections of a listener. Its zero value works; the fields are
// not changed once it serves. In times and sizes, zero is the default, and a negative value means
// that there is no limit.
type Server struct {
	// Handler answers the requests; nil is http.DefaultServeMux.
	Handler http.Handler

	// Logger takes panics of handlers and mistakes in answers; nil is slog.Default().
	Logger *slog.Logger

	// TLSConfig is for ServeTLS.
	TLSConfig *tls.Config

	// BaseContext returns the context that those of a listener's requests derive from; nil is
	// context.Background.
	BaseContext func(net.Listener) context.Context

	// ConnContext changes the context of a connection.
	ConnContext func(ctx context.Context, c net.Conn) context.Context

	// ConnState is told when a connection changes its state.
	ConnState func(net.Conn, http.ConnState)

	// HeaderTimeout is how long a request head may take, from its first octet to its last, and a
	// new connection to send something; DefaultHeaderTimeout is 20 seconds. Apache begins with
	// the same; nginx and Caddy wait for a minute, gunicorn does not limit it. A head of 32 KiB
	// takes 13 seconds on the slowest mobile line, so more time would serve only those who hold
	// connections on purpose. The TLS handshake has the same limit.
	HeaderTimeout time.Duration

	// IdleTimeout is how long a connection may wait for another request; DefaultIdleTimeout is
	// 75 seconds, as in nginx. It is longer than the 60 seconds for which load balancers keep a
	// connection, so that they do not send requests into one that is being closed; gunicorn's
	// 2 seconds do not suit connections that cost so little, and Caddy's 5 minutes only add to
	// the descriptors.
	IdleTimeout time.Duration

	// BodyTimeout is how long the client may send nothing of a body that the handler waits for;
	// DefaultBodyTimeout is 30 seconds, half of nginx's, and what gunicorn gives to all of a
	// request. Caddy has no limit. See BodyRate for those that send very little.
	BodyTimeout time.Duration

	// BodyRate is how many octets a second a client must send on average while the handler waits
	// for its body; DefaultBodyRate is 500, as in Apache. Waiting uses the BodyTimeout up, and
	// what comes refills it, so a body of any size may come at this rate, and a trickle ends when
	// the time is used up. nginx, gunicorn and Caddy do not look at the rate.
	BodyRate int

	// WriteTimeout is how long the client may take nothing of an answer; DefaultWriteTimeout is
	// 60 seconds, as in nginx. For TCP, what counts is whether the client acknowledges anything,
	// so that the slowest of moving clients is served to the end, whatever the length. gunicorn
	// ends the whole request after 30 seconds, Caddy never does.
	WriteTimeout time.Duration

	// DrainTimeout is how long an answered connection may take for the rest of its request body,
	// and to close when the server has said that it does; DefaultDrainTimeout is 5 seconds, as
	// nginx's lingering_timeout.
	DrainTimeout time.Duration

	// IdleGrace is how long Shutdown leaves a connection open on which no request is under way.
	// A request that comes meanwhile is answered, and the answer says that the connection closes:
	// so a client that is just sending one does not lose it. 0, and less, leaves no time.
	IdleGrace time.Duration

	// MaxHeaderBytes is the limit of all header fields; DefaultMaxHeaderBytes is 32 KiB, which
	// is what nginx's four large buffers hold. gunicorn allows 8 KiB a field, Caddy and net/http
	// 1 MB for all. More is answered with 431.
	MaxHeaderBytes int

	// MaxHeaderFields is the limit of header lines; DefaultMaxHeaderFields is 100, as in gunicorn
	// and Apache; nginx and Caddy have none. More is answered with 431.
	MaxHeaderFields int

	// MaxURI is the limit of the request target in octets; DefaultMaxURI is 8 KiB: one buffer of
	// nginx, the request line of Apache, twice that of gunicorn; RFC 9112, 3, asks for 8000.
	// More is answered with 414.
	MaxURI int

	// DrainLimit is how much of a body that the handler did not read is read in order to keep
	// the connection; DefaultDrainLimit is 256 KiB, as in net/http. With more left the connection
	// ends after the answer. Negative: nothing is read.
	DrainLimit int64

	// ReuseRequests lets the server use a request, with its header, URL, body and context, and
	// the http.ResponseWriter with its header, for the next request of the connection. It saves
	// most allocations of a request. Set it only when the handler, and whatever it starts, does
	// not use any of these after ServeHTTP has returned; the strings in them may be kept, and so
	// may a context that was derived from the request's, for a request whose context was asked
	// for its channel is not used again.
	ReuseRequests bool

	// DisableGeneralOptionsHandler passes "OPTIONS *" to the handler; otherwise it is answered
	// with 200.
	DisableGeneralOptionsHandler bool

	once  sync.Once
	lim   limits
	epoch time.Time

	now     atomic.Int64 // milliseconds since the epoch, as of the last tick
	clock   atomic.Pointer[clock]
	closing atomic.Bool  // no new connections, and none is kept
	closed  atomic.Bool  // nor are those served that were accepted just before
	idleEnd atomic.Int64 // by the server's clock: when idle connections end, once it is closing
	std     *http.Server // for what of it HTTP/2 and handlers want to know
	http2   *http2Server

	exchanges sync.Pool // for ReuseRequests

	// polled and lasting are the sweeper's.
	polled  []pollFd
	lasting []*conn

	mu        sync.Mutex
	listeners map[*net.Listener]struct{}
	conns     map[*conn]struct{}
	ended     []chan struct{} // closed when the last connection has ended
	stopSweep chan struct{}
	sweepDone chan struct{}
}

func (s *Server) init() {
	s.once.Do(func() {
		s.lim = newLimits(s)
		s.epoch = time.Now()
		s.listeners = make(map[*net.Listener]struct{})
		s.conns = make(map[*conn]struct{})
		s.std, s.http2 = s.newHTTP2()
	})
}

func (s *Server) logger() *slog.Logger {
	if s.Logger != nil {
		return s.Logger
	}
	return slog.Default()
}

// Serve serves the connections of l until the server stops, which is when it returns
// http.ErrServerClosed, or until l fails. It closes l. A connection that is a [tls.Conn] may turn
// out to speak HTTP/2.
func (s *Server) Serve(l net.Listener) error {
	s.init()
	defer l.Close()
	if !s.addListener(&l) {
		return http.ErrServerClosed
	}
	defer s.removeListener(&l)
	base := context.Background()
	if s.BaseContext != nil {
		if base = s.BaseContext(l); base == nil {
			panic("http1: BaseContext returned nil")
		}
	}
	return s.acceptAll(l, base)
}

// acceptAll accepts connections. When there are no descriptors left, it tries again later.
func (s *Server) acceptAll(l net.Listener, base context.Context) error {
	var delay time.Duration
	for {
		nc, err := l.Accept()
		if err == nil {
			delay = 0
			s.start(nc, base)
			continue
		}
		if s.closing.Load() {
			return http.ErrServerClosed
		}
		if !isTemporary(err) {
			return fmt.Errorf("accept: %w", err)
		}
		delay = min(max(2*delay, 5*time.Millisecond), time.Second)
		s.logger().Error("http1: cannot accept a connection", "error", err, "retry", delay)
		time.Sleep(delay)
	}
}

// isTemporary reports whether accepting may work later, as it does when descriptors become free.
func isTemporary(err error) bool {
	var temporary interface{ Temporary() bool }
	return errors.As(err, &temporary) && temporary.Temporary()
}

// start serves a connection in a goroutine of its own.
func (s *Server) start(nc net.Conn, base context.Context) {
	c := &conn{srv: s, lim: &s.lim, nc: nc, base: base, local: nc.LocalAddr()}
	if addr := nc.RemoteAddr(); addr != nil {
		c.remote = addr.String()
	}
	if s.ConnContext != nil {
		if c.base = s.ConnContext(base, nc); c.base == nil {
			panic("http1: ConnContext returned nil")
		}
	}
	c.openSocket()
	if !s.add(c) {
		nc.Close()
		return
	}
	s.connState(c, http.StateNew)
	go c.run()
}

func (s *Server) logPanic(c *conn, v any) {
	s.logger().Error("http1: panic", "remote", c.remote, "panic", v, "stack", string(debug.Stack()))
}

// connState reports a change to the ConnState hook.
func (s *Server) connState(c *conn, state http.ConnState) {
	if s.ConnState != nil {
		s.ConnState(c.nc, state)
	}
}

// handler returns who answers a request.
func (s *Server) handler(req *http.Request) http.Handler {
	switch {
	case req.RequestURI == "*" && !s.DisableGeneralOptionsHandler:
		return optionsHandler{} // RFC 9110, 9.3.7
	case s.Handler == nil:
		return http.DefaultServeMux
	}
	return s.Handler
}

// optionsHandler answers OPTIONS for the server as a whole.
type optionsHandler struct{}

func (optionsHandler) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "0")
}
