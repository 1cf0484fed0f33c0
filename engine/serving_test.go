package engine

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
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// served is an engine under net/http on a loopback listener.
type served struct {
	*Engine
	t   testing.TB
	srv *httptest.Server
	log *logLines
}

// serve serves pages. The folder is called apps and is not watched; cfg needs neither Dir nor
// Logger. The middlewares stand around the engine, the last one outermost.
func serve(t testing.TB, cfg Config, files map[string]string, middlewares ...func(http.Handler) http.Handler) *served {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "apps")
	for name, content := range files {
		write(t, dir, name, content)
	}
	log := &logLines{}
	cfg.Dir, cfg.Logger, cfg.NoWatch = dir, slog.New(log), true
	e, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	var h http.Handler = e
	for _, m := range middlewares {
		h = m(h)
	}
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	return &served{Engine: e, t: t, srv: srv, log: log}
}

// app serves one page, at any path: the text is the body of application(environ, start_response).
func app(t testing.TB, cfg Config, body string) *served {
	t.Helper()
	return serve(t, cfg, map[string]string{"[...all].js": "function application(environ, start_response) {\n" + body + "\n}"})
}

// dial opens a connection, which ends with the test, or after a minute.
func (s *served) dial() *conn {
	s.t.Helper()
	c, err := net.Dial("tcp", s.srv.Listener.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(time.Minute))
	return &conn{Conn: c, t: s.t, in: bufio.NewReader(c)}
}

// conn is a client's connection.
type conn struct {
	net.Conn
	t  testing.TB
	in *bufio.Reader
}

// send sends text as it is.
func (c *conn) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
}

// receive reads until want has come.
func (c *conn) receive(want string) {
	c.t.Helper()
	var got []byte
	for !bytes.Contains(got, []byte(want)) {
		b, err := c.in.ReadByte()
		if err != nil {
			c.t.Fatalf("got %q, then %v; want %q", got, err, want)
		}
		got = append(got, b)
	}
}

// response reads a whole response.
func (c *conn) response() (status int, body string, err error) {
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, "", err
	}
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// get asks for a path on a connection of its own.
func (s *served) get(path string) (status int, body string, err error) {
	s.t.Helper()
	c := s.dial()
	defer c.Close()
	c.send("GET " + path + " HTTP/1.1\r\nHost: example.com\r\n\r\n")
	return c.response()
}

// want asks for a path and compares the answer.
func (s *served) want(path string, status int, body string) {
	s.t.Helper()
	gotStatus, got, err := s.get(path)
	if err != nil || gotStatus != status || strings.TrimSpace(got) != body {
		s.t.Errorf("GET %s: %d %q, %v; want %d %q\nlog: %s", path, gotStatus, cut(got, 2000), err, status, body, s.log)
	}
}

// logLines is a slog.Handler that keeps what is logged: the level, the message and the
// attributes, but for the stack.
type logLines struct {
	shared *logLines // where the lines are; nil for itself
	attrs  string

	mu    sync.Mutex
	lines []string
}

func (l *logLines) Enabled(context.Context, slog.Level) bool { return true }

func (l *logLines) Handle(_ context.Context, r slog.Record) error {
	line := r.Level.String() + " " + r.Message + l.attrs
	r.Attrs(func(a slog.Attr) bool {
		line += attrText(a)
		return true
	})
	to := l.to()
	to.mu.Lock()
	defer to.mu.Unlock()
	to.lines = append(to.lines, line)
	return nil
}

func attrText(a slog.Attr) string {
	if a.Key == "stack" {
		return ""
	}
	return fmt.Sprintf(" %s=%v", a.Key, a.Value)
}

func (l *logLines) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := &logLines{shared: l.to(), attrs: l.attrs}
	for _, a := range attrs {
		next.attrs += attrText(a)
	}
	return next
}

func (l *logLines) WithGroup(string) slog.Handler { return l }

func (l *logLines) to() *logLines {
	if l.shared != nil {
		return l.shared
	}
	return l
}

func (l *logLines) String() string {
	to := l.to()
	to.mu.Lock()
	defer to.mu.Unlock()
	return strings.Join(to.lines, "\n")
}

// await waits until a line with the text is logged.
func (l *logLines) await(t testing.TB, text string) {
	t.Helper()
	eventually(t, "log line with "+text, func() bool { return strings.Contains(l.String(), text) })
}

// allocations returns how many a request of the page takes, when the page is warm.
func allocations(t testing.TB, s *served) float64 {
	t.Helper()
	r := httptest.NewRequest("GET", "/hello", nil)
	w := &discard{header: http.Header{}}
	return testing.AllocsPerRun(100, func() {
		if err := s.ServePage(w, r); err != nil {
			t.Error(err)
		}
	})
}
