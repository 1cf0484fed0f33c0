package server

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"wizgy/server/http1"
)

// everyKind runs a test over every kind of connection.
func everyKind(t *testing.T, config Config, test func(t *testing.T, url string, c *http.Client)) {
	for _, kind := range []struct {
		name            string
		std, tls, http2 bool
	}{
		{"http1", false, false, false}, {"http1 over TLS", false, true, false}, {"http1 and HTTP2", false, true, true},
		{"std", true, false, false}, {"std over TLS", true, true, false}, {"std and HTTP2", true, true, true},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			config, scheme := config, "http"
			config.StdHTTP, config.Logger = kind.std, quiet
			if kind.tls {
				scheme = "https"
				config.TLSCert, config.TLSKey = newPair(t, t.TempDir(), "localhost", time.Now().Add(time.Hour))
			}
			s, _ := newServer(t, config)
			test(t, scheme+"://"+serve(t, s), overTLS(t, kind.http2))
		})
	}
}

// slowly has one byte now and then, and no end.
type slowly struct {
	pause time.Duration
	done  chan struct{}
}

func (s slowly) Read(p []byte) (int, error) {
	select {
	case <-s.done:
		return 0, io.EOF
	case <-time.After(s.pause):
		p[0] = 'x'
		return 1, nil
	}
}

func TestBodyThatComesTooSlowly(t *testing.T) {
	page := pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.Copy(io.Discard, r.Body)
		return err
	})
	for _, tt := range []struct {
		name   string
		config Config
		pause  time.Duration
	}{
		{"stalled", Config{Pages: page, BodyTimeout: 50 * time.Millisecond}, time.Hour},
		{"trickle", Config{Pages: page, BodyTimeout: 100 * time.Millisecond, BodyRate: 10_000}, 10 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			everyKind(t, tt.config, func(t *testing.T, url string, c *http.Client) {
				began := time.Now()
				resp, err := postSlowly(t, c, url, tt.pause)
				// net/http keeps a connection for half a second, for the client to read the answer.
				for tries := 0; tries < 10 && err != nil && time.Since(began) > 500*time.Millisecond; tries++ {
					t.Logf("the client was too busy to see its answer: %v", err)
					began = time.Now()
					resp, err = postSlowly(t, c, url, tt.pause)
				}
				must(t, err)
				resp.Body.Close()
				if resp.StatusCode != http.StatusRequestTimeout {
					t.Errorf("got %s, want 408", resp.Status)
				}
			})
		})
	}
}

func postSlowly(t *testing.T, c *http.Client, url string, pause time.Duration) (*http.Response, error) {
	t.Helper()
	body := slowly{pause, make(chan struct{})}
	defer close(body.done) // the client waits for it
	r, err := http.NewRequest("POST", url+"/", body)
	must(t, err)
	r.ContentLength = 1 << 20
	return c.Transport.RoundTrip(r)
}

// pieces is a body that comes in pieces of one byte, and waits before each.
type pieces struct {
	left  int
	pause time.Duration
	cut   chan struct{}
}

func (b *pieces) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	b.left--
	select {
	case <-b.cut:
		return 0, os.ErrDeadlineExceeded
	case <-time.After(b.pause):
		p[0] = 'x'
		return 1, nil
	}
}

func (*pieces) Close() error { return nil }

// deadlines is a connection of net/http's, of which only the deadlines are interesting.
type deadlines struct {
	http.ResponseWriter
	cut   chan struct{} // closed by a deadline in the past
	last  time.Time     // the deadline of writing
	takes time.Duration // how long a write lasts
}

func (d *deadlines) SetReadDeadline(time.Time) error { close(d.cut); return nil }

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	if d.last = t; t == past {
		close(d.cut)
	}
	return nil
}

func (d *deadlines) Write(p []byte) (int, error) {
	select {
	case <-d.cut:
		return 0, os.ErrDeadlineExceeded
	case <-time.After(d.takes):
		return len(p), nil
	}
}

