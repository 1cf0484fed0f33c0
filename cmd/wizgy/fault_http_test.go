package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"wizgy/server"
)

// bodyPages read what they are sent, or do not; two of them as it comes.
var bodyPages = map[string]string{
	"apps/read.js": `exports.application = (environ, start_response) => {
		const body = environ["wsgi.input"].read();
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		return ["read " + body.length];
	};`,
	"apps/stream.js": `exports.input = "stream";
	exports.application = (environ, start_response) => {
		try {
			const body = environ["wsgi.input"].read();
			start_response("200 OK", [["Content-Type", "text/plain"]]);
			return ["read " + body.length];
		} catch (e) {
			console.log("the page sees " + e.name);
			throw e;
		}
	};`,
	"apps/shrug.js": `exports.input = "stream";
	exports.application = (environ, start_response) => {
		try { environ["wsgi.input"].read(); } catch {}
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		return ["shrug"];
	};`,
	"apps/ignore.js": `exports.application = (environ, start_response) => {
		console.log("the page is called");
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		return ["ignored"];
	};`,
}

func TestFaultContentLengthAndTransferEncoding(t *testing.T) {
	s := newFaultSite(t, bodyPages)
	for name, head := range map[string]string{
		"length first":     "Content-Length: 5\r\nTransfer-Encoding: chunked",
		"coding first":     "Transfer-Encoding: chunked\r\nContent-Length: 5",
		"no length":        "Content-Length: 0\r\nTransfer-Encoding: chunked",
		"other case":       "content-length: 5\r\nTRANSFER-ENCODING: Chunked",
		"unknown coding":   "Content-Length: 5\r\nTransfer-Encoding: identity",
		"coding in a list": "Content-Length: 5\r\nTransfer-Encoding: chunked, chunked",
	} {
		for _, path := range []string{"/read", "/ignore", "/static.txt"} {
			s.refused(name, "POST "+path+" HTTP/1.1\r\nHost: x\r\n"+head+"\r\n\r\n0\r\n\r\n", 400)
		}
	}
}

