package http1

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener of connections in memory, for tests whose clock is not the real one.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error {
	defer func() { recover() }() // closing twice
	close(p)
	return nil
}
func (p pipes) Addr() net.Addr { return &net.UnixAddr{} }

// connect runs a server in a bubble and returns a client's end of a connection to it.
func connect(s *Server) net.Conn {
	l := make(pipes)
	go s.Serve(l)
	here, there := net.Pipe()
	l <- there
	return here
}

// TestTimeouts measures when slow clients are cut, by a clock that is not the real one. Each step
// of a client waits, and then sends.
func TestTimeouts(t *testing.T) {
	type step struct {
		wait time.Duration
		send string
	}
	post := "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"
	for _, tc := range []struct {
		name  string
		steps []step
		after time.Duration // the connection ends, counted from the beginning
		reply string        // what one of the answers begins with
	}{
		{"says nothing", nil, DefaultHeaderTimeout, ""},
		{"half a head", []step{{10 * time.Second, "GET / HT"}}, 10*time.Second + DefaultHeaderTimeout, "HTTP/1.1 408 "},
		{"head octet by octet", []step{{0, "G"}, {8 * time.Second, "E"}, {8 * time.Second, "T"}}, DefaultHeaderTimeout, "HTTP/1.1 408 "},
		{"idle", []step{{0, get("/")}}, DefaultIdleTimeout, "HTTP/1.1 200 "},
		{"idle after an empty line", []step{{0, get("/") + "\r\n"}}, DefaultIdleTimeout, "HTTP/1.1 200 "},
		{"half a head after a request", []step{{0, get("/")}, {60 * time.Second, "G"}}, 60*time.Second + DefaultHeaderTimeout, "HTTP/1.1 408 "},
		{"no body", []step{{0, post}}, DefaultBodyTimeout, "HTTP/1.1 408 "},
		{"body stops", []step{{0, post}, {20 * time.Second, strings.Repeat("x", 50000)}}, 20*time.Second + DefaultBodyTimeout, "HTTP/1.1 408 "},
		{"body trickles", []step{{0, post}, {20 * time.Second, "x"}, {20 * time.Second, "x"}}, DefaultBodyTimeout, "HTTP/1.1 408 "},
		{"slow body that moves", []step{{0, post}, {25 * time.Second, strings.Repeat("x", 50000)}, {25 * time.Second, strings.Repeat("x", 50000)}}, 50*time.Second + DefaultIdleTimeout, "HTTP/1.1 200 "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })}
				defer s.Close()
				begin := time.Now()
				c := connect(s)
				var wg sync.WaitGroup
				defer wg.Wait()
				wg.Go(func() {
					for _, st := range tc.steps {
						time.Sleep(st.wait)
						io.WriteString(c, st.send)
					}
				})
				b, err := io.ReadAll(c)
				if err != nil {
					t.Fatal(err)
				}
				if late := time.Since(begin) - tc.after; late < 0 || late > time.Second {
					t.Errorf("the connection ended after %v, want %v", time.Since(begin), tc.after)
				}
				if !strings.Contains(string(b), tc.reply) || tc.reply == "" && len(b) > 0 {
					t.Errorf("got %q, want …%q…", b, tc.reply)
				}
			})
		})
	}
}

// TestUnreadBodyThatStalls has handlers that do not read the body, and clients that do not send it.
func TestUnreadBodyThatStalls(t *testing.T) {
	for name, tc := range map[string]struct {
		flush         bool
		answer, close time.Duration // when they come
	}{
		"short answer":  {false, 0, DefaultDrainTimeout},
		"longer answer": {true, time.Second, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					io.WriteString(w, "answer")
					if tc.flush {
						w.(http.Flusher).Flush()
					}
				})}
				defer s.Close()
				c := connect(s)
				begin := time.Now()
				io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n")
				c.Read(make([]byte, 1000))
				if d := time.Since(begin) - tc.answer; d < 0 || d > time.Second {
					t.Errorf("the answer came after %v, want %v", time.Since(begin), tc.answer)
				}
				io.ReadAll(c)
				if d := time.Since(begin) - tc.close; d < 0 || d > time.Second {
					t.Errorf("the connection ended after %v, want %v", time.Since(begin), tc.close)
				}
			})
		})
	}
}

// TestNoTimeouts has negative timeouts, which do not come.
func TestNoTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{Handler: text("answer"), HeaderTimeout: -1, IdleTimeout: -1, BodyTimeout: -1, WriteTimeout: -1, DrainTimeout: -1}
		defer s.Close()
		c := connect(s)
		for range 3 {
			time.Sleep(5 * time.Minute)
			io.WriteString(c, "GET / HTTP/1.1\r\nHost")
			time.Sleep(5 * time.Minute)
			io.WriteString(c, ": h\r\n\r\n")
			b := make([]byte, 1000)
			if n, err := c.Read(b); err != nil || !strings.HasSuffix(string(b[:n]), "answer") {
				t.Fatalf("got %q, %v", b[:n], err)
			}
		}
	})
}

