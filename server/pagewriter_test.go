package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// typedPage is a page of a type that writes a body with its length.
func typedPage(contentType, body string, fields ...string) Pages {
	return pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Content-Length", fmt.Sprint(len(body)))
		for _, f := range fields {
			name, value, _ := strings.Cut(f, ": ")
			h.Set(name, value)
		}
		w.WriteHeader(200)
		_, err := io.WriteString(w, body)
		return err
	})
}

func TestPageIsCompressed(t *testing.T) {
	s, logs := newServer(t, Config{Pages: typedPage("text/html; charset=utf-8", prose, `Etag: "abc"`, "Vary: Cookie", "Accept-Ranges: bytes")})
	for accept, want := range map[string]string{
		"gzip, deflate, br, zstd": "zstd", "gzip, deflate, br": "gzip", "br": "br", "br;q=1, gzip;q=0.5": "br", "gzip;q=0": "", "identity": "", "identity;q=0": "",
	} {
		for range 3 { // encoders are used again
			w := do(s, "GET", "/", "Accept-Encoding: "+accept)
			h := w.Header()
			if h.Get("Content-Encoding") != want || decoded(t, w) != prose || h.Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
				t.Errorf("%s: %d bytes, %v", accept, w.Body.Len(), h)
			}
			tag := map[bool]string{true: `"abc"`, false: `W/"abc"`}[want == ""]
			if strings.Join(h["Vary"], ", ") != "Cookie, Accept-Encoding" || h.Get("Etag") != tag || (h.Get("Accept-Ranges") == "") != (want != "") {
				t.Errorf("%s: %v", accept, h)
			}
			head := do(s, "HEAD", "/", "Accept-Encoding: "+accept)
			for _, name := range []string{"Content-Encoding", "Content-Type", "Etag", "Accept-Ranges"} {
				if head.Header().Get(name) != h.Get(name) {
					t.Errorf("%s: HEAD has %s %q, GET %q", accept, name, head.Header().Get(name), h.Get(name))
				}
			}
			if length := head.Header().Get("Content-Length"); want != "" && length != "" || head.Body.Len() > 0 && want != "" {
				t.Errorf("%s: HEAD has %d bytes, Content-Length %q", accept, head.Body.Len(), length)
			}
		}
	}
	if line := logs.lines("method=GET")[0]; !strings.Contains(line, "status=200 bytes=") {
		t.Error(line)
	}
}

func TestPageThatIsNotCompressed(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		fields                  []string
		vary                    bool
	}{
		{"picture", "image/png", prose, nil, false},
		{"unknown type", "application/x-unheard", prose, nil, false},
		{"tiny", "text/html", prose[:minEncoded-1], nil, false},
		{"encoded already", "text/html", prose, []string{"Content-Encoding: gzip"}, false},
		{"identity by name", "text/html", prose, []string{"Content-Encoding: identity"}, false},
		{"no-transform", "text/html", prose, []string{"Cache-Control: private, No-Transform"}, false},
		{"a range", "text/html", prose, []string{"Content-Range: bytes 0-9/10"}, false},
		{"digest", "text/html", prose, []string{"Content-Digest: sha-256=:x:"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := newServer(t, Config{Pages: typedPage(tt.contentType, tt.body, tt.fields...)})
			w := do(s, "GET", "/", everyCoding)
			if w.Body.String() != tt.body || w.Header().Get("Vary") != "" || w.Header().Get("Content-Length") != fmt.Sprint(len(tt.body)) {
				t.Errorf("%d bytes, %v", w.Body.Len(), w.Header())
			}
		})
	}
	for _, status := range []int{204, 205, 206, 304} {
		s, _ := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Etag", `"abc"`)
			w.WriteHeader(status)
			return nil
		})})
		if w := do(s, "GET", "/", everyCoding); w.Code != status || w.Header().Get("Content-Encoding") != "" || w.Header().Get("Etag") != `"abc"` {
			t.Errorf("%d: %v", status, w.Header())
		}
	}
	s, _ := newServer(t, Config{NoCompress: true, Pages: typedPage("text/html", prose)})
	if w := do(s, "GET", "/", everyCoding); w.Body.String() != prose || w.Header().Get("Vary") != "" {
		t.Errorf("NoCompress: %v", w.Header())
	}
}