func TestFaultTransferEncodingInHTTP10(t *testing.T) {
	s := newFaultSite(t, bodyPages)
	for _, connection := range []string{"", "Connection: keep-alive\r\n"} {
		s.refused("HTTP/1.0", "POST /read HTTP/1.0\r\nHost: x\r\n"+connection+"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 400)
	}
}

func TestFaultContentLengthThatIsNoLength(t *testing.T) {
	s := newFaultSite(t, bodyPages)
	for _, value := range []string{
		"5\r\nContent-Length: 6", "5\r\nContent-Length: 5", "5, 6", "5, 5", "5,", "+5", "-5", "0x5", "5 5", "5;", "5.0", "1e1", "", "a",
		"9223372036854775808", "18446744073709551621", "99999999999999999999999999", "٥",
	} {
		s.refused("Content-Length: "+value, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: "+value+"\r\n\r\nhello", 400)
	}
}

func TestFaultBrokenChunks(t *testing.T) {
	s := newFaultSite(t, bodyPages)
	head := " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, body := range map[string]string{
		"no size":                    "\r\nhello\r\n0\r\n\r\n",
		"letters":                    "xyz\r\nhello\r\n0\r\n\r\n",
		"minus":                      "-5\r\nhello\r\n0\r\n\r\n",
		"plus":                       "+5\r\nhello\r\n0\r\n\r\n",
		"0x":                         "0x5\r\nhello\r\n0\r\n\r\n",
		"space":                      "5 \r\nhello\r\n0\r\n\r\n",
		"overflow":                   "10000000000000005\r\nhello\r\n0\r\n\r\n",
		"larger than any body":       "fffffffffffffff0\r\nhello\r\n0\r\n\r\n",
		"bare line feed":             "5\nhello\n0\n\n",
		"bare line feed in the data": "5\r\nhello\n0\r\n\r\n",
		"data too long":              "5\r\nhello!\r\n0\r\n\r\n",
		"no end of the data":         "5\r\nhello0\r\n\r\n",
		"no last empty line":         "5\r\nhello\r\n0\r\n", // so the next request would be a trailer
		"endless extension":          "5;" + strings.Repeat("x", 4<<10) + "\r\nhello\r\n0\r\n\r\n",
	} {
		before := strings.Count(s.log.String(), "the page sees BodyError")
		s.refused(name, "POST /ignore"+head+body, 400)
		s.refused(name, "POST /stream"+head+body, 400)
		if after := strings.Count(s.log.String(), "the page sees BodyError"); after != before+1 {
			s.t.Errorf("%s: the page saw %d errors, want one", name, after-before)
		}
		s.refused(name+", which the page does not mind", "POST /shrug"+head+body, 200)
	}
	if strings.Contains(s.log.String(), "the page is called") {
		t.Error("a page that is not for streams was called")
	}
}

func TestFaultFieldsThatAreNone(t *testing.T) {
	s := newFaultSite(t, bodyPages)
	for name, head := range map[string]string{
		"folded":                   "Host: x\r\nA: b\r\n c: d",
		"folded by a tab":          "Host: x\r\nA: b\r\n\tc: d",
		"folded at once":           " A: b\r\nHost: x",
		"space before the colon":   "Host: x\r\nA : b",
		"tab before the colon":     "Host: x\r\nA\t: b",
		"no colon":                 "Host: x\r\nA",
		"no name":                  "Host: x\r\n: b",
		"space in a name":          "Host: x\r\nA B: c",
		"NUL":                      "Host: x\r\nA: b\x00c",
		"escape":                   "Host: x\r\nA: b\x1b[2J",
		"delete":                   "Host: x\r\nA: b\x7f",
		"bare carriage return":     "Host: x\r\nA: b\rB: c",
		"bare line feed":           "Host: x\nA: b",
		"no Host":                  "A: b",
		"two Hosts":                "Host: x\r\nHost: y",
		"the same Host twice":      "Host: x\r\nHost: x",
		"empty Host":               "Host:",
		"Host with a path":         "Host: x/y",
		"Host with a user":         "Host: a@x",
		"Host with spaces":         "Host: x y",
		"Host with letters a port": "Host: x:port",
		"Host with two ports":      "Host: x:1:2",
		"two Hosts in a list":      "Host: x, y",
	} {
		s.refused(name, "GET /ok HTTP/1.1\r\n"+head+"\r\n\r\n", 400)
	}
}

func TestFaultTooMuch(t *testing.T) {
	s := newFaultSite(t, bodyPages, func(c *server.Config) { c.MaxBody = 1 << 20 })
	fields := func(n int) string { return strings.Repeat("A: b\r\n", n) }
	s.refused("a field of 33 KiB", "GET /ok HTTP/1.1\r\nHost: x\r\nA: "+strings.Repeat("x", 33<<10)+"\r\n\r\n", 431)
	s.refused("a head without end", "GET /ok HTTP/1.1\r\nHost: x\r\n"+strings.Repeat("Abc: "+strings.Repeat("x", 1000)+"\r\n", 50), 431)
	s.refused("101 fields", "GET /ok HTTP/1.1\r\nHost: x\r\n"+fields(100)+"\r\n", 431)
	s.refused("a path of 8 KiB", "GET /"+strings.Repeat("x", 8<<10)+" HTTP/1.1\r\nHost: x\r\n\r\n", 414)
	s.refused("a query of 8 KiB", "GET /?"+strings.Repeat("x", 8<<10)+" HTTP/1.1\r\nHost: x\r\n\r\n", 414)
	s.refused("a path without end", "GET /"+strings.Repeat("x", 100<<10), 414)
	s.refused("a method without end", strings.Repeat("G", 100<<10), 501)

	large := strings.Repeat("x", 1<<20+1)
	for _, path := range []string{"/read", "/stream"} {
		s.refused("a body that is too large", fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", path, len(large), large), 413)
	}
	chunks := fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(large), large)
	if resp, _ := s.ask("POST /read HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + chunks); resp.StatusCode != 413 {
		t.Errorf("a body that is too large, in chunks: %s, want 413", resp.Status)
	}
	s.refused("one that is only announced", "POST /read HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1099511627776\r\n\r\n", 413)
	s.logged("the page sees BodyTooLargeError")

	resp, body := s.ask("GET /ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + fields(98) + "\r\n")
	if resp.StatusCode != 200 || body != "ok" {
		t.Errorf("100 fields: %s %q, want 200", resp.Status, body)
	}
	resp, body = s.ask(fmt.Sprintf("POST /read HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", 1<<20, large[:1<<20]))
	if resp.StatusCode != 200 || body != fmt.Sprintf("read %d", 1<<20) {
		t.Errorf("a body as large as may be: %s %q, want 200", resp.Status, body)
	}
}

func TestFaultBodyThatNobodyReads(t *testing.T) {
	s := newFaultSite(t, bodyPages)
	for name, tt := range map[string]struct {
		size  int
		stays bool
	}{"small": {1000, true}, "large": {5 << 20, false}, "larger than any page can read": {30 << 20, false}} {
		for _, path := range []string{"/ignore", "/static.txt"} {
			status, stays := 405, tt.stays
			if path == "/ignore" { // its body is taken in all the same
				status, stays = 200, tt.size < 10<<20
			}
			if path == "/ignore" && !stays {
				status = 413
			}
			conn := s.dial()
			go func() {
				fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", path, tt.size)
				io.WriteString(conn, strings.Repeat("x", tt.size))
				io.WriteString(conn, "GET /ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			}()
			in := bufio.NewReader(conn)
			resp, err := http.ReadResponse(in, nil)
			s.check(err)
			body, err := io.ReadAll(resp.Body)
			s.check(err)
			if resp.StatusCode != status || status == 200 && string(body) != "ignored" {
				t.Errorf("%s body, %s: %s %q", name, path, resp.Status, body)
			}
			rest, err := io.ReadAll(in)
			if err != nil {
				t.Errorf("%s body, %s: the connection does not end well: %v", name, path, err)
			}
			if stayed := strings.HasSuffix(string(rest), "ok"); stayed != stays || !stayed && len(rest) > 0 {
				t.Errorf("%s body, %s: then came %q, want the next answer: %t", name, path, rest, stays)
			}
		}
	}
}

func TestFaultClientLeaves(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("that a client has left is known on Linux only")
	}
	s := newFaultSite(t, map[string]string{
		"apps/stream.js": `exports.application = function* (environ, start_response) {
			start_response("200 OK", [["Content-Type", "text/plain"]]);
			console.log("stream begins");
			try { for (;;) { const end = Date.now() + 20; while (Date.now() < end); yield "x"; } } finally { console.log("stream is closed"); }
		};`,
		"apps/sleep.js": `exports.application = async function* (environ, start_response) {
			start_response("200 OK", [["Content-Type", "text/plain"]]);
			console.log("sleep begins");
			try { yield "x"; await new Promise((done) => setTimeout(done, 60000)); } finally { console.log("sleep is closed"); }
		};`,
		"apps/compute.js": `exports.application = (environ, start_response) => { console.log("compute begins"); for (;;); };`,
		"apps/wait.js":    `exports.input = "stream"; exports.application = async (environ, start_response) => { console.log("wait begins"); await new Promise((done) => setTimeout(done, 60000)); };`,
	})
	s.healthy()
	goroutines := runtime.NumGoroutine()
	for name, tt := range map[string]struct{ request, begun, ended string }{
		"in the middle of a stream":     {"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n", "stream begins", "stream is closed"},
		"while a stream sleeps":         {"GET /sleep HTTP/1.1\r\nHost: x\r\n\r\n", "sleep begins", "sleep is closed"},
		"in the middle of a script":     {"GET /compute HTTP/1.1\r\nHost: x\r\n\r\n", "compute begins", "path=/compute status=499"},
		"while a script waits":          {"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n", "wait begins", "path=/wait status=499"},
		"before its body was read":      {"POST /wait?body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nhalf", "wait begins", "path=/wait status=499"},
		"with the next request in line": {"GET /wait?next HTTP/1.1\r\nHost: x\r\n\r\nGET /ok HTTP/1.1\r\nHost: x\r\n\r\n", "wait begins", "path=/wait status=499"},
	} {
		begun, ended := strings.Count(s.log.String(), tt.begun), strings.Count(s.log.String(), tt.ended)
		more := func(text string, than int) bool {
			return poll(func() bool { return strings.Count(s.log.String(), text) > than })
		}
		conn := s.dial()
		io.WriteString(conn, tt.request)
		if !more(tt.begun, begun) {
			t.Fatalf("%s: the page did not begin:\n%s", name, s.log)
		}
		left := time.Now()
		conn.Close()
		if !more(tt.ended, ended) {
			t.Errorf("%s: the page does not end:\n%s", name, s.log)
		}
		if d := time.Since(left); d > 2*time.Second {
			t.Errorf("%s: the page ended %v after the client had left", name, d)
		}
	}
	if !poll(func() bool { return runtime.NumGoroutine() <= goroutines }) {
		t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), goroutines)
	}
}
