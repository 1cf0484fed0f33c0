package server

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A client that is still sending gets no reset before it can have read the answer: net/http waits for
// half a second before it closes such a connection, and http1 reads on.
func TestClientThatStillSendsIsNotResetAtOnce(t *testing.T) {
	const early = 300 * time.Millisecond
	for name, tt := range map[string]struct {
		config  Config
		reads   bool // whether the page reads the body
		request string
		status  int
	}{
		"not read":          {Config{}, false, "Content-Length: 1000000\r\n\r\n" + strings.Repeat("x", 300_000), 200},
		"hardly sent":       {Config{}, false, "Content-Length: 1000000\r\n\r\nx", 200},
		"too large":         {Config{MaxBody: 10}, true, "Content-Length: 1000000\r\n\r\n" + strings.Repeat("x", 300_000), 413},
		"too large, no end": {Config{MaxBody: 10}, true, "Transfer-Encoding: chunked\r\n\r\n493e0\r\n" + strings.Repeat("x", 300_000), 413},
		"slow":              {Config{BodyTimeout: 20 * time.Millisecond}, true, "Content-Length: 1000000\r\n\r\nx", 408},
		"slow and small":    {Config{BodyTimeout: 20 * time.Millisecond}, true, "Content-Length: 1000\r\n\r\nx", 408},
		"slow, no end":      {Config{BodyTimeout: 20 * time.Millisecond}, true, "Transfer-Encoding: chunked\r\n\r\n493e0\r\nx", 408},
	} {
		for _, std := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, std %t", name, std), func(t *testing.T) {
				t.Parallel()
				left := make(chan time.Time, 1) // when the page had done what it does
				config := tt.config
				config.StdHTTP, config.NoAccessLog = std, true
				config.Pages = pageFunc(func(w http.ResponseWriter, r *http.Request) (err error) {
					if tt.reads {
						_, err = io.Copy(io.Discard, r.Body)
					}
					left <- time.Now()
					return err
				})
				s, _ := newServer(t, config)
				conn := dial(t, serve(t, s))
				go io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\n"+tt.request)
				if resp, _ := readAnswer(t, bufio.NewReader(conn), "POST"); resp.StatusCode != tt.status {
					t.Errorf("got %s, want %d", resp.Status, tt.status)
				}
				began := <-left
				for time.Since(began) < early {
					_, err := io.WriteString(conn, "x")
					if after := time.Since(began); err != nil && after < early {
						t.Errorf("%v after the page: %v", after, err)
						return
					}
					<-time.After(5 * time.Millisecond)
				}
			})
		}
	}
}
