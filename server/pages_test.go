package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"
)

// scriptError has everything that an error of a page can have.
type scriptError struct{ msg string }

func (e *scriptError) Error() string             { return e.msg }
func (e *scriptError) Where() (string, int, int) { return "apps/a.js", 3, 9 }
func (e *scriptError) Frame() string             { return "  2 | let x\n> 3 | x < <b>()\n    |   ^\n  4 | }" }
func (e *scriptError) Stack() string             { return "application (apps/a.js:3:9)\n<anonymous>" }
func (e *scriptError) Unwrap() error             { return fs.ErrNotExist } // of a file that the page missed

type timedError struct {
	status int
	after  time.Duration
}

func (e timedError) Error() string             { return "INTERNAL" }
func (e timedError) HTTPStatus() int           { return e.status }
func (e timedError) RetryAfter() time.Duration { return e.after }

const browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"

func TestErrorOfAPageHasItsStatus(t *testing.T) {
	tests := []struct {
		name   string
		err    error
		status int
		retry  string
	}{
		{"any", errors.New("INTERNAL"), 500, ""},
		{"not found", fmt.Errorf("INTERNAL: %w", fs.ErrNotExist), 404, ""},
		{"of a script that missed a file", &scriptError{"INTERNAL"}, 500, ""},
		{"busy", fmt.Errorf("wrapped: %w", timedError{503, 1500 * time.Millisecond}), 503, "2"},
		{"busy for a moment", timedError{503, time.Millisecond}, 503, "1"},
		{"deadline", timedError{504, time.Second}, 504, "1"},
		{"no time to wait", timedError{500, 0}, 500, ""},
		{"nonsense", timedError{200, time.Second}, 500, "1"},
		{"body", fmt.Errorf("INTERNAL: %w", &http.MaxBytesError{Limit: 1}), 413, ""},
		{"cancelled, though the client waits", context.Canceled, 500, ""},
	}
	for _, tt := range tests {
		for _, accept := range []string{browser, "Accept: */*"} {
			t.Run(tt.name+" "+accept, func(t *testing.T) {
				s, _ := newServer(t, Config{Pages: failingPage(tt.err)})
				w := do(s, "GET", "/x", accept)
				if w.Code != tt.status || w.Header().Get("Retry-After") != tt.retry {
					t.Errorf("status %d, Retry-After %q, want %d, %q", w.Code, w.Header().Get("Retry-After"), tt.status, tt.retry)
				}
				if body := w.Body.String(); strings.Contains(body, "INTERNAL") || strings.Contains(body, "apps/") ||
					!strings.Contains(body, fmt.Sprintf("%d %s", tt.status, http.StatusText(tt.status))) {
					t.Errorf("a visitor sees %q", body)
				}
				if w.Header().Get("Cache-Control") != "no-store" {
					t.Errorf("Cache-Control %q", w.Header().Get("Cache-Control"))
				}
			})
		}
	}
}

func TestErrorPageComesAsTheClientReadsIt(t *testing.T) {
	s, _ := newServer(t, Config{Pages: failingPage(errors.New("x"))})
	for accept, html := range map[string]bool{
		browser: true, "Accept: */*": false, "Accept: application/json": false, "X-No: accept": false,
		"Accept: text/html;q=0": false, "Accept: text/plain, TEXT/HTML;level=1;q=0.1": true,
	} {
		got := do(s, "GET", "/", accept).Header().Get("Content-Type")
		if got != map[bool]string{true: "text/html; charset=utf-8", false: "text/plain; charset=utf-8"}[html] {
			t.Errorf("%s gets %s", accept, got)
		}
	}
}

func TestDevPageShowsTheError(t *testing.T) {
	s, _ := newServer(t, Config{Dev: true, Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.(interface{ SetPage(string) }).SetPage("a.js")
		return &scriptError{"ReferenceError: <b> is \x1b not defined"}
	})})
	html := do(s, "GET", "/a?secret", browser)
	for _, part := range []string{
		"500 Internal Server Error", "ReferenceError: &lt;b&gt; is", "apps/a.js:3:9", "<span>  2 | let x</span>",
		`<span class="hit">&gt; 3 | x &lt; &lt;b&gt;()</span>`, `<span class="caret">    |   ^</span>`,
		"application (apps/a.js:3:9)\n&lt;anonymous&gt;", "GET /a", "<dd>a.js</dd>",
	} {
		if !strings.Contains(html.Body.String(), part) {
			t.Errorf("the page lacks %q:\n%s", part, html.Body)
		}
	}
	if strings.Contains(html.Body.String(), "<b>") || strings.Contains(html.Body.String(), "http") {
		t.Errorf("the page has unescaped text or needs something from elsewhere:\n%s", html.Body)
	}
	want := "500 Internal Server Error\n\napps/a.js:3:9: ReferenceError: <b> is \uFFFD not defined\n\n" +
		(&scriptError{}).Frame() + "\n\n" + (&scriptError{}).Stack() + "\n"
	if text := do(s, "GET", "/a").Body.String(); text != want {
		t.Errorf("as text:\n%s\nwant:\n%s", text, want)
	}
}

