package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"wizgy/engine"
	"wizgy/server"
)

// The tests in fault_*_test.go put mistakes and malice of every kind before a whole site, by the
// bytes on a connection. What must hold is always the same: the answer is right or refused, nobody
// else notices, and the site goes on.

// faultSite is a site that listens.
type faultSite struct {
	t    *testing.T
	dir  string
	addr string
	log  *siteLog
}

// siteLog is a log.
type siteLog struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *siteLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *siteLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// okPage answers as long as all is well.
const okPage = `exports.application = (environ, start_response) => { start_response("200 OK", [["Content-Type", "text/plain"]]); return ["ok"]; };`

// newFaultSite serves files, and pages, of which /ok is one.
func newFaultSite(t *testing.T, files map[string]string, change ...func(*server.Config)) *faultSite {
	t.Helper()
	all := map[string]string{"apps/ok.js": okPage, "html/static.txt": "static"}
	for name, content := range files {
		all[name] = content
	}
	s := &faultSite{t: t, dir: makeSite(t, all), log: &siteLog{}}
	logger := server.NewLogger(s.log, "text")
	pages, err := engine.New(engine.Config{Dir: filepath.Join(s.dir, "apps"), Logger: logger, NoWatch: true, Timeout: 10 * time.Second})
	s.check(err)
	config := server.Config{Root: filepath.Join(s.dir, "html"), Pages: pages, Logger: logger}
	for _, f := range change {
		f(&config)
	}
	handler, err := server.New(config)
	s.check(err)
	listener, err := server.Listen(t.Context(), "127.0.0.1:0")
	s.check(err)
	s.addr = listener.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- handler.Serve(ctx, listener) }()
	t.Cleanup(func() {
		s.healthy()
		stop()
		if err := <-served; err != nil {
			t.Errorf("the server ended with %v", err)
		}
		s.check(handler.Close())
		pages.Close()
	})
	return s
}

func (s *faultSite) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// healthy asks whether the site still answers.
func (s *faultSite) healthy() {
	s.t.Helper()
	for path, want := range map[string]string{"/ok": "ok", "/static.txt": "static"} {
		began := time.Now()
		resp, body := s.ask("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if resp.StatusCode != 200 || body != want || time.Since(began) > 3*time.Second {
			s.t.Errorf("afterwards, %s is answered with %s %q after %v", path, resp.Status, body, time.Since(began))
		}
	}
	if log := s.log.String(); strings.Contains(log, "panic") || answered500.MatchString(log) {
		s.t.Errorf("the log tells of a failure:\n%s", log)
	}
}

var answered500 = regexp.MustCompile(` request method=.* status=5`)

func (s *faultSite) dial() net.Conn {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	s.check(err)
	s.t.Cleanup(func() { conn.Close() })
	bePatient(conn)
	return conn
}

// bePatient gives a connection time for the next request and its answer.
func bePatient(conn net.Conn) { _ = conn.SetDeadline(time.Now().Add(patience)) }

// wire sends bytes on a connection of its own and returns all that comes until the server closes.
func (s *faultSite) wire(request string) string {
	s.t.Helper()
	conn := s.dial()
	go io.WriteString(conn, request)
	got, err := io.ReadAll(conn)
	if err != nil {
		s.t.Errorf("%.60q: the connection stays open, or broke: %v after %.200q", request, err, got)
	}
	return string(got)
}

// ask is wire for one answer.
func (s *faultSite) ask(request string) (*http.Response, string) {
	s.t.Helper()
	method, _, _ := strings.Cut(request, " ")
	got := s.wire(request)
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(got)), &http.Request{Method: method})
	if err != nil {
		s.t.Fatalf("%.60q: %.200q is no answer: %v", request, got, err)
	}
	body, err := io.ReadAll(resp.Body)
	s.check(err)
	return resp, string(body)
}

// smuggled is a request that must never run, because what is in front of it is broken.
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

// refused sends a request that gets one answer, with this status, after which the connection ends
// and nothing that was sent behind it is looked at.
func (s *faultSite) refused(name, request string, status int) {
	s.t.Helper()
	got := s.wire(request + smuggled)
	if want := fmt.Sprintf("HTTP/1.1 %d ", status); !strings.HasPrefix(got, want) {
		s.t.Errorf("%s: got %.100q, want %s", name, got, want)
	}
	if n := strings.Count(got, "HTTP/1.1 "); n != 1 {
		s.t.Errorf("%s: %d answers, want one: %.300q", name, n, got)
	}
	if strings.Contains(s.log.String(), "smuggled") {
		s.t.Errorf("%s: what came behind it was run", name)
	}
}

// logged waits for a text in the log.
func (s *faultSite) logged(text string) {
	s.t.Helper()
	if !poll(func() bool { return strings.Contains(s.log.String(), text) }) {
		s.t.Errorf("the log has no %q:\n%s", text, s.log)
	}
}
