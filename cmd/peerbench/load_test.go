//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// load runs a generator against h, which must answer with want.
func load(t *testing.T, want string, h http.HandlerFunc) loadResult {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return loadAddr(t, want, server.Listener.Addr().String())
}

func loadAddr(t *testing.T, want, addr string) loadResult {
	t.Helper()
	body := strings.Repeat("x", 100_000) // more than a socket takes at once
	g, err := newGenerator(job{
		Addr: addr, Status: http.StatusOK, Want: []byte(want), Connections: 3,
		Request: fmt.Appendf(nil, "POST /path HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", addr, len(body), body),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	if warm := g.run(10 * time.Millisecond); warm.Wrong != "" {
		return warm
	}
	for d := 50 * time.Millisecond; ; d *= 2 {
		if got := g.run(d); got.Wrong != "" || got.Requests >= enough || d > 10*time.Second {
			return got
		}
	}
}

// enough is how many answers a test wants to see, however long a busy machine takes for them.
const enough = 30

func read(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

func TestLoadTakesEveryKindOfBody(t *testing.T) {
	long := strings.Repeat("0123456789", 100_000)
	for name, tt := range map[string]struct {
		want    string
		handler http.HandlerFunc
		fresh   bool // each request has a connection of its own
	}{
		"counted": {want: "hello", handler: func(w http.ResponseWriter, r *http.Request) { read(r); fmt.Fprint(w, "hello") }},
		"empty":   {want: "", handler: func(_ http.ResponseWriter, r *http.Request) { read(r) }},
		"long":    {want: long, handler: func(w http.ResponseWriter, r *http.Request) { read(r); fmt.Fprint(w, long) }},
		"chunked": {want: "onetwo", handler: func(w http.ResponseWriter, r *http.Request) {
			read(r)
			fmt.Fprint(w, "one")
			w.(http.Flusher).Flush()
			fmt.Fprint(w, "two")
		}},
		"closing": {want: "bye", fresh: true, handler: func(w http.ResponseWriter, r *http.Request) {
			read(r)
			w.Header().Set("Connection", "close")
			fmt.Fprint(w, "bye")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := load(t, tt.want, tt.handler)
			if got.Wrong != "" || got.Requests < enough {
				t.Fatalf("%+v", got)
			}
			if got.P50 <= 0 || got.P99 < got.P50 || got.Elapsed < 50*time.Millisecond || got.CPU <= 0 {
				t.Errorf("%+v", got)
			}
			if fresh := got.Reconnect > got.Requests/2; fresh != tt.fresh {
				t.Errorf("%d new connections for %d requests", got.Reconnect, got.Requests)
			}
		})
	}
}

func TestLoadTellsWhatIsWrong(t *testing.T) {
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"status": {func(w http.ResponseWriter, r *http.Request) { read(r); http.NotFound(w, r) }, "answer 1: status 404, want 200"},
		"body":   {func(w http.ResponseWriter, r *http.Request) { read(r); fmt.Fprint(w, "hellO") }, `answer 1: a wrong body: at byte 0 "hellO", want "hello"`},
		"short":  {func(w http.ResponseWriter, r *http.Request) { read(r); fmt.Fprint(w, "hell") }, "a body of 4 bytes, want 5"},
		"long":   {func(w http.ResponseWriter, r *http.Request) { read(r); fmt.Fprint(w, "hello!") }, "a wrong body"},
		"cut": {func(w http.ResponseWriter, r *http.Request) {
			read(r)
			fmt.Fprint(w, "he")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "closed within the answer, after 2 of 5 bytes"},
		"none": {func(_ http.ResponseWriter, r *http.Request) { read(r); panic(http.ErrAbortHandler) }, "closed without an answer"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := load(t, "hello", tt.handler); !strings.Contains(got.Wrong, tt.want) {
				t.Errorf("got %+v, want %s", got, tt.want)
			}
		})
	}
}

func TestLoadNoticesOneWrongAnswerAmongMany(t *testing.T) {
	n := make(chan int, 1)
	n <- 0
	got := load(t, "hello", func(w http.ResponseWriter, r *http.Request) {
		read(r)
		i := <-n
		n <- i + 1
		if i == 20 {
			fmt.Fprint(w, "oops!")
			return
		}
		fmt.Fprint(w, "hello")
	})
	if !strings.Contains(got.Wrong, "oops!") {
		t.Errorf("%+v", got)
	}
}

func TestLoadFollowsAServerThatClosesWithoutSaying(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buffer, got := make([]byte, 64<<10), 0
				for got < 100_000 {
					n, err := conn.Read(buffer)
					if got += n; err != nil {
						return
					}
				}
				fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
			}()
		}
	}()
	if got := loadAddr(t, "hello", listener.Addr().String()); got.Wrong != "" || got.Reconnect < got.Requests/2 || got.Requests < enough {
		t.Errorf("%+v", got)
	}
}

func TestLoadWithoutAServerSaysSo(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	if got := loadAddr(t, "", addr); !strings.Contains(got.Wrong, "connection refused") {
		t.Errorf("%+v", got)
	}
}