func TestBodyThatComesSteadily(t *testing.T) {
	for _, tt := range []struct {
		name  string
		pause time.Duration
		rate  int
		slow  bool
	}{
		{"fast enough", 100 * time.Millisecond, 10, false}, {"any rate", 900 * time.Millisecond, -1, false},
		{"too slow", 200 * time.Millisecond, 10, true}, {"stalled", time.Minute, -1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := newServer(t, Config{BodyTimeout: time.Second, BodyRate: tt.rate})
				conn := &deadlines{cut: make(chan struct{})}
				r := httptest.NewRequest("POST", "/", &pieces{100, tt.pause, conn.cut})
				r.ContentLength = 100
				_, r = s.pace(conn, r)
				n, err := io.Copy(io.Discard, r.Body)
				if tt.slow != (err == errBodySlow) || tt.slow != (n < 100) {
					t.Errorf("%d bytes, %v; want it cut off: %t", n, err, tt.slow)
				}
			})
		})
	}
}

func TestLongHeadsOverEveryKindOfConnection(t *testing.T) {
	config := Config{Pages: echoPage, MaxURI: 1000, MaxHeaderFields: 20}
	everyKind(t, config, func(t *testing.T, url string, c *http.Client) {
		for _, tt := range []struct {
			path   string
			fields int
			status int
		}{
			{"/" + strings.Repeat("x", 999), 0, 200},
			{"/" + strings.Repeat("x", 1000), 0, 414},
			{"/?" + strings.Repeat("x", 1000), 0, 414},
			{"/", 10, 200},
			{"/", 25, 431},
		} {
			r, err := http.NewRequest("GET", url+tt.path, nil)
			must(t, err)
			for i := range tt.fields {
				r.Header.Add("X-Field", fmt.Sprint(i))
			}
			resp, err := c.Do(r)
			must(t, err)
			resp.Body.Close()
			if resp.StatusCode != tt.status {
				t.Errorf("%.10s…, %d fields: %s, want %d", tt.path, tt.fields, resp.Status, tt.status)
			}
		}
	})
}

// frames is a client that speaks HTTP/2 by itself, and gives answers no room.
type frames struct {
	t *testing.T
	*http2.Framer
}

func dialFrames(t *testing.T, addr string) *frames {
	t.Helper()
	conn, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	must(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(conn, http2.ClientPreface)
	must(t, err)
	f := &frames{t, http2.NewFramer(conn, conn)}
	must(t, f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}))
	return f
}

func (f *frames) get(stream uint32, path string) {
	f.t.Helper()
	var block bytes.Buffer
	e := hpack.NewEncoder(&block)
	for _, field := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", "x"}, {":path", path}} {
		must(f.t, e.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}))
	}
	must(f.t, f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true}))
}

// end reads until a stream ends, and tells whether it was reset.
func (f *frames) end(stream uint32) (reset bool, data string) {
	f.t.Helper()
	for {
		frame, err := f.ReadFrame()
		must(f.t, err)
		_, reset := frame.(*http2.RSTStreamFrame)
		if frame.Header().StreamID != stream {
			continue
		}
		if d, ok := frame.(*http2.DataFrame); ok {
			data += string(d.Data())
		}
		if reset || frame.Header().Flags.Has(http2.FlagDataEndStream) && frame.Header().Type == http2.FrameData {
			return reset, data
		}
	}
}

