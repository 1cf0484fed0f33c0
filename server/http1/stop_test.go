package http1

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestShutdownFinishesRequests has one connection that is idle, one that is being answered, and
// one that has sent half a request.
func TestShutdownFinishesRequests(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	s := &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(begun)
			<-finish
		}
		io.WriteString(w, "answer")
	})}
	addr := serve(t, s)
	idle := dial(t, addr).send(get("/"))
	idle.response("GET")
	half := dial(t, addr).send("GET / HTTP/1.1\r\nHost:")
	slow := dial(t, addr).send(get("/slow"))
	receive(t, "the handler", begun)

	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(shortly(t)) }()
	if rest := idle.rest(); rest != "" {
		t.Errorf("idle connection: got %q, want its end", rest)
	}
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("a connection was accepted")
	}
	if resp, _ := half.send(" h\r\n\r\n").response("GET"); !resp.Close {
		t.Error("half a request: the answer does not say that the connection closes")
	}
	select {
	case err := <-stopped:
		t.Errorf("Shutdown returned %v before the last answer", err)
	default:
	}
	close(finish)
	if resp, body := slow.response("GET"); body != "answer" || !resp.Close {
		t.Errorf("slow request: got %q, close %v", body, resp.Close)
	}
	if err := receive(t, "Shutdown", stopped); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	receive(t, "the sweeper to stop", s.sweepDone)
}

// TestShutdownEndsWithItsContext has a request that does not finish.
func TestShutdownEndsWithItsContext(t *testing.T) {
	begun := make(chan struct{})
	s := &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	})}
	dial(t, serve(t, s)).send(get("/"))
	receive(t, "the handler", begun)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
}

// TestShutdownWaitsForNewcomers has a connection whose request comes just as the server stops.
func TestShutdownWaitsForNewcomers(t *testing.T) {
	accepted := make(chan struct{})
	s := &Server{Handler: text("answer"), ConnState: func(_ net.Conn, st http.ConnState) {
		if st == http.StateNew {
			close(accepted)
		}
	}}
	c := dial(t, serve(t, s))
	receive(t, "the connection", accepted)
	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(shortly(t)) }()
	waitFor(t, "the stop to begin", s.closing.Load)
	if _, body := c.send(get("/")).response("GET"); body != "answer" {
		t.Errorf("got %q", body)
	}
	if err := receive(t, "Shutdown", stopped); err != nil {
		t.Error(err)
	}
}

func TestServeAfterStop(t *testing.T) {
	var s Server
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(listen(t)); err != http.ErrServerClosed {
		t.Errorf("got %v, want %v", err, http.ErrServerClosed)
	}
}

// TestCloseEndsRequests has a handler that runs when the server is closed.
func TestCloseEndsRequests(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	s := &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		close(ended)
	})}
	dial(t, serve(t, s)).send(get("/"))
	receive(t, "the handler", begun)
	s.Close()
	receive(t, "the context to end", ended)
}

// TestAcceptRetries has a listener without descriptors for a while.
func TestAcceptRetries(t *testing.T) {
	l := &failing{Listener: listen(t), errs: []error{temporary{}, temporary{}}}
	s := &Server{Handler: text("answer"), Logger: slog.New(slog.DiscardHandler)}
	defer s.Close()
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	if _, body := dial(t, l.Addr().String()).send(last("/")).response("GET"); body != "answer" {
		t.Errorf("got %q", body)
	}
	failed := &failing{Listener: listen(t), errs: []error{io.ErrClosedPipe}}
	if err := s.Serve(failed); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v, want %v", err, io.ErrClosedPipe)
	}
}

// failing is a listener that returns errors first.
type failing struct {
	net.Listener
	errs []error
}

func (f *failing) Accept() (net.Conn, error) {
	if len(f.errs) > 0 {
		err := f.errs[0]
		f.errs = f.errs[1:]
		return nil, err
	}
	return f.Listener.Accept()
}

type temporary struct{}

func (temporary) Error() string   { return "no descriptors" }
func (temporary) Temporary() bool { return true }

