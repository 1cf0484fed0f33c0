package engine

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// discard is a ResponseWriter that costs next to nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header               { return d.header }
func (d *discard) WriteHeader(int)                   {}
func (d *discard) Write(b []byte) (int, error)       { return len(b), nil }
func (d *discard) WriteString(s string) (int, error) { return len(s), nil }

const helloPage = `export function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return "hello " + environ.REQUEST_METHOD + " " + environ.PATH_INFO;
}
`

func benchEngine(b *testing.B, files map[string]string) *Engine {
	b.Helper()
	dir := b.TempDir()
	for name, src := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	e, err := New(Config{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { e.Close() })
	if problems, _ := e.Check(); len(problems) > 0 {
		b.Fatal(problems[0])
	}
	return e
}

// BenchmarkHello compares what a warm page costs with what a bare net/http handler costs over
// loopback: the first is to be at most half of the second.
func BenchmarkHello(b *testing.B) {
	b.Run("engine", func(b *testing.B) {
		benchPage(b, helloPage)
	})
	b.Run("nethttp-loopback", func(b *testing.B) {
		benchLoopback(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, "hello "+r.Method+" "+r.URL.Path)
		}))
	})
	b.Run("engine-nethttp-loopback", func(b *testing.B) {
		benchLoopback(b, benchEngine(b, map[string]string{"hello.js": helloPage}))
	})
}

func benchPage(b *testing.B, src string) {
	e := benchEngine(b, map[string]string{"hello.js": src})
	r := httptest.NewRequest("GET", "/hello", nil)
	r.Header.Set("User-Agent", "bench")
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		if err := e.ServePage(w, r); err != nil {
			b.Fatal(err)
		}
	}
}

func benchLoopback(b *testing.B, h http.Handler) {
	srv := httptest.NewServer(h)
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	request := []byte("GET /hello HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n\r\n")
	in := bufio.NewReader(conn)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Write(request); err != nil {
			b.Fatal(err)
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
	}
}

// BenchmarkEnviron tells what reading environ costs: two keys, and all of them.
func BenchmarkEnviron(b *testing.B) {
	const page = `export function application(environ, start_response) {
  start_response("200 OK", []);
  return READ;
}
`
	for name, read := range map[string]string{
		"none": `"x"`, "two": "environ.PATH_INFO + environ.HTTP_USER_AGENT", "all": "JSON.stringify(environ)",
	} {
		b.Run(name, func(b *testing.B) {
			benchPage(b, strings.ReplaceAll(page, "READ", read))
		})
	}
}

// BenchmarkStartResponse tells what headers cost.
func BenchmarkStartResponse(b *testing.B) {
	for name, headers := range map[string]string{
		"none":  `[]`,
		"three": `[["Content-Type", "text/plain"], ["Cache-Control", "no-store"], ["X-Other", "value"]]`,
	} {
		b.Run(name, func(b *testing.B) {
			benchPage(b, strings.ReplaceAll(`export function application(environ, start_response) {
  start_response("200 OK", HEADERS);
  return "x";
}
`, "HEADERS", headers))
		})
	}
}

// BenchmarkCompile tells what a save costs.
func BenchmarkCompile(b *testing.B) {
	e := benchEngine(b, map[string]string{"hello.js": helloPage})
	b.ReportAllocs()
	for b.Loop() {
		if out := e.compiler.compile("hello.js", nil); len(out.problems) > 0 {
			b.Fatal(out.problems[0])
		}
	}
}

// BenchmarkStart tells what a runtime costs that a request finds no idle one for.
func BenchmarkStart(b *testing.B) {
	e := benchEngine(b, map[string]string{"hello.js": helloPage})
	p := e.site.Load().pages["hello.js"]
	b.ReportAllocs()
	for b.Loop() {
		rt, err := newRuntime(b.Context(), p)
		if err != nil {
			b.Fatal(err)
		}
		rt.close()
	}
}