// hintedError tells its place in Error, as people at a terminal want it.
type hintedError struct{ scriptError }

func (e *hintedError) Error() string   { return "apps/a.js:3:9: " + e.Summary() }
func (e *hintedError) Summary() string { return "status is wrong\nwrite <b>" }

func TestDevPageShowsPlaceAndHintApart(t *testing.T) {
	s, logs := newServer(t, Config{Dev: true, Pages: failingPage(fmt.Errorf("call: %w", &hintedError{}))})
	html := do(s, "GET", "/a", browser).Body.String()
	if !strings.Contains(html, "<h1>status is wrong</h1>") || !strings.Contains(html, `<p class="hint">write &lt;b&gt;</p>`) ||
		strings.Count(html, "<p class=\"where\">apps/a.js:3:9</p>") != 1 {
		t.Errorf("page:\n%s", html)
	}
	if lines := logs.lines(`error="status is wrong\nwrite <b>" `); len(lines) != 1 || strings.Count(lines[0], "at=apps/a.js:3:9") != 1 {
		t.Errorf("log:\n%s", logs)
	}
}

func TestErrorIsLoggedOnce(t *testing.T) {
	s, logs := newServer(t, Config{Pages: failingPage(&scriptError{"boom"})})
	do(s, "GET", "/a")
	lines := logs.lines("boom")
	if len(lines) != 1 {
		t.Fatalf("%d lines, want one:\n%s", len(lines), logs)
	}
	for _, part := range []string{"ERROR request failed", "at=apps/a.js:3:9", "request=1", "path=/a", `stack="application (apps/a.js:3:9)\n<anonymous>"`} {
		if !strings.Contains(lines[0], part) {
			t.Errorf("the line lacks %s: %s", part, lines[0])
		}
	}
}

func TestAnyErrorMakesOneShortLine(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		for name, filler := range map[string]string{
			"letters": "x", "breaks": "\r\n", "escapes": "\x1b", "invalid": "\xff", "emoji": "😀", "quotes": `"`, "direction": "\u202e",
		} {
			logs := &logBuffer{}
			s, _ := newServer(t, Config{NoAccessLog: true, Logger: NewLogger(logs, format), Pages: failingPage(&panicError{
				value: strings.Repeat(filler, 20000), stack: strings.Repeat(filler, 20000),
			})})
			do(s, "GET", "/"+strings.Repeat("p", 5000))
			if line := logs.String(); len(line) > 8<<10 || len(line) < 1000 || strings.Count(line, "\n") != 1 {
				t.Errorf("%s %s: %d bytes, %d lines", format, name, len(line), strings.Count(line, "\n"))
			}
		}
	}
}

func TestErrorPageDropsWhatThePageHadSet(t *testing.T) {
	s, _ := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Length", "5")
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("ETag", `"x"`)
		return errors.New("x")
	})})
	h := do(s, "GET", "/").Header()
	if h.Get("Content-Encoding") != "" || h.Get("Etag") != "" || h.Get("Content-Length") == "5" {
		t.Errorf("headers of the error page: %v", h)
	}
}