func TestRequestThatTakesNothingIsCutOverHTTP2(t *testing.T) {
	for _, std := range []bool{false, true} {
		for name, page := range map[string]pageFunc{
			"small": func(w http.ResponseWriter, r *http.Request) error { _, err := io.WriteString(w, "small"); return err },
			"large": func(w http.ResponseWriter, r *http.Request) error { _, err := w.Write(make([]byte, 1<<20)); return err },
			"flushed": func(w http.ResponseWriter, r *http.Request) error {
				io.WriteString(w, "x")
				w.(http.Flusher).Flush()
				return nil
			},
		} {
			t.Run(fmt.Sprintf("%s, std %t", name, std), func(t *testing.T) {
				t.Parallel()
				cert, key := newPair(t, t.TempDir(), "localhost", time.Now().Add(time.Hour))
				s, _ := newServer(t, Config{TLSCert: cert, TLSKey: key, StdHTTP: std, Logger: quiet, WriteTimeout: 100 * time.Millisecond, Pages: page, NoCompress: true})
				f := dialFrames(t, serve(t, s))
				f.get(1, "/")
				if reset, data := f.end(1); !reset || data != "" {
					t.Errorf("reset: %t after %q", reset, data)
				}
			})
		}
	}
}

func TestPagesAreToldWhatTheServerLimits(t *testing.T) {
	for _, timeout := range []time.Duration{time.Minute, -1} {
		page := pageFunc(func(w http.ResponseWriter, r *http.Request) error {
			body, answer := w.(interface{ LimitsClient() (body, answer bool) }).LimitsClient()
			_, err := fmt.Fprint(w, body, answer)
			return err
		})
		everyKind(t, Config{Pages: page, BodyTimeout: timeout, WriteTimeout: timeout}, func(t *testing.T, url string, c *http.Client) {
			resp, err := c.Post(url, "text/plain", strings.NewReader("body"))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			// What a client of HTTP/1 takes, net/http sees only in whole pieces.
			std := strings.HasSuffix(t.Name(), "/std") || strings.HasSuffix(t.Name(), "/std_over_TLS")
			if want := fmt.Sprint(timeout > 0, timeout > 0 && !std); err != nil || string(got) != want {
				t.Errorf("with %v, pages are told %q, %v; want %s", timeout, got, err, want)
			}
		})
	}
}

func TestPageMayThinkOverHTTP2(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newServer(t, Config{WriteTimeout: time.Minute})
		r := httptest.NewRequest("GET", "/", nil)
		r.ProtoMajor = 2
		conn := &deadlines{cut: make(chan struct{}), takes: 50 * time.Second}
		w, _ := s.pace(conn, r)
		for range 3 {
			if n, err := w.Write(make([]byte, 100<<10)); n != 100<<10 || err != nil { // in several pieces
				t.Fatalf("a client that is slow: %d bytes, %v", n, err)
			}
			time.Sleep(time.Hour) // the page thinks
		}
		w.(*pacedWriter).finish()
		if got := time.Until(conn.last); got != time.Minute {
			t.Errorf("after the page there are %v left, want a minute", got)
		}
		conn.takes = 2 * time.Minute
		if n, err := io.WriteString(w, "x"); n != 0 || err == nil {
			t.Errorf("a client that takes nothing: %d bytes, %v", n, err)
		}
	})
}

func TestHandlerMayHaveADeadlineOfItsOwnOverHTTP2(t *testing.T) {
	cert, key := newPair(t, t.TempDir(), "localhost", time.Now().Add(time.Hour))
	written := make(chan error, 1)
	s, _ := newServer(t, Config{TLSCert: cert, TLSKey: key, Logger: quiet, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		must(t, http.NewResponseController(w).SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
		_, err := w.Write(make([]byte, 1<<20))
		written <- err
		return err
	})})
	f := dialFrames(t, serve(t, s))
	f.get(1, "/")
	if reset, _ := f.end(1); !reset {
		t.Error("the answer has an end")
	}
	if err := <-written; err == nil {
		t.Error("the handler was not told")
	}
}

func TestReasonOfASlowBody(t *testing.T) {
	var e *http1.Error
	if !errors.As(error(errBodySlow), &e) || statusOf(errBodySlow) != 408 {
		t.Errorf("status %d, want 408", statusOf(errBodySlow))
	}
}
