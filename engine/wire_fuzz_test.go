package engine

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/dop251/goja"

	"wizgy/engine/module"
)

// fuzzed is an engine with one page, behind a real server on connections in memory.
type fuzzed struct {
	conns chan net.Conn
	make  func(*goja.Runtime) goja.Value // what the page gets from input()
}

// newFuzzed serves a page that imports input from wizgy:fuzz.
func newFuzzed(f *testing.F, page string) *fuzzed {
	z := &fuzzed{conns: make(chan net.Conn)}
	dir := f.TempDir()
	write(f, dir, "page.js", `import { input } from "wizgy:fuzz";`+page)
	e, err := New(Config{Dir: dir, NoWatch: true, Logger: slog.New(slog.DiscardHandler), Modules: []module.Module{{
		Name: "wizgy:fuzz",
		Load: func(h module.Host) (*goja.Object, error) {
			o := h.Runtime().NewObject()
			return o, o.Set("input", func(goja.FunctionCall) goja.Value { return z.make(h.Runtime()) })
		},
	}}})
	if err != nil {
		f.Fatal(err)
	}
	srv := &http.Server{Handler: e, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	done := make(chan struct{})
	go func() { defer close(done); srv.Serve(z) }()
	f.Cleanup(func() { srv.Close(); <-done; e.Close() })
	return z
}

// Accept, Close and Addr make it a net.Listener.
func (z *fuzzed) Accept() (net.Conn, error) {
	c, ok := <-z.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (z *fuzzed) Close() error   { close(z.conns); return nil }
func (z *fuzzed) Addr() net.Addr { return &net.UnixAddr{} }

// get asks for the page and returns all that comes back.
func (z *fuzzed) get(t *testing.T) []byte {
	client, server := net.Pipe()
	defer client.Close()
	stop := context.AfterFunc(t.Context(), func() { client.Close() })
	defer stop()
	z.conns <- server
	if _, err := io.WriteString(client, "GET /page HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	wire, err := io.ReadAll(client)
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// oneResponse parses the bytes of exactly one response.
func oneResponse(t *testing.T, wire []byte) *http.Response {
	in := bufio.NewReader(bytes.NewReader(wire))
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatalf("%v in %q", err, wire)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatalf("body: %v in %q", err, wire)
	}
	if rest, _ := io.ReadAll(in); len(rest) > 0 {
		t.Fatalf("%q follows the response in %q", rest, wire)
	}
	return resp
}

// jsString makes a string of UTF-8 or, to have halves of surrogate pairs too, of UTF-16 units.
func jsString(s string, units bool) goja.String {
	if !units {
		return goja.StringFromUTF16(utf16.Encode([]rune(s)))
	}
	var list []uint16
	for i := 0; i+1 < len(s); i += 2 {
		list = append(list, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return goja.StringFromUTF16(list)
}

// FuzzHeaders gives start_response any names and values. Either it throws, and the client gets
// 500, or the client gets one response with these headers and none that nobody gave.
func FuzzHeaders(f *testing.F) {
	z := newFuzzed(f, `export function application(environ, start_response) { start_response("200 OK", input()); return ["x"]; }`)
	for _, s := range [][4]string{
		{"X-A", "b", "X-B", "c"}, {"Set-Cookie", "a=b", "set-cookie", "c=d"}, {"X-A", "b\r\nX-Injected: 1", "", ""}, {"X-A\r\nX-Injected", "b", "A", "b"},
		{"X-A", "b\n\nbody", "A", "\x00"}, {"Content-Length", "0", "X", ""}, {"Content-Length", "1", "Content-Length", "1"}, {"Content-Length", "5", "X", "y"},
		{"Transfer-Encoding", "chunked", "Connection", "keep-alive"}, {"transfer-encoding", "identity", "Trailer", "X"}, {"Content-Type", "text/plain", "Date", "now"},
		{"X-A", " spaces\t", "X-É", "é"}, {"X-A", "\xff\xfe", "X-A", "€"}, {"Pragma", "no-cache", "Content-Encoding", "gzip"}, {"A ", "b", "B:", "c"}, {"Proxy-X", "y", "TE", "z"},
	} {
		f.Add(s[0], s[1], s[2], s[3], false)
	}
	f.Add("X-A", "\xd8\x00\x00a", "X-B", "\x0d\x0a\x00\x0a", true)
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string, units bool) {
		var want [][2]string
		z.make = func(vm *goja.Runtime) goja.Value {
			pairs := [][2]goja.Value{{jsString(name1, false), jsString(value1, units)}, {jsString(name2, false), jsString(value2, units)}}
			var list []any
			for _, p := range pairs {
				list = append(list, vm.NewArray(p[0], p[1]))
				want = append(want, [2]string{textproto.CanonicalMIMEHeaderKey(p[0].String()), strings.Trim(p[1].String(), " \t")})
			}
			return vm.NewArray(list...)
		}
		wire := z.get(t)
		if resp := oneResponse(t, wire); resp.StatusCode == 200 {
			checkFields(t, wire, want)
		} else if resp.StatusCode != 500 || bytes.Contains(wire, []byte("X-Injected")) {
			t.Errorf("got %q", wire)
		}
	})
}

// checkFields compares the fields of a head with those that were given, apart from those that
// the server writes itself.
func checkFields(t *testing.T, wire []byte, want [][2]string) {
	head, _, _ := bytes.Cut(wire, []byte("\r\n\r\n"))
	own := map[string]bool{"Date": true, "Content-Length": true, "Content-Type": true, "Connection": true}
	got := map[string][]string{}
	for _, line := range strings.Split(string(head), "\r\n")[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if !ok || strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("the line %q is no field", line)
		}
		if !own[name] {
			got[name] = append(got[name], value)
		}
	}
	for _, p := range want {
		if own[p[0]] {
			continue
		}
		if len(got[p[0]]) == 0 || got[p[0]][0] != p[1] {
			t.Errorf("%s: got %q, want %q first; head %q", p[0], got[p[0]], p[1], head)
			return
		}
		got[p[0]] = got[p[0]][1:]
	}
	for name, rest := range got {
		if len(rest) > 0 {
			t.Errorf("nobody gave %s: %q", name, rest)
		}
	}
}

// FuzzStatus gives start_response any status. Either it throws, and the client gets 500, or the
// client gets one response with this number.
func FuzzStatus(f *testing.F) {
	z := newFuzzed(f, `export function application(environ, start_response) { start_response(input(), [["X-A", "b"]]); return ["x"]; }`)
	for _, s := range []string{"200 OK", "200", "", "204 No Content", "304 Not Modified", "100 Continue", "101 Up", "199 x", "599 x", "600 x", "2OO OK", "200 OK\r\nX-Injected: 1",
		"200 \n", "200 OK\x00", "999 Odd", "٢٠٠ OK", "200  OK ", "-20 OK", "+20 OK", "200\u00a0OK", "500 Mine"} {
		f.Add(s, false)
	}
	f.Add("\x002\x000\x000\x00 \xd8\x00", true)
	f.Fuzz(func(t *testing.T, status string, units bool) {
		z.make = func(*goja.Runtime) goja.Value { return jsString(status, units) }
		wire := z.get(t)
		resp := oneResponse(t, wire)
		given := jsString(status, units).String()
		if resp.Header.Get("X-A") == "b" {
			if len(given) < 4 || given[3] != ' ' || resp.Status[:3] != given[:3] || resp.StatusCode < 200 || resp.StatusCode > 599 {
				t.Errorf("%q became %q", given, resp.Status)
			}
		} else if resp.StatusCode != 500 {
			t.Errorf("%q became %q", given, resp.Status)
		}
		if bytes.Contains(wire, []byte("X-Injected")) {
			t.Errorf("got %q", wire)
		}
	})
}