func TestPageWithoutALength(t *testing.T) {
	for _, tt := range []struct {
		name   string
		chunks []string
		flush  bool
		want   string
	}{
		{"small", []string{"a", "b"}, false, ""},
		{"nothing", nil, false, ""},
		{"small and flushed", []string{"a", "b"}, true, "gzip"},
		{"grows", []string{"a", prose, "b"}, false, "gzip"},
		{"large", []string{prose, prose}, false, "gzip"},
		{"large and flushed", []string{prose, prose}, true, "gzip"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
				w.Header().Set("Content-Type", "text/plain")
				for _, c := range tt.chunks {
					io.WriteString(w, c)
					if tt.flush {
						w.(http.Flusher).Flush()
					}
				}
				return nil
			})})
			w := do(s, "GET", "/", "Accept-Encoding: gzip")
			if w.Header().Get("Content-Encoding") != tt.want || decoded(t, w) != strings.Join(tt.chunks, "") {
				t.Errorf("%v %q", w.Header(), w.Body)
			}
			head := do(s, "HEAD", "/", "Accept-Encoding: gzip")
			if head.Header().Get("Content-Encoding") != tt.want {
				t.Errorf("HEAD: %v", head.Header())
			}
		})
	}
}

func TestChunkReachesTheClientBeforeTheNext(t *testing.T) {
	for _, accept := range []string{"gzip", "br", "zstd"} {
		for _, contentType := range []string{"text/html", "text/event-stream"} {
			t.Run(accept+" "+contentType, func(t *testing.T) {
				next := make(chan struct{})
				s, _ := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
					w.Header().Set("Content-Type", contentType)
					w.WriteHeader(200)
					for i := range 5 {
						fmt.Fprintf(w, "data: %d\n\n", i)
						if err := http.NewResponseController(w).Flush(); err != nil {
							return err
						}
						<-next
					}
					return nil
				})})
				conn := dial(t, serve(t, s))
				fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: %s\r\n\r\n", accept)
				resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
				must(t, err)
				defer resp.Body.Close()
				if resp.Header.Get("Content-Encoding") != accept || resp.ContentLength != -1 {
					t.Fatalf("%v", resp.Header)
				}
				body := decoder(t, accept, resp.Body)
				for i := range 5 {
					line := make([]byte, len("data: 0\n\n"))
					if _, err := io.ReadFull(body, line); err != nil || string(line) != fmt.Sprintf("data: %d\n\n", i) {
						t.Fatalf("chunk %d: %q %v", i, line, err)
					}
					next <- struct{}{}
				}
				if rest, err := io.ReadAll(body); len(rest) > 0 || err != nil {
					t.Errorf("at the end: %q %v", rest, err)
				}
			})
		}
	}
}

func TestPageThatFailsMidwayHasNoEnd(t *testing.T) {
	for name, end := range map[string]func(w http.ResponseWriter) error{
		"error":               func(http.ResponseWriter) error { return errors.New("late") },
		"panic":               func(http.ResponseWriter) error { panic("late") },
		"abort":               func(http.ResponseWriter) error { panic(http.ErrAbortHandler) },
		"less than announced": func(w http.ResponseWriter) error { return nil },
	} {
		for _, flushed := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s flushed %t", name, flushed), func(t *testing.T) {
				s, _ := newServer(t, Config{Logger: quiet, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
					w.Header().Set("Content-Type", "text/html")
					if name == "less than announced" {
						w.Header().Set("Content-Length", "20000")
					}
					io.WriteString(w, prose)
					if flushed {
						w.(http.Flusher).Flush()
					}
					return end(w)
				})})
				got := exchange(t, serve(t, s), "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
				if strings.HasSuffix(got, "\r\n0\r\n\r\n") || flushed && !strings.Contains(got, "Content-Encoding: gzip") {
					t.Errorf("%q", got)
				}
			})
		}
	}
}