func TestErrorAfterTheHeadCutsTheConnection(t *testing.T) {
	for name, end := range map[string]func() error{
		"error":  func() error { return errors.New("late") },
		"panic":  func() error { panic("late") },
		"abort":  func() error { panic(http.ErrAbortHandler) },
		"abort ": func() error { return http.ErrAbortHandler },
	} {
		t.Run(name, func(t *testing.T) {
			s, logs := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
				io.WriteString(w, "begun")
				http.NewResponseController(w).Flush()
				return end()
			})})
			resp, err := http.Get("http://" + serve(t, s) + "/x")
			must(t, err)
			defer resp.Body.Close()
			if body, err := io.ReadAll(resp.Body); err == nil || string(body) != "begun" {
				t.Errorf("got %q and %v, want a body that breaks off", body, err)
			}
			eventually(t, "the access line", func() bool { return len(logs.lines("INFO  request ")) == 1 })
			if want, got := map[bool]int{true: 0, false: 1}[strings.HasPrefix(name, "abort")], len(logs.lines("late")); got != want {
				t.Errorf("%d lines about it, want %d:\n%s", got, want, logs)
			}
			if late := strings.Join(logs.lines("late"), ""); late != "" && !strings.Contains(late, "status=200 ") {
				t.Errorf("the line has another status than the client got: %s", late)
			}
			if line := logs.lines("INFO  request ")[0]; !strings.Contains(line, "status=200 bytes=5 ") || !strings.Contains(line, "aborted=true") {
				t.Errorf("access line: %s", line)
			}
			if len(logs.lines("http: ")) > 0 {
				t.Errorf("net/http has something to say:\n%s", logs)
			}
		})
	}
}

func TestPanicIsAnswered(t *testing.T) {
	for _, value := range []any{"boom", errors.New("boom"), fmt.Errorf("boom: %w", fs.ErrNotExist), map[string]int{"boom": 1}} {
		s, logs := newServer(t, Config{Pages: pageFunc(func(http.ResponseWriter, *http.Request) error { panic(value) })})
		if w := do(s, "GET", "/"); w.Code != 500 || strings.Contains(w.Body.String(), "boom") {
			t.Errorf("panic(%v): %d %q", value, w.Code, w.Body)
		}
		if lines := logs.lines("ERROR"); len(lines) != 1 || !strings.Contains(lines[0], "boom") || !strings.Contains(lines[0], "pages_test.go") {
			t.Errorf("panic(%v) is logged as %q, want one line with the stack", value, lines)
		}
	}
}

func TestAbortIsPassedOn(t *testing.T) {
	s, _ := newServer(t, Config{Pages: pageFunc(func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) })})
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("recovered %v, want http.ErrAbortHandler", v)
		}
	}()
	do(s, "GET", "/")
	t.Error("ServeHTTP returned")
}

func TestClientThatLeavesIsNoError(t *testing.T) {
	entered := make(chan struct{})
	s, logs := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		close(entered)
		<-r.Context().Done()
		return fmt.Errorf("call: %w", r.Context().Err())
	})})
	conn := dial(t, serve(t, s))
	io.WriteString(conn, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	conn.Close()
	eventually(t, "the access line", func() bool { return len(logs.lines("status=499")) == 1 })
	if len(logs.lines("ERROR")) != 0 {
		t.Errorf("log:\n%s", logs)
	}
}

func TestClientThatLeavesWhileItIsWrittenToIsNoError(t *testing.T) {
	s, logs := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		for {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return fmt.Errorf("send: %w", err)
			}
		}
	})})
	conn := dial(t, serve(t, s))
	io.WriteString(conn, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
	io.ReadFull(conn, make([]byte, 1000))
	conn.Close()
	eventually(t, "the access line", func() bool { return len(logs.lines("aborted=true")) == 1 })
	if len(logs.lines("ERROR")) != 0 {
		t.Errorf("log:\n%s", logs)
	}
}

func TestErrorAfterAFlushCutsTheConnection(t *testing.T) {
	s, _ := newServer(t, Config{Pages: pageFunc(func(w http.ResponseWriter, r *http.Request) error {
		must(t, http.NewResponseController(w).Flush())
		return errors.New("late")
	})})
	got := exchange(t, serve(t, s), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, body, _ := strings.Cut(got, "\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200 ") || body != "" {
		t.Errorf("got %q, want a head, no chunk and no end", got)
	}
}

func TestTwoRequestsOnOneConnection(t *testing.T) {
	s, _ := newServer(t, Config{Root: site(t, map[string]string{"a.html": "<img src=a.png>", "a.png": "\x89PNG\x00"}), Pages: echoPage})
	conn := dial(t, serve(t, s))
	in := bufio.NewReader(conn)
	for _, tt := range []struct{ target, body string }{
		{"/a", "<img src=a.png>"}, {"/a.png", "\x89PNG\x00"}, {"/page", "page GET /page"}, {"/a/../b", "400 Bad Request\n"}, {"/a", "<img src=a.png>"},
	} {
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", tt.target)
		if _, body := readAnswer(t, in, "GET"); body != tt.body {
			t.Errorf("GET %s: %q, want %q", tt.target, body, tt.body)
		}
	}
}
