package http1

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// statusWriter is what handlers look for to set a reason phrase.
type statusWriter interface {
	WriteStatus(status int, reason string)
}

func TestReasonPhrase(t *testing.T) {
	for reason, want := range map[string]string{
		"Very Fine":          "HTTP/1.1 200 Very Fine\r\n",
		"":                   "HTTP/1.1 200 OK\r\n",
		"a\r\nX-Evil: 1\x00": "HTTP/1.1 200 a  X-Evil: 1 \r\n",
	} {
		addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.(statusWriter).WriteStatus(200, reason)
		})})
		if got := ask(t, addr, last("/")); !strings.HasPrefix(got, want) {
			t.Errorf("%q: got %q, want %q…", reason, got, want)
		}
	}
}

// TestAnswerBytes pins what goes over the wire.
func TestAnswerBytes(t *testing.T) {
	for _, tc := range []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"counted", func(w http.ResponseWriter, r *http.Request) {
			w.Header()["B"] = []string{"2", "3"}
			w.Header().Set("A", "1")
			io.WriteString(w, "hello")
		}, "HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nB: 3\r\nDate: D\r\nContent-Length: 5\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\nhello"},
		{"chunked", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "a/b")
			io.WriteString(w, "hello")
			w.(http.Flusher).Flush()
			io.WriteString(w, strings.Repeat("x", 20))
			w.(http.Flusher).Flush()
			w.(http.Flusher).Flush()
			io.WriteString(w, "end")
		}, "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nDate: D\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n14\r\nxxxxxxxxxxxxxxxxxxxx\r\n3\r\nend\r\n0\r\n\r\n"},
		{"trailers", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Trailer", "T")
			w.Header()["Content-Type"] = nil
			io.WriteString(w, "hello")
			w.Header().Set("T", "1")
			w.Header().Set(http.TrailerPrefix+"U", "2")
		}, "HTTP/1.1 200 OK\r\nTrailer: T\r\nDate: D\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: 1\r\nU: 2\r\n\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ask(t, serve(t, &Server{Handler: tc.handler}), last("/"))
			if i := strings.Index(got, "Date: "); i >= 0 {
				got = got[:i] + "Date: D" + got[i+len("Date: "+http.TimeFormat):]
			}
			if got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

// TestSendFile sends files that are as long as the answer, longer and shorter.
func TestSendFile(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		typed  bool
		length int // of the answer
		limit  int64
		want   string
		err    error
	}{
		{"whole", true, 1 << 20, 1 << 20, content, nil},
		{"whole, sniffed", false, 1 << 20, 1 << 20, content, nil},
		{"part", true, 1000, 1000, content[:1000], nil},
		{"longer than the answer", true, 1000, 2000, content[:1000], http.ErrContentLength},
		{"shorter than the answer", true, 2 << 20, 1 << 20, content, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			copied := make(chan error, 2)
			addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				f, err := os.Open(name)
				if err != nil {
					t.Error(err)
				}
				defer f.Close()
				w.Header().Set("Content-Length", fmt.Sprint(tc.length))
				if tc.typed {
					w.Header().Set("Content-Type", "text/plain")
				}
				_, err = w.(io.ReaderFrom).ReadFrom(io.LimitReader(f, tc.limit))
				copied <- err
			})})
			_, got, _ := strings.Cut(ask(t, addr, get("/")+last("/2")), "\r\n\r\n")
			if tc.length == len(tc.want) && tc.err == nil {
				if !strings.HasPrefix(got, tc.want) || len(got) < 2*len(tc.want) {
					t.Errorf("got %d octets, want %d and another answer", len(got), len(tc.want))
				}
			} else if got[:min(len(got), len(tc.want))] != tc.want {
				t.Errorf("got %d octets, want %d", len(got), len(tc.want))
			}
			if err := receive(t, "the handler", copied); !errors.Is(err, tc.err) {
				t.Errorf("got error %v, want %v", err, tc.err)
			}
		})
	}
}

