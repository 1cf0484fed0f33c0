package engine

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wizgy/engine/internal/spool"
)

// sizePage answers with the size of what it was sent, and with the sum of it.
const sizePage = `
	const b = environ["wsgi.input"].read();
	let sum = 0;
	for (const n of b) sum += n;
	start_response("200 OK", [["Content-Type", "text/plain"]]);
	return [b.length + " " + sum];`

// slowPosts opens connections whose clients have sent some of a body.
func (s *served) slowPosts(n int, path string) []*conn {
	s.t.Helper()
	list := make([]*conn, n)
	for i := range list {
		list[i] = s.dial()
		list[i].send("POST " + path + " HTTP/1.1\r\nHost: example.com\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 200+i%300))
	}
	return list
}

// coming waits until so many bodies are being taken in.
func (s *served) coming(n int) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("%d bodies are being taken in", n), func() bool { coming, _, _ := s.spool.Usage(); return coming == n })
}

func TestSlowBodiesCostOtherVisitorsNothing(t *testing.T) {
	const clients = 300
	s := app(t, Config{MaxRuntimes: 2, MaxQueue: 1}, sizePage)
	slow := s.slowPosts(clients, "/")
	s.coming(clients)
	for range 3 {
		s.want("/", 200, "0 0")
		c := s.dial()
		c.send("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\n\r\nabc")
		if status, body, err := c.response(); status != 200 || body != "3 294" || err != nil {
			t.Errorf("a client that is not slow: %d %q, %v", status, body, err)
		}
	}
	slow[0].send(strings.Repeat("x", 100000-200))
	if status, body, err := slow[0].response(); status != 200 || body != "100000 12000000" || err != nil {
		t.Errorf("a client that was slow: %d %q, %v", status, body, err)
	}
	for _, c := range slow {
		c.Close()
	}
	s.coming(0)
}

// TestClientThatLeavesIsNotServed has a client that leaves before its request is there, or while it
// waits for a runtime.
func TestClientThatLeavesIsNotServed(t *testing.T) {
	s := serve(t, Config{MaxRuntimes: 1}, map[string]string{"busy.js": `
		export async function* application(environ, start_response) {
			console.log("called", environ.QUERY_STRING);
			start_response("200 OK", []);
			yield "begun";
			if (environ.QUERY_STRING === "first") for (;;) { await new Promise((resolve) => setTimeout(resolve, 5)); yield "x" }
		}`})
	first := s.dial()
	first.send("GET /busy?first HTTP/1.1\r\nHost: example.com\r\n\r\n")
	s.log.await(t, "called first")

	leaves := s.slowPosts(1, "/busy?leaves")[0]
	s.coming(1)
	leaves.Close()
	s.log.await(t, "the request's body is malformed or broke off: unexpected EOF")

	waits := s.dial()
	waits.send("POST /busy?waits HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\n\r\nabc")
	pool := s.site.Load().pages["busy.js"].pool
	waiting := func(n int) func() bool {
		return func() bool { pool.mu.Lock(); defer pool.mu.Unlock(); return pool.waiting == n }
	}
	eventually(t, "a request waits", waiting(1))
	waits.Close()
	eventually(t, "none waits", waiting(0))
	first.Close()
	s.want("/busy?last", 200, "begun")
	if log := s.log.String(); strings.Contains(log, "called leaves") || strings.Contains(log, "called waits") {
		t.Errorf("the page was called:\n%s", log)
	}
}

func TestBodyThatStopsComingIs408(t *testing.T) {
	atSomePace(t, func(t testing.TB, slower time.Duration) {
		s := app(t, Config{Timeout: slower * 200 * time.Millisecond}, `console.log("called")`)
		c := s.slowPosts(1, "/")[0]
		if status, _, err := c.response(); status != 408 || err != nil {
			t.Errorf("got %d, %v", status, err)
		}
		if strings.Contains(s.log.String(), "called") {
			t.Error("the page was called")
		}
	})
}

func TestBodyMayTakeLongerThanThePage(t *testing.T) {
	atSomePace(t, func(t testing.TB, slower time.Duration) {
		limit := slower * 250 * time.Millisecond
		s := app(t, Config{Timeout: limit}, sizePage)
		c := s.dial()
		c.send("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 20\r\n\r\n")
		for range 20 {
			<-time.After(limit / 12)
			c.send("a")
		}
		if status, body, err := c.response(); status != 200 || body != "20 1940" || err != nil {
			t.Errorf("got %d %q, %v", status, body, err)
		}
	})
}

