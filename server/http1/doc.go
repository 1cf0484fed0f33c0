// Package http1 serves HTTP/1.1 and HTTP/1.0 on connections, for any [http.Handler].
//
// It is what net/http's server is, made strict and cheap. Strict: a message that RFC 9112 does not
// allow is refused and its connection closed, where net/http guesses; what follows a refused
// request is never read as another. Cheap: a goroutine and, while a request is served, one buffer
// for each direction; a head is parsed in place, an answer leaves in one write, and timeouts cost
// a request no timer. An idle connection holds no buffer at all.
//
// A handler cannot tell it from net/http otherwise, but for these points:
//   - [http.Request.Trailer] is always nil: the trailer section of a request is checked and dropped.
//   - A body that breaks its framing, or comes too slowly, gives an [*Error] with the status to
//     answer. When the handler then writes nothing, the server answers with that status.
//   - The request's context ends when the client leaves, also while its body is unread. This is
//     known on Linux, within a second, for connections with a socket, TLS or not; elsewhere it is
//     known when reading or writing fails. A client that closes only its sending side counts as
//     one that has left, as it does for net/http, though not before its request has lasted a
//     quarter of a second. Where more of the body is unread than the socket takes, some 64 KiB,
//     the end of the connection is behind it, and nobody knows before the rest is read.
//   - [http.MaxBytesReader] cannot tell this server that its limit was hit, for that goes through
//     an unexported method of net/http. The connection ends all the same when what is left of the
//     body is longer than [Server.DrainLimit].
//   - A context that was derived from the request's, and not cancelled, ends a moment after it, not
//     with it.
//   - Clients of HTTP/1.0 get no informational answers, which RFC 9110, 15.2, does not let them have.
//     Answers to them say HTTP/1.1 (RFC 9110, 6.2), and that the connection closes, if it does.
//     Other tokens beside "close" in a Connection field do not hide it.
//   - The value of [http.ServerContextKey] is an http.Server that serves nothing; it is there for
//     handlers that look whether they run in a server.
//
// Clients that choose HTTP/2 when they begin with TLS are served by golang.org/x/net/http2. What
// HTTP/1.1 would refuse is refused before a handler sees it, with an answer or, by the library, with a
// reset of the stream. Frames that bring nothing and come in a flood end the connection. HeaderTimeout
// holds for heads and all other frames but bodies, IdleTimeout, MaxHeaderBytes, MaxHeaderFields and
// MaxURI as for HTTP/1.1, and WriteTimeout for a connection as a whole, not for each of its requests.
//
// A Server is used like an http.Server:
//
//	srv := &http1.Server{Handler: mux}
//	go func() {
//		<-ctx.Done()
//		stop, cancel := context.WithTimeout(context.Background(), 30*time.Second)
//		defer cancel()
//		srv.Shutdown(stop)
//	}()
//	err := srv.Serve(listener) // http.ErrServerClosed
//
// One goroutine of the server, the sweeper, looks at every connection a few times a second: it
// cuts those that are too slow, and asks the kernel whose clients have left. See sweep.go.
package http1