// TestConnStates follows a connection through its states.
func TestConnStates(t *testing.T) {
	states := make(chan http.ConnState, 10)
	addr := serve(t, &Server{Handler: text(""), ConnState: func(_ net.Conn, st http.ConnState) { states <- st }})
	c := dial(t, addr)
	c.send(get("/")).response("GET")
	c.send(get("/")).response("GET")
	c.Close()
	for _, want := range []http.ConnState{http.StateNew, http.StateActive, http.StateIdle, http.StateActive, http.StateIdle, http.StateClosed} {
		if got := receive(t, "a state", states); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// TestShutdownAnswersThoseThatComeInItsGrace has an idle connection whose client sends its next
// request when the server is stopping already, and one that sends nothing.
func TestShutdownAnswersThoseThatComeInItsGrace(t *testing.T) {
	atSomePace(t, func(slower time.Duration) error {
		s := &Server{Handler: text("answer"), IdleGrace: slower * 200 * time.Millisecond}
		addr := serve(t, s)
		late, silent := dial(t, addr), dial(t, addr)
		for _, c := range []*client{late, silent} {
			if resp, _ := c.send(get("/")).response("GET"); resp.Close {
				t.Fatal("the connection closes")
			}
		}
		stopped := make(chan error, 1)
		go func() { stopped <- s.Shutdown(shortly(t)) }()
		waitFor(t, "the stop to begin", s.closing.Load)
		_, _ = io.WriteString(late, get("/"))
		resp, err := http.ReadResponse(late.r, nil)
		if err != nil || !resp.Close {
			return fmt.Errorf("in the grace: got %v, %w", resp, err)
		}
		if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "answer" {
			t.Errorf("in the grace: got %q, %v", body, err)
		}
		if rest := silent.rest(); rest != "" {
			t.Errorf("idle connection: got %q, want its end", rest)
		}
		if err := receive(t, "Shutdown", stopped); err != nil {
			t.Error(err)
		}
		return nil
	})
}

// TestShutdownAnswersThoseWhoCouldNotKnow has a client whose long answer has begun before the stop,
// and so does not tell that the connection ends. Its next request comes when the grace is over.
func TestShutdownAnswersThoseWhoCouldNotKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{IdleGrace: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "first ")
			w.(http.Flusher).Flush()
			if r.URL.Path == "/long" {
				time.Sleep(5 * time.Second) // fake time
			}
			io.WriteString(w, "last")
		})}
		conn := connect(s)
		defer conn.Close()
		in := bufio.NewReader(conn)
		io.WriteString(conn, get("/long"))
		resp, err := http.ReadResponse(in, nil)
		if err != nil || resp.Close {
			t.Fatalf("got %v, %v; want an answer that goes on", resp, err)
		}
		stopped := make(chan error, 1)
		go func() { stopped <- s.Shutdown(t.Context()) }()
		if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "first last" {
			t.Errorf("got %q, %v", body, err)
		}
		time.Sleep(100 * time.Millisecond)
		io.WriteString(conn, get("/"))
		resp, err = http.ReadResponse(in, nil)
		if err != nil || !resp.Close {
			t.Fatalf("the next request: %v, %v; want the last answer", resp, err)
		}
		io.Copy(io.Discard, resp.Body)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}

// TestShutdownServesWhatWasAccepted has a connection that is accepted just before the listener is
// closed, and gets to the server just after.
func TestShutdownServesWhatWasAccepted(t *testing.T) {
	l := &slowAccept{Listener: listen(t), accepted: make(chan struct{}), deliver: make(chan struct{})}
	s := &Server{Handler: text("answer")}
	go s.Serve(l)
	c := dial(t, l.Addr().String()).send(get("/"))
	receive(t, "the connection", l.accepted)
	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(shortly(t)) }()
	waitFor(t, "the stop to begin", s.closing.Load)
	close(l.deliver)
	if _, body := c.response("GET"); body != "answer" {
		t.Errorf("got %q", body)
	}
	if err := receive(t, "Shutdown", stopped); err != nil {
		t.Error(err)
	}
}

// slowAccept is a listener that holds its first connection back.
type slowAccept struct {
	net.Listener
	accepted, deliver chan struct{}
}

func (l *slowAccept) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		close(l.accepted)
		<-l.deliver
	}
	return c, err
}

// TestGraceIsWhole stops the server just before its clock ticks. The client has all of the grace.
func TestGraceIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{IdleGrace: time.Second, Handler: text("answer")}
		conn := connect(s)
		defer conn.Close()
		in := bufio.NewReader(conn)
		io.WriteString(conn, get("/"))
		if _, err := http.ReadResponse(in, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(s.lim.tick() - time.Millisecond) // fake time
		stopped := make(chan error, 1)
		began := time.Now()
		go func() { stopped <- s.Shutdown(t.Context()) }()
		_, _ = io.Copy(io.Discard, in)
		if took := time.Since(began); took < time.Second || took > 2*time.Second {
			t.Errorf("an idle connection was closed %v after the stop began, want a second", took)
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}