func TestConnectionGoesOnAfterABodyThatThePageLeaves(t *testing.T) {
	s := app(t, Config{}, `start_response("200 OK", []); return environ.REQUEST_METHOD;`)
	c := s.dial()
	large := strings.Repeat("x", 1<<20)
	c.send("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 1048576\r\n\r\n" + large + "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
	for _, want := range []string{"POST", "GET"} {
		if status, body, err := c.response(); status != 200 || body != want || err != nil {
			t.Errorf("got %d %q, %v; want %s", status, body, err, want)
		}
	}
}

func TestLargeBodyComesBackInAnyWayOfReading(t *testing.T) {
	text := strings.Repeat("0123456789abcde\n", 1<<16)
	for how, read := range map[string]string{
		"at once":   `body = [input.read()]`,
		"in pieces": `for (let b; (b = input.read(10007)).length > 0; ) body.push(b)`,
		"by line":   `body = input.readlines()`,
		"by limit":  `for (let b; (b = input.readline(7)).length > 0; ) body.push(b)`,
		"mixed":     `body = [input.read(3), input.readline(), input.readline(2), ...input.readlines(100), input.read()]`,
	} {
		for _, mode := range []string{"", "var input = 'stream';"} {
			s := serve(t, Config{}, map[string]string{"a.js": mode + `function application(environ, start_response) {
				const input = environ["wsgi.input"];
				let body = [];
				` + read + `;
				start_response("200 OK", [["Content-Type", "text/plain"]]);
				return body;
			}`})
			for _, size := range []int{1 << 20, 1000} {
				resp, err := http.Post(s.srv.URL+"/a", "text/plain", io.MultiReader(strings.NewReader(text[:size])))
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || string(got) != text[:size] {
					t.Errorf("%s, %q: %d bytes of %d, %v", how, mode, len(got), size, err)
				}
			}
		}
	}
}

// TestSlowBodyGetsTheNewestPage saves a page while the body of a request for it is on its way.
func TestSlowBodyGetsTheNewestPage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "apps")
	page := func(version string) string {
		return `exports.application = (environ, start_response) => { start_response("200 OK", []); return "` + version + `"; };`
	}
	write(t, dir, "a.js", page("old"))
	e := open(t, Config{Dir: dir})
	srv := httptest.NewServer(e)
	defer srv.Close()
	s := &served{Engine: e, t: t, srv: srv}
	c := s.slowPosts(1, "/a")[0]
	s.coming(1)
	write(t, dir, "a.js", page("new"))
	eventually(t, "the new page is there", func() bool {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest("GET", "/a", nil))
		return w.Body.String() == "new"
	})
	c.send(strings.Repeat("x", 100000-200))
	if status, body, err := c.response(); status != 200 || body != "new" || err != nil {
		t.Errorf("got %d %q, %v", status, body, err)
	}
}

func TestBodyIsNotAskedForWhereTheQueueIsFull(t *testing.T) {
	s := serve(t, Config{MaxRuntimes: 1, MaxQueue: -1}, map[string]string{"busy.js": `
		export async function* application(environ, start_response) {
			start_response("200 OK", []);
			for (;;) { yield "x"; await new Promise((resolve) => setTimeout(resolve, 5)) }
		}`})
	first := s.dial()
	first.send("GET /busy HTTP/1.1\r\nHost: example.com\r\n\r\n")
	first.Read(make([]byte, 1))
	c := s.dial()
	c.send("POST /busy HTTP/1.1\r\nHost: example.com\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("got %v, %v", resp, err)
	}
}

// TestBodiesWithoutRoom has a server with room for little, of which there is none for a while.
func TestBodiesWithoutRoom(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "bodies")
	s := app(t, Config{BodyMemory: 1 << 10, BodySpool: 256 << 10, BodyShare: 128 << 10, BodyFolder: folder}, sizePage)
	post := func(size int) (int, string, http.Header) {
		t.Helper()
		resp, err := http.Post(s.srv.URL, "text/plain", bytes.NewReader(make([]byte, size)))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body), resp.Header
	}
	if status, _, header := post(50_000); status != 503 || header.Get("Retry-After") == "" {
		t.Errorf("without a folder: %d", status)
	}
	if status, body, _ := post(1000); status != 200 || body != "1000 0" {
		t.Errorf("one that fits in memory: %d %q", status, body)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if status, body, _ := post(50_000); status != 200 || body != "50000 0" {
		t.Errorf("with a folder: %d %q", status, body)
	}
	if status, _, _ := post(200_000); status != 413 {
		t.Errorf("one that is larger than its share: %d", status)
	}
	if strings.Count(s.log.String(), "ERROR the spool file for bodies of requests fails") != 1 {
		t.Errorf("the log has\n%s", s.log.String())
	}
}

