//go:build unix

package supervisor

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain makes this program its own worker.
func TestMain(m *testing.M) {
	w, err := Join()
	if err != nil {
		panic(err)
	}
	if w != nil {
		work(w)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// work is a worker that does what it is asked for.
func work(w *Worker) {
	if os.Getenv("TEST_WORKER") == "fail" {
		os.Exit(7)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/overflow":
			var f func(int) int
			f = func(n int) int { return f(n+1) + 1 }
			io.WriteString(rw, strconv.Itoa(f(0)))
		case "/keep":
			_ = w.Kept(1).Update(func([]byte) []byte { return strconv.AppendInt(nil, int64(os.Getpid()), 10) })
		case "/kept":
			text, _ := w.Kept(1).Load()
			rw.Write(text)
			return
		case "/words":
			if !strings.Contains(w.LastWords(), "fatal error: stack overflow\n\n") || !strings.Contains(w.LastWords(), "[running") {
				http.Error(rw, w.LastWords(), http.StatusInternalServerError)
				return
			}
		case "/restart":
			w.Restart(`it "wants" to`)
		}
		io.WriteString(rw, strconv.Itoa(os.Getpid()))
	})}
	go srv.Serve(w.Listeners()[0])
	w.Ready(Limits{Stop: time.Second}, func() (int, int) { return 0, 0 })
	<-w.Context().Done()
	srv.Shutdown(context.Background())
}

// supervised is a supervisor that runs in a test.
type supervised struct {
	t    *testing.T
	url  string
	log  *lockedBuffer
	stop context.CancelFunc
	done chan error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func supervise(t *testing.T, cfg Config) *supervised {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &supervised{t: t, url: "http://" + ln.Addr().String(), log: new(lockedBuffer), done: make(chan error, 1)}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	cfg.Listeners, cfg.Logger = []net.Listener{ln}, slog.New(slog.NewTextHandler(s.log, nil))
	ready := make(chan struct{})
	cfg.Ready = func() { close(ready) }
	go func() { s.done <- Run(ctx, cfg) }()
	t.Cleanup(func() {
		stop()
		if err := s.end(); err != nil {
			t.Errorf("Run: %v\n%s", err, s.log)
		}
	})
	// The worker answers before it says that it serves, and until then it counts as one that starts.
	select {
	case <-ready:
	case err := <-s.done:
		s.done <- err
		t.Fatal("no worker serves")
	case <-time.After(time.Minute):
		t.Fatal("no worker says that it serves")
	}
	return s
}

// end waits for the end of Run.
func (s *supervised) end() error {
	select {
	case err := <-s.done:
		s.done <- err
		return err
	case <-time.After(time.Minute):
		s.t.Errorf("Run does not end\n%s", s.log)
		return nil
	}
}

// ask asks for a path, on a connection of its own, and returns the worker's number.
func (s *supervised) ask(path string) (int, error) {
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	resp, err := c.Get(s.url + path)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return strconv.Atoi(string(body))
}

// worker returns the number of the worker that answers.
func (s *supervised) worker() int {
	s.t.Helper()
	pid, err := s.ask("/")
	if err != nil {
		s.t.Fatalf("%v\n%s", err, s.log)
	}
	return pid
}

// another waits for a worker that is not before, which may take requests with it.
func (s *supervised) another(before int) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		pid, err := s.ask("/")
		if err == nil && pid != before {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("the worker is still %d (%v)\n%s", before, err, s.log)
		}
	}
}

func (s *supervised) logged(text string) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(s.log.String(), text); {
		if time.Now().After(end) {
			s.t.Fatalf("the log has no %q:\n%s", text, s.log)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// TestSilentWorkerIsReplaced stops a worker as a debugger would: it says nothing, and does not
// answer. Whoever asks waits for its successor.
func TestSilentWorkerIsReplaced(t *testing.T) {
	s := supervise(t, Config{Silence: 1500 * time.Millisecond})
	before := s.worker()
	if err := syscall.Kill(before, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	s.another(before)
	s.logged("it said nothing for 1.5s")
}

// TestCrashIsExplained lets a worker die of what no Go program survives.
func TestCrashIsExplained(t *testing.T) {
	s := supervise(t, Config{})
	before := s.worker()
	if pid, err := s.ask("/overflow"); err == nil {
		t.Errorf("answered by %d", pid)
	}
	s.another(before)
	s.logged("died: fatal error: stack overflow. Another one takes its place")
	s.logged("something calls itself without end")
	if _, err := s.ask("/words"); err != nil {
		t.Errorf("the next worker does not know what the one before it has said: %v", err)
	}
	for line := range strings.Lines(s.log.String()) {
		if len(line) > 8<<10 {
			t.Errorf("a line of %d bytes: %.200s", len(line), line)
		}
	}
}

func TestWorkerIsReplacedWhenItAsksForThat(t *testing.T) {
	s := supervise(t, Config{})
	before, err := s.ask("/restart")
	if err != nil {
		t.Fatal(err)
	}
	s.another(before)
	s.logged(`because it \"wants\" to`)
}

func TestFirstWorkerThatFailsEndsTheSupervisor(t *testing.T) {
	t.Setenv("TEST_WORKER", "fail")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var failed *ExitError
	if err := Run(t.Context(), Config{Listeners: []net.Listener{ln}, Logger: slog.New(slog.DiscardHandler)}); !errors.As(err, &failed) || failed.Status != 7 {
		t.Errorf("got %v, want exit status 7", err)
	}
	if _, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		t.Error("the socket is still open")
	}
}

func TestNowEndsEverything(t *testing.T) {
	now := make(chan struct{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ready := func() { close(now) }
	if err := Run(t.Context(), Config{Listeners: []net.Listener{ln}, Logger: slog.New(slog.DiscardHandler), Ready: ready, Now: now}); err != ErrNow {
		t.Errorf("got %v, want %v", err, ErrNow)
	}
}
