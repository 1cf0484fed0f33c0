package engine

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// slowPages do not answer soon, each in a way of its own.
var slowPages = map[string]string{
	"computes":                `for (;;);`,
	"computes in a generator": `start_response("200 OK", []); return (function* () { for (;;) yield ""; })();`,
	"sleeps":                  `return new Promise(done => setTimeout(done, 60000));`,
	"reads its request":       `environ["wsgi.input"].read(); return "read";`,
	"waits in the queue":      `if (environ.PATH_INFO === "/first") console.log("first is running"); for (;;);`,
}

// deadline gives requests one of their own, as programs do that use the pages as a handler.
func deadline(d time.Duration) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeoutCause(r.Context(), d, errors.New("a cause of its own"))
			defer cancel()
			h.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// TestDeadlineOfTheRequestIsATimeout also states that nobody is said to have left.
func TestDeadlineOfTheRequestIsATimeout(t *testing.T) {
	for name, body := range slowPages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			atSomePace(t, func(t testing.TB, slower time.Duration) { overdue(t, body, slower*200*time.Millisecond) })
		})
	}
}

func overdue(t testing.TB, body string, limit time.Duration) {
	s := serve(t, Config{MaxRuntimes: 1}, map[string]string{"[...all].js": "function application(environ, start_response) {\n" + body + "\n}"}, deadline(limit))
	if strings.Contains(body, "first") {
		first := s.dial()
		first.send("GET /first HTTP/1.1\r\nHost: example.com\r\n\r\n")
		s.log.await(t, "first is running")
	}
	c := s.dial()
	if strings.Contains(body, "read") { // a connection that is waited for is cut
		c.send("POST /x HTTP/1.1\r\nHost: example.com\r\nContent-Length: 1\r\n\r\n")
		s.log.await(t, "the page gave no answer before the deadline of its request")
		return
	}
	c.send("GET /x HTTP/1.1\r\nHost: example.com\r\n\r\n")
	began := time.Now()
	status, _, err := c.response()
	if err != nil || status != http.StatusGatewayTimeout {
		t.Errorf("got %d, %v; want 504", status, err)
	}
	if d := time.Since(began); d > 25*limit {
		t.Errorf("the answer came after %v", d)
	}
	s.log.await(t, "the page gave no answer before the deadline of its request")
	if log := s.log.String(); strings.Contains(log, "client has gone") {
		t.Errorf("the log blames the client:\n%s", log)
	}
}

func TestTimeoutHandlerAroundPages(t *testing.T) {
	atSomePace(t, func(t testing.TB, slower time.Duration) {
		s := serve(t, Config{}, map[string]string{"page.js": "function application() { for (;;); }"}, func(h http.Handler) http.Handler {
			return http.TimeoutHandler(h, slower*50*time.Millisecond, "too late")
		})
		s.want("/page", http.StatusServiceUnavailable, "too late")
		s.log.await(t, "the page gave no answer before the deadline of its request")
	})
}