func TestPageSaysThatItReadsAsBytesCome(t *testing.T) {
	application := `application(environ, start_response) { console.log("called"); start_response("200 OK", []); return []; }`
	for name, tt := range map[string]struct {
		page    string
		streams bool
		warning string
	}{
		"module":                {`export const input = "stream"; export function ` + application, true, ""},
		"exports":               {`exports.input = "stream"; exports.application = function ` + application, true, ""},
		"script":                {`var input = "stream"; function ` + application, true, ""},
		"constant of a script":  {`const input = "stream"; function ` + application, true, ""},
		"nothing":               {`function ` + application, false, ""},
		"another value":         {"\nexport const input = \"whole\"; export function " + application, false, `apps/a.js:2:14: input must be "stream", got "whole"`},
		"no text":               {`export const input = true; export function ` + application, false, `apps/a.js:1:14: input is not "stream"`},
		"another of a script":   {`var input = "streams"; function ` + application, false, `apps/a.js:1:5: input must be "stream", got "streams"`},
		"function of a script":  {`function input() {} function ` + application, false, ""},
		"function of a module":  {`export function input() {} export function ` + application, false, `apps/a.js:1:17: input is not "stream"`},
		"variable of a library": {`const input = { a: 1 }; function ` + application, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, Config{}, map[string]string{"a.js": tt.page})
			problems, warnings := s.Check()
			if len(problems) > 0 {
				t.Fatal(problems[0])
			}
			said := ""
			for _, w := range warnings {
				said += w.Error()
			}
			if !strings.HasPrefix(said, tt.warning) || (said == "") != (tt.warning == "") {
				t.Errorf("check says %q, want %q", said, tt.warning)
			}
			c := s.slowPosts(1, "/a")[0]
			if !tt.streams {
				s.coming(1)
				return
			}
			s.log.await(t, "called")
			c.Close()
		})
	}
}

func TestClientsAreKnownByTheirNetwork(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:1234": "192.0.2.1", "192.0.2.1": "192.0.2.1", "[::ffff:192.0.2.1]:1": "192.0.2.1",
		"[2001:db8:1:2:3:4:5:6]:1234": "2001:db8:1:2::", "[fe80::1%eth0]:1": "fe80::", "2001:db8:1:2::9": "2001:db8:1:2::",
		"@": "invalid IP", "": "invalid IP", "unix": "invalid IP",
	} {
		if got := clientOf(&http.Request{RemoteAddr: remote}).String(); got != want {
			t.Errorf("%q: got %s, want %s", remote, got, want)
		}
	}
}

// countedBody is a body that counts how often it is read.
type countedBody struct{ reads atomic.Int32 }

func (b *countedBody) Read([]byte) (int, error) { b.reads.Add(1); return 0, net.ErrClosed }
func (b *countedBody) Close() error             { return nil }

func TestPageWithoutABodyDoesNotTouchTheConnection(t *testing.T) {
	for _, mode := range []string{"", "var input = 'stream';"} {
		s := serve(t, Config{}, map[string]string{"a.js": mode + `function application(environ, start_response) {
			start_response("200 OK", []);
			return String(environ["wsgi.input"].read().length);
		}`})
		body := &countedBody{}
		r := httptest.NewRequest("POST", "/a", body)
		r.ContentLength = 0
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Body.String() != "0" || body.reads.Load() > 0 {
			t.Errorf("got %q, %d reads", w.Body.String(), body.reads.Load())
		}
	}
}

// TestLateBodyGivesWayToOthers has a client that holds most of the room, and goes on slowly.
func TestLateBodyGivesWayToOthers(t *testing.T) {
	s := app(t, Config{}, sizePage)
	const size = 200_000
	s.spool.Close()
	s.spool = spool.New(spool.Limits{Memory: 1 << 10, AllMemory: 1 << 20, Disk: size + size/2, Share: size + size/2, Late: time.Nanosecond}, "", s.Engine.log)
	late := s.dial()
	late.send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: %d\r\n\r\n", size) + strings.Repeat("a", size-1))
	eventually(t, "it has its room", func() bool { _, _, disk := s.spool.Usage(); return disk > size-(1<<10) })
	other := s.dial()
	other.send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: %d\r\n\r\n", size) + strings.Repeat("b", size))
	if status, body, err := other.response(); status != 200 || body != fmt.Sprint(size, size*'b') || err != nil {
		t.Errorf("one that is in time: %d %q, %v", status, body, err)
	}
	if status, _, err := late.response(); status != 408 || err != nil {
		t.Errorf("one that is late: %d, %v", status, err)
	}
}
