package engine

import (
	"io"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"
)

// slowClient is a connection on which a read of the body and a write of the answer take their time.
// A deadline in the past ends both.
type slowClient struct {
	*httptest.ResponseRecorder
	takes   time.Duration
	limited bool

	once sync.Once
	cut  chan struct{}
}

func (c *slowClient) LimitsClient() (body, answer bool) { return c.limited, c.limited }

func (c *slowClient) wait() error {
	select {
	case <-c.cut:
		return os.ErrDeadlineExceeded
	case <-time.After(c.takes):
		return nil
	}
}

func (c *slowClient) Read([]byte) (int, error) {
	if err := c.wait(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

func (c *slowClient) Write(p []byte) (int, error) {
	if err := c.wait(); err != nil {
		return 0, err
	}
	return c.ResponseRecorder.Write(p)
}

func (c *slowClient) SetReadDeadline(time.Time) error {
	c.once.Do(func() { close(c.cut) })
	return nil
}

func (c *slowClient) SetWriteDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// TestSlowClientIsLeftToServerThatLimitsIt lets a client take several times as long as the page may.
// A server that looks after that knows better, for it sees what a client takes of a piece.
func TestSlowClientIsLeftToServerThatLimitsIt(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		for _, limited := range []bool{true, false} {
			atSomePace(t, func(t testing.TB, slower time.Duration) {
				limit := slower * 100 * time.Millisecond
				s := streamApp(t, Config{Timeout: limit}, `
					if (environ.REQUEST_METHOD === "POST") environ["wsgi.input"].read();
					start_response("200 OK", []);
					return environ.REQUEST_METHOD === "POST" ? "" : [new Uint8Array(10)];`)
				c := &slowClient{httptest.NewRecorder(), 4 * limit, limited, sync.Once{}, make(chan struct{})}
				r := httptest.NewRequest(method, "/", c)
				if method == "GET" {
					r = httptest.NewRequest(method, "/", nil)
				}
				if err := s.ServePage(c, r); limited != (err == nil) {
					t.Errorf("%s, where the server limits the client: %t: %v", method, limited, err)
				}
			})
		}
	}
}
