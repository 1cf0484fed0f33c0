package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// site writes files below a new folder and returns the folder.
func site(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		write(t, filepath.Join(dir, name), content)
	}
	return dir
}

func write(t testing.TB, name, content string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(name), 0o755))
	must(t, os.WriteFile(name, []byte(content), 0o644))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newServer makes a server whose log, if config has none, is returned as text.
func newServer(t testing.TB, config Config) (*Server, *logBuffer) {
	t.Helper()
	logs := &logBuffer{}
	if config.Logger == nil {
		config.Logger = NewLogger(logs, "text")
	}
	s, err := New(config)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s, logs
}

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// lines returns the lines of the log that contain part.
func (b *logBuffer) lines(part string) []string {
	var found []string
	for line := range strings.Lines(b.String()) {
		if strings.Contains(line, part) {
			found = append(found, line)
		}
	}
	return found
}

// pageFunc is a [Pages].
type pageFunc func(w http.ResponseWriter, r *http.Request) error

func (f pageFunc) ServePage(w http.ResponseWriter, r *http.Request) error { return f(w, r) }

// echoPage answers everything with its method and its path.
var echoPage = pageFunc(func(w http.ResponseWriter, r *http.Request) error {
	_, err := fmt.Fprintf(w, "page %s %s", r.Method, r.URL.EscapedPath())
	return err
})

func failingPage(err error) Pages {
	return pageFunc(func(http.ResponseWriter, *http.Request) error { return err })
}

// do lets h answer a request without a connection. Headers are "Name: value".
func do(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// leadsTo returns where an answer to a request for target redirects a browser to, on the same host.
func leadsTo(t testing.TB, target string, w *httptest.ResponseRecorder) string {
	t.Helper()
	asked, err := url.Parse("http://this.example" + target)
	must(t, err)
	to, err := asked.Parse(w.Header().Get("Location"))
	must(t, err)
	return strings.TrimPrefix(to.String(), "http://this.example")
}

// serve runs s on a free port until the test ends, and returns its address.
func serve(t testing.TB, s *Server) string {
	t.Helper()
	addr, stop := serveUntil(t, s)
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections() // a stop would give them a second
		must(t, stop())
	})
	return addr
}

// serveUntil runs s on a free port until stop is called, which returns what Serve does.
func serveUntil(t testing.TB, s *Server) (addr string, stop func() error) {
	t.Helper()
	ln, err := Listen(t.Context(), "127.0.0.1:0")
	must(t, err)
	return ln.Addr().String(), serveListener(s, ln)
}

// serveOn runs s on ln until the test ends.
func serveOn(t testing.TB, s *Server, ln net.Listener) {
	stop := serveListener(s, ln)
	t.Cleanup(func() { must(t, stop()) })
}

func serveListener(s *Server, ln net.Listener) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	return sync.OnceValue(func() error {
		cancel()
		return <-done
	})
}

// dial opens a connection on which nothing takes longer than a minute.
func dial(t testing.TB, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	must(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	return conn
}

// exchange sends bytes as they are and returns everything that comes back.
func exchange(t testing.TB, addr, raw string) string {
	t.Helper()
	conn := dial(t, addr)
	_, err := io.WriteString(conn, raw)
	must(t, err)
	answer, _ := io.ReadAll(conn)
	return string(answer)
}

// readAnswer reads one answer from a connection that stays open.
func readAnswer(t testing.TB, in *bufio.Reader, method string) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(in, &http.Request{Method: method})
	must(t, err)
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	must(t, resp.Body.Close())
	return resp, string(body)
}

// eventually waits until ok is true.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("still waiting: %s", what)
		}
	}
}

var quiet = slog.New(slog.DiscardHandler)

func mustTime(t testing.TB, date string) time.Time {
	t.Helper()
	d, err := http.ParseTime(date)
	must(t, err)
	return d
}

func chtimes(name string, to time.Time) error { return os.Chtimes(name, to, to) }
