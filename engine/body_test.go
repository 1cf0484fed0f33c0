package engine

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dop251/goja"

	"wizgy/engine/module"
)

// hooks is a module wizgy:test with a function hook(name), which calls f while the page waits.
func hooks(f func(name string)) []module.Module {
	return []module.Module{{Name: "wizgy:test", Load: func(h module.Host) (*goja.Object, error) {
		o := h.Runtime().NewObject()
		return o, o.Set("hook", f)
	}}}
}

// TestEachChunkArrivesBeforeTheNextIsAskedFor lets the page wait, before each chunk, until the
// client has told the test that it has the last one.
func TestEachChunkArrivesBeforeTheNextIsAskedFor(t *testing.T) {
	for name, body := range map[string]string{
		"generator":       `return (function* () { for (const c of "abc") { yield c + "\n"; hook(c); } })()`,
		"async generator": `return (async function* () { for (const c of "abc") { yield c + "\n"; await null; hook(c); } })()`,
		"write":           `for (const c of "abc") { write(c + "\n"); hook(c); } return [];`,
		"content-length":  `start_response("200 OK", [["Content-Length", "6"]], 1); return (function* () { for (const c of "abc") { yield c + "\n"; hook(c); } })()`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arrived := make(chan string)
			cfg := Config{Modules: hooks(func(want string) {
				select {
				case got := <-arrived:
					if got != want {
						t.Errorf("the client has %q, want %q", got, want)
					}
				case <-time.After(time.Minute):
					t.Errorf("%q has not arrived", want)
				}
			})}
			s := serve(t, cfg, map[string]string{"index.js": `
				import { hook } from "wizgy:test";
				export function application(environ, start_response) {
					const write = start_response("200 OK", []);` + body + `}`})
			c := s.dial()
			c.send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
			for _, chunk := range []string{"a", "b", "c"} {
				c.receive(chunk + "\n")
				arrived <- chunk
			}
		})
	}
}

// TestSlowClientIsFeltByTheGenerator has a client that does not read for a while: the generator
// waits, and goes on when the client does.
func TestSlowClientIsFeltByTheGenerator(t *testing.T) {
	const chunks, size = 1000, 64 << 10
	var made atomic.Int64
	s := serve(t, Config{Modules: hooks(func(string) { made.Add(1) })}, map[string]string{"index.js": `
		import { hook } from "wizgy:test";
		export function* application(environ, start_response) {
			start_response("200 OK", [["Content-Type", "text/plain"]]);
			const chunk = "x".repeat(65536);
			for (let i = 0; i < 1000; i++) { hook("made"); yield chunk; }
		}`})
	c := s.dial()
	c.Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	c.send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
	still := 0
	for last := int64(-1); still < 10; {
		<-time.After(10 * time.Millisecond)
		if now := made.Load(); now == last && now > 0 {
			still++
		} else {
			last, still = now, 0
		}
	}
	if n := made.Load(); n > chunks/2 {
		t.Errorf("%d of %d chunks were made for a client that takes none", n, chunks)
	}
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if n != chunks*size || err != nil {
		t.Errorf("the client got %d bytes, %v; want %d", n, err, chunks*size)
	}
}

// TestTimeOfTheClientIsNotThePages has a client that takes longer than a page may.
func TestTimeOfTheClientIsNotThePages(t *testing.T) {
	for path, body := range map[string]string{
		"/stream": `new Set([new Uint8Array(8 << 20), new Uint8Array((8 << 20) + 1)])`,
		"/array":  `[new Uint8Array(16 << 20), "y"]`,
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			atSomePace(t, func(t testing.TB, slower time.Duration) {
				limit := slower * 600 * time.Millisecond
				s := app(t, Config{Timeout: limit}, `start_response("200 OK", [["Content-Type", "text/plain"]]); return `+body)
				c := s.dial()
				c.Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
				c.send("GET " + path + " HTTP/1.1\r\nHost: example.com\r\n\r\n")
				resp, err := http.ReadResponse(c.in, nil)
				if err != nil {
					t.Fatal(err)
				}
				total := int64(0)
				for err == nil {
					<-time.After(limit / 15)
					var n int64
					n, err = io.CopyN(io.Discard, resp.Body, 512<<10)
					total += n
				}
				if want := int64(16<<20 + 1); err != io.EOF || total != want {
					t.Errorf("%d bytes, %v; want %d", total, err, want)
				}
			})
		})
	}
}

// TestBrokenAnswerIsNoCleanEnd uses net/http's own client.
func TestBrokenAnswerIsNoCleanEnd(t *testing.T) {
	s := app(t, Config{}, `
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		return (function* () { yield "some"; throw new Error("secret") })()`)
	resp, err := http.Get(s.srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err == nil || string(b) != "some" {
		t.Errorf("got %q, %v; want an error after \"some\"", b, err)
	}
}

// TestTransferredBytesAreNoBody lets pages answer with what they have given away.
func TestTransferredBytesAreNoBody(t *testing.T) {
	for name, body := range map[string]string{
		"typed array": "return bytes", "view": "return view", "buffer": "return buffer", "chunk": "return [bytes]",
		"written": "write(bytes); return []", "yielded": "return (function* () { yield view })()",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, Config{}, map[string]string{"index.js": `export function application(environ, start_response) {
				const bytes = new Uint8Array(8), view = new DataView(bytes.buffer), buffer = bytes.buffer;
				structuredClone(buffer, { transfer: [buffer] });
				const write = start_response("200 OK", []);` + body + `}`})
			err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
			if e := asError(err); err == nil || e.HTTPStatus() != 500 || strings.Contains(e.Message, "interpreter failed") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestServePageReturnsWhatWasThrownBeforeTheHead shows what the caller gets: an error, and a
// ResponseWriter that nobody has touched.
func TestServePageReturnsWhatWasThrownBeforeTheHead(t *testing.T) {
	s := app(t, Config{}, `
		start_response("200 OK", [["X-A", "b"]]);
		throw new RangeError("mine")`)
	w := &untouched{t: t, header: http.Header{}}
	r, _ := http.NewRequest("GET", "/x", nil)
	err := s.ServePage(w, r)
	e, ok := err.(*Error)
	if !ok || e.HTTPStatus() != 500 || !strings.Contains(e.Error(), "RangeError: mine") || e.Line != 4 {
		t.Errorf("got %v", err)
	}
	if len(w.header) != 0 {
		t.Errorf("the header has %v", w.header)
	}
}

type untouched struct {
	t      *testing.T
	header http.Header
}

func (u *untouched) Header() http.Header         { return u.header }
func (u *untouched) WriteHeader(int)             { u.t.Error("WriteHeader was called") }
func (u *untouched) Write(b []byte) (int, error) { u.t.Error("Write was called"); return len(b), nil }
