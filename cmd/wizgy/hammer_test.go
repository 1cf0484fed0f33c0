package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// hammer is a load on the server: clients that keep their connections, ask one request after the
// other, and try nothing twice.
type hammer struct {
	addr, path, text string
	stop             chan struct{}
	clients          sync.WaitGroup

	mu       sync.Mutex
	answers  int
	wrong    []string      // answers that were not as they should be
	refused  []error       // connections that could not be made
	broken   []error       // connections that ended within a request
	longest  time.Duration // from a request to its answer
	restarts int           // connections that the server has ended in good order
}

type hammerKey struct{}

// startHammer begins.
func startHammer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: hammer N PATH text")
	}
	var n int
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	h := &hammer{addr: ts.Getenv("ADDR"), path: args[1], text: args[2], stop: make(chan struct{})}
	*ts.Value(hammerKey{}).(**hammer) = h
	ts.Defer(h.end)
	for range n {
		h.clients.Go(h.client)
	}
	h.progress(ts, n)
}

func (h *hammer) end() {
	select {
	case <-h.stop:
	default:
		close(h.stop)
	}
	h.clients.Wait()
}

// progress waits for more answers.
func (h *hammer) progress(ts *testscript.TestScript, more int) {
	count := func() int { h.mu.Lock(); defer h.mu.Unlock(); return h.answers }
	before := count()
	if !poll(func() bool { return count() >= before+more }) {
		ts.Fatalf("there are no answers any more: %s", h)
	}
}

func (h *hammer) client() {
	var conn net.Conn
	var in *bufio.Reader
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	for {
		select {
		case <-h.stop:
			return
		default:
		}
		began := time.Now()
		if conn == nil {
			var err error
			if conn, err = net.DialTimeout("tcp", h.addr, patience); err != nil {
				h.note(func() { h.refused = append(h.refused, err) })
				time.Sleep(time.Millisecond) // or they are too many
				continue
			}
			in = bufio.NewReader(conn)
		}
		body, last, err := h.ask(conn, in)
		h.note(func() {
			switch {
			case err != nil:
				h.broken = append(h.broken, err)
			case !strings.Contains(body, h.text):
				h.wrong = append(h.wrong, body)
			default:
				h.answers++
				h.longest = max(h.longest, time.Since(began))
			}
			if last && err == nil {
				h.restarts++
			}
		})
		if last || err != nil {
			conn.Close()
			conn = nil
		}
	}
}

// ask sends a request and reads the answer, which may be the last of the connection.
func (h *hammer) ask(conn net.Conn, in *bufio.Reader) (body string, last bool, err error) {
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err = io.WriteString(conn, "GET "+h.path+" HTTP/1.1\r\nHost: example.com\r\n\r\n"); err != nil {
		return "", false, err
	}
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		return "", false, err
	}
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		return resp.Status, resp.Close, nil
	}
	return string(text), resp.Close, err
}

func (h *hammer) note(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
}

func (h *hammer) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprintf("%d answers, %d connections ended in good order, longest wait %v; %d wrong %.200q, %d refused %v, %d broken %v",
		h.answers, h.restarts, h.longest, len(h.wrong), h.wrong, len(h.refused), errors.Join(head(h.refused)...), len(h.broken), errors.Join(head(h.broken)...))
}

func head(errs []error) []error { return errs[:min(len(errs), 3)] }

// hammering lets the load go on for a while: until as many answers have come.
func hammering(ts *testscript.TestScript, neg bool, args []string) {
	var n int
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hammering N")
	}
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	(*ts.Value(hammerKey{}).(**hammer)).progress(ts, n)
}

// hammered ends the load, and looks at what became of it.
func hammered(ts *testscript.TestScript, neg bool, args []string) {
	h := *ts.Value(hammerKey{}).(**hammer)
	h.end()
	ts.Logf("%s", h)
	limit, mayBreak := patience, false
	for len(args) > 0 {
		switch args[0] {
		case "-broken":
			mayBreak = true
		case "-within":
			var err error
			limit, err = time.ParseDuration(args[1])
			ts.Check(err)
			limit = max(limit, 4*processOf(ts).started) // the machine may have other work
			args = args[1:]
		default:
			ts.Fatalf("usage: hammered [-broken] [-within DURATION]")
		}
		args = args[1:]
	}
	if len(h.wrong) > 0 || len(h.refused) > 0 || len(h.broken) > 0 && !mayBreak || h.longest > limit {
		ts.Fatalf("under load: %s\n%s", h, ts.ReadFile("log"))
	}
}