// TestAbortResetsUnframedAnswer has an answer whose end is the end of the connection, and a
// handler that gives up.
func TestAbortResetsUnframedAnswer(t *testing.T) {
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "begun")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})})
	c := dial(t, addr).send("GET / HTTP/1.0\r\n\r\n")
	if b, err := io.ReadAll(c); err == nil {
		t.Errorf("got %q and a proper end, want a reset", b)
	}
}

// TestPanicIsContained has a handler that panics in one connection and works in another.
func TestPanicIsContained(t *testing.T) {
	var log syncBuffer
	addr := serve(t, &Server{Logger: logTo(&log), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/panic":
			panic("oh no")
		case "/abort":
			panic(http.ErrAbortHandler)
		}
	})})
	for _, path := range []string{"/panic", "/abort"} {
		if got := dial(t, addr).send(get(path)).rest(); got != "" {
			t.Errorf("%s: got %q", path, got)
		}
	}
	if resp, _ := dial(t, addr).send(get("/")).response("GET"); resp.StatusCode != 200 {
		t.Errorf("got %s", resp.Status)
	}
	waitFor(t, "the log", func() bool { return strings.Contains(log.String(), "oh no") })
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
		t.Errorf("got %d errors in the log, want 1:\n%s", n, log.String())
	}
}

// TestWritingAfterReturn has a goroutine that outlives its handler.
func TestWritingAfterReturn(t *testing.T) {
	returned, wrote := make(chan struct{}), make(chan error, 1)
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/2" {
			close(returned)
			return
		}
		go func() {
			<-returned
			_, err := w.Write([]byte("late"))
			w.WriteHeader(500)
			wrote <- err
		}()
	})})
	c := dial(t, addr)
	c.send(get("/1")).response("GET")
	if resp, body := c.send(get("/2")).response("GET"); resp.StatusCode != 200 || body != "" {
		t.Errorf("got %s %q", resp.Status, body)
	}
	if err := receive(t, "the late write", wrote); !errors.Is(err, errDone) {
		t.Errorf("got %v, want %v", err, errDone)
	}
}

// TestReadingAfterReturn has a goroutine that still reads the body when its handler returns.
func TestReadingAfterReturn(t *testing.T) {
	reading, read := make(chan struct{}), make(chan error, 1)
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		go func() {
			io.ReadFull(r.Body, make([]byte, 5))
			close(reading)
			_, err := io.ReadAll(r.Body)
			read <- err
		}()
		<-reading
		io.WriteString(w, "answer")
	})})
	c := dial(t, addr).send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello")
	if _, body := c.response("POST"); body != "answer" {
		t.Errorf("got %q", body)
	}
	c.rest()
	if err := receive(t, "the read to end", read); err == nil {
		t.Error("the body seemed complete")
	}
}

// TestLargeBodyEcho sends a body through in both directions at once.
func TestLargeBodyEcho(t *testing.T) {
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		io.Copy(w, r.Body)
	})})
	content := bytes.Repeat([]byte("0123456789"), 1<<20)
	for _, length := range []int64{int64(len(content)), -1} {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", "http://"+addr, io.NopCloser(bytes.NewReader(content)))
		req.ContentLength = length
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("length %d: got %d octets, %v", length, len(got), err)
		}
	}
}

// TestResetContentIsEmpty has a handler that writes a body where there is none: RFC 9110, 15.3.6.
func TestResetContentIsEmpty(t *testing.T) {
	addr := serve(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", r.URL.Query().Get("length"))
		w.WriteHeader(http.StatusResetContent)
		io.WriteString(w, "body")
		if r.URL.Path == "/flush" {
			w.(http.Flusher).Flush()
		}
		io.WriteString(w, "more")
	})})
	c := dial(t, addr)
	for _, path := range []string{"/", "/?length=8", "/flush", "/flush?length=8"} {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			c.send(method + " " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")
			resp, body := c.response(method)
			if resp.StatusCode != http.StatusResetContent || resp.Header.Get("Content-Length") != "0" || body != "" || resp.Close {
				t.Errorf("%s %s: got %s %v %q, want 205, a length of 0, and no body", method, path, resp.Status, resp.Header, body)
			}
		}
	}
}
