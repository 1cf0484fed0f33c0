//go:build unix

package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
)

// Clients that are connected when the server is told to stop are answered, though nobody had accepted
// their connection by then.
func TestStopAnswersConnectionsThatWait(t *testing.T) {
	t.Parallel()
	for _, std := range []bool{false, true} {
		s, _ := newServer(t, Config{Pages: echoPage, StdHTTP: std})
		ln, err := Listen(t.Context(), "127.0.0.1:0")
		must(t, err)
		var clients []net.Conn
		for range 50 {
			conn := dial(t, ln.Addr().String())
			_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			must(t, err)
			clients = append(clients, conn)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		done := make(chan error, 1)
		go func() { done <- s.Serve(ctx, ln) }()
		for i, conn := range clients {
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil || resp.StatusCode != 200 {
				t.Fatalf("net/http %t: client %d: %v", std, i, err)
			}
		}
		must(t, <-done)
	}
}