// TestWriteTimeoutIsForProgress has a client that takes its answer slowly and one that stops.
func TestWriteTimeoutIsForProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := make(chan error, 1)
		s := &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := w.Write(make([]byte, 1<<20))
			failed <- err
		})}
		defer s.Close()
		c := connect(s)
		io.WriteString(c, get("/"))
		for range 10 { // 640 KiB in seven minutes
			time.Sleep(DefaultWriteTimeout * 7 / 10)
			io.ReadFull(c, make([]byte, 64<<10))
		}
		begin := time.Now()
		if err := <-failed; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("got %v, want %v", err, os.ErrDeadlineExceeded)
		}
		if late := time.Since(begin) - DefaultWriteTimeout; late < -time.Second || late > time.Second {
			t.Errorf("writing failed after %v, want %v", time.Since(begin), DefaultWriteTimeout)
		}
	})
}

// TestSlowReaderOverTCP has real connections, where progress is what the client acknowledges: one
// reads a little at a time, for much longer than the timeout, the other nothing.
func TestSlowReaderOverTCP(t *testing.T) {
	atSomePace(t, func(slower time.Duration) error { return readSlowly(t, slower*200*time.Millisecond) })

	addr, results := serveLarge(t, 200*time.Millisecond)
	stuck := dial(t, addr)
	stuck.Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	stuck.send(last("/"))
	if err := receive(t, "the stuck client to be cut", results); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("stuck client: got %v, want %v", err, os.ErrDeadlineExceeded)
	}
}

// serveLarge has a large answer for everybody, and tells how writing it ended.
func serveLarge(t *testing.T, timeout time.Duration) (addr string, results chan error) {
	results = make(chan error, 1)
	return serve(t, &Server{WriteTimeout: timeout, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := w.Write(make([]byte, 12<<20))
		results <- err
	})}), results
}

// readSlowly is a client that takes a little at a time, for much longer than the timeout.
func readSlowly(t *testing.T, timeout time.Duration) error {
	addr, results := serveLarge(t, timeout)
	slow := dial(t, addr)
	slow.Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	slow.send(last("/"))
	tick := time.NewTicker(timeout / 8)
	defer tick.Stop()
	for begin := time.Now(); time.Since(begin) < 4*timeout; {
		<-tick.C
		io.CopyN(io.Discard, slow, 128<<10)
	}
	select {
	case err := <-results:
		return fmt.Errorf("the slow client was cut off, or served too soon for this test: %v", err)
	default:
	}
	io.Copy(io.Discard, slow)
	if err := receive(t, "the slow client's answer", results); err != nil {
		return fmt.Errorf("slow client: %w", err)
	}
	return nil
}

// TestDeadlinesOfHandler has a handler that sets its own deadlines.
func TestDeadlinesOfHandler(t *testing.T) {
	for name, start := range map[string]func(http.Handler) string{
		"http1":   func(h http.Handler) string { return serve(t, &Server{Handler: h}) },
		"nethttp": func(h http.Handler) string { return serveStd(t, h) },
	} {
		t.Run(name, func(t *testing.T) {
			reads, writes := make(chan error, 1), make(chan error, 1)
			addr := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				rc := http.NewResponseController(w)
				rc.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
				_, err := io.ReadAll(r.Body)
				reads <- err
				rc.SetWriteDeadline(time.Now().Add(10 * time.Millisecond))
				for err = nil; err == nil; {
					_, err = w.Write(make([]byte, 1<<20))
				}
				writes <- err
			}))
			dial(t, addr).send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello")
			if err := receive(t, "reading to fail", reads); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("read: got %v", err)
			}
			if err := receive(t, "writing to fail", writes); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("write: got %v", err)
			}
		})
	}
}

// TestDeadlinesOfBothDirections has a handler that reads in one goroutine and writes in another, with
// a deadline for each piece.
func TestDeadlinesOfBothDirections(t *testing.T) {
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		rc.EnableFullDuplex()
		pieces := make(chan byte)
		go func() {
			defer close(pieces)
			for p := make([]byte, 1); ; {
				rc.SetReadDeadline(time.Now().Add(time.Minute))
				if n, err := r.Body.Read(p); n == 0 && err != nil {
					return
				}
				pieces <- p[0]
			}
		}()
		for {
			rc.SetWriteDeadline(time.Now().Add(time.Minute))
			p, more := <-pieces
			if !more {
				return
			}
			w.Write([]byte{p})
			rc.Flush()
		}
	})})
	c := dial(t, addr).send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789")
	if _, body := c.response("POST"); body != "0123456789" {
		t.Errorf("got %q", body)
	}
}