func TestErrorOfAPageThatWroteNothing(t *testing.T) {
	s, _ := newServer(t, Config{Logger: quiet, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "text/html")
		return errors.New("early")
	})})
	if w := do(s, "GET", "/", everyCoding); w.Code != 500 || w.Header().Get("Content-Encoding") != "" || !strings.Contains(w.Body.String(), "500") {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
}

func TestTagOfAPageComesBack(t *testing.T) {
	s, _ := newServer(t, Config{Pages: typedPage("text/html", prose, `Etag: "abc"`)}) // which compares nothing
	for _, tt := range []struct {
		method, match, accept string
		status                int
	}{
		{"GET", `W/"abc"`, "gzip", 304},
		{"GET", `"x", "abc"`, "gzip", 304},
		{"HEAD", `W/"abc"`, "gzip", 304},
		{"GET", `"x"`, "gzip", 200},
		{"POST", `W/"abc"`, "gzip", 200},
		{"GET", `"abc"`, "identity", 200},
	} {
		w := do(s, tt.method, "/", "If-None-Match: "+tt.match, "Accept-Encoding: "+tt.accept)
		if w.Code != tt.status {
			t.Errorf("%v: %d", tt, w.Code)
		}
		if h := w.Header(); w.Code == 304 && (w.Body.Len() > 0 || h.Get("Etag") != `W/"abc"` || h.Get("Content-Length") != "" || h.Get("Vary") == "" || h.Get("Content-Encoding") != "") {
			t.Errorf("%v: %d bytes %v", tt, w.Body.Len(), h)
		}
	}
}

func TestFirstStatusCounts(t *testing.T) {
	s, _ := newServer(t, Config{Logger: quiet, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK)
		_, err := io.WriteString(w, prose)
		return err
	})})
	if w := do(s, "GET", "/", everyCoding); w.Code != http.StatusTeapot || decoded(t, w) != prose {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestBodyLongerThanAnnounced(t *testing.T) {
	s, _ := newServer(t, Config{Logger: quiet, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Length", "2000")
		if _, err := io.WriteString(w, prose); !errors.Is(err, http.ErrContentLength) {
			t.Errorf("%v, want ErrContentLength", err)
		}
		return http.ErrContentLength
	})})
	got := exchange(t, serve(t, s), "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
	if strings.Contains(got, "\r\n0\r\n") {
		t.Errorf("%q", got)
	}
}

func TestConcurrentPagesAreCompressed(t *testing.T) {
	s, _ := newServer(t, Config{NoAccessLog: true, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "text/html")
		for range 20 {
			fmt.Fprint(w, r.URL.Path, prose)
			w.(http.Flusher).Flush()
			runtime.Gosched()
		}
		return nil
	})})
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			target := fmt.Sprintf("/%d", i)
			w := do(s, "GET", target, "Accept-Encoding: "+[]string{"br", "gzip", "zstd"}[i%3])
			if decoded(t, w) != strings.Repeat(target+prose, 20) {
				t.Errorf("%s: another body", target)
			}
		})
	}
	wg.Wait()
	if n := s.encoders.Load(); n != 0 {
		t.Errorf("%d encoders in use", n)
	}
}

func TestEncodersAreLimited(t *testing.T) {
	s, _ := newServer(t, Config{Pages: typedPage("text/html", prose)})
	s.encoders.Store(maxPageEncoders)
	if w := do(s, "GET", "/", everyCoding); w.Body.String() != prose || w.Header().Get("Content-Encoding") != "" || w.Header().Get("Content-Length") == "" || w.Header().Get("Vary") == "" {
		t.Errorf("%v", w.Header())
	}
	s.encoders.Store(0)
	if w := do(s, "GET", "/", everyCoding); w.Header().Get("Content-Encoding") != "zstd" {
		t.Errorf("%v", w.Header())
	}
}
