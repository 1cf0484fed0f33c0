//go:build linux

package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// When all runtimes of a page are busy and as many requests wait as may, the next ones are told at
// once to come again. Files and other pages do not notice, and a request whose client has left
// while it waited is never run.
func TestFaultAllRuntimesAreBusy(t *testing.T) {
	t.Parallel()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	logged := func(text string) bool {
		all, _ := os.ReadFile(log.Name())
		return strings.Contains(string(all), text)
	}
	s := runSite(t, "", log, map[string]string{"apps/busy.js": `exports.input = "stream";
exports.application = (environ, start_response) => {
  console.log("runs " + environ.QUERY_STRING);
  environ["wsgi.input"].read();
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return ["answer " + environ.QUERY_STRING];
};`}, "--runtimes", "1", "--queue", "2")
	// ask sends a request that is busy until its body comes.
	ask := func(name string) *servedSite {
		c := &servedSite{t: t, addr: s.addr, answered: make(chan *http.Response, 1)}
		c.connect()
		_ = c.conn.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(c.conn, "POST /busy?%s HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n", name)
		return c
	}
	runs := ask("first")
	if !poll(func() bool { return logged("runs first") }) {
		t.Fatal("the first request does not run")
	}
	// Of those that follow two wait, whichever they are. The others are sent away.
	type refusal struct {
		request int
		after   time.Duration
	}
	refused := make(chan refusal, 12)
	var all []*servedSite
	for i := range cap(refused) {
		began, c := time.Now(), ask(fmt.Sprint("number", i, "."))
		all = append(all, c)
		go func() {
			resp, err := http.ReadResponse(c.in, nil)
			if err == nil && resp.StatusCode == 503 && resp.Header.Get("Retry-After") != "" {
				refused <- refusal{i, time.Since(began)}
				return
			}
			c.answered <- resp
		}()
	}
	best, waits := time.Hour, map[int]bool{}
	for i := range all {
		waits[i] = true
	}
	for range len(all) - 2 {
		select {
		case r := <-refused:
			best = min(best, r.after)
			delete(waits, r.request)
		case <-time.After(patience):
			t.Fatalf("only %d of %d requests were sent away, of which two may wait", len(all)-len(waits), len(all))
		}
	}
	for range 10 {
		s.want("/static.txt", "static")
		s.want("/ok", "ok")
	}
	const atOnce = 100 * time.Millisecond
	for tries := 0; best > atOnce && tries < 20; tries++ { // the machine may have other work
		began, c := time.Now(), ask("again")
		if resp, err := http.ReadResponse(c.in, nil); err != nil || resp.StatusCode != 503 {
			t.Fatalf("a request that has no room: %v, %v, want 503", resp, err)
		}
		best = min(best, time.Since(began))
		c.conn.Close()
	}
	if best > atOnce {
		t.Errorf("those who must come again hear of it after %v", best)
	}
	var waiting []int
	for i := range waits {
		waiting = append(waiting, i)
	}
	leaves, stays := waiting[0], waiting[1]
	all[leaves].conn.Close()
	if !poll(func() bool { return logged("aborted=true") }) {
		t.Error("the server does not notice that a client has left that waits")
	}
	for _, c := range []*servedSite{runs, all[stays]} {
		_, _ = io.WriteString(c.conn, "x")
	}
	select {
	case resp := <-all[stays].answered:
		if resp == nil || resp.StatusCode != 200 {
			t.Errorf("the request that has waited got %v, want 200", resp)
		}
	case <-time.After(patience):
		t.Error("the request that has waited gets no answer")
	}
	for _, c := range all {
		c.conn.Close()
	}
	s.stop()
	if logged(fmt.Sprint("runs number", leaves, ".")) {
		t.Error("a request was run whose client had left")
	}
	if !logged(fmt.Sprint("runs number", stays, ".")) {
		t.Error("a request that had waited was not run: the test proves nothing")
	}
}

// Nothing that a client or a page writes can make two lines of the log, or reach the terminal of
// who reads it.
func TestFaultControlCharactersInTheLog(t *testing.T) {
	t.Parallel()
	const nasty = `one\r\nforged\u001b[31m\u0085\u2028\u202e\u0000\ud800end`
	files := map[string]string{"apps/nasty.js": `exports.application = (environ, start_response) => {
  console.log("` + nasty + `", environ.HTTP_X_NASTY, new Uint8Array([13, 10, 27, 255]), { ["` + nasty + `"]: 1 });
  environ["wsgi.errors"].write("` + nasty + `\n");
  throw new Error("` + nasty + `" + environ.HTTP_X_NASTY);
};`, "apps/na\x1bme\n.js": `exports.application = () => { throw "name"; };`}
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			log, err := os.Create(filepath.Join(t.TempDir(), "log"))
			if err != nil {
				t.Fatal(err)
			}
			s := runSite(t, "", log, files, "--log", format)
			for _, request := range []string{
				"GET /%0d%0aforged%1b%5b31m%00 HTTP/1.1\r\nHost: x\r\n",
				"GET /\xff\xfe\x80raw?\xff HTTP/1.1\r\nHost: x\r\n",
				"GET /%ff%fe%c0%80 HTTP/1.1\r\nHost: x\r\n",
				"GET /%e2%80%ae%c2%85 HTTP/1.1\r\nHost: x\r\n",
				"GET /na%1bme%0a HTTP/1.1\r\nHost: x\r\n",
				"GET /nasty HTTP/1.1\r\nHost: x\r\nX-Nasty: \xff\xfe\xc2\x85 \xe2\x80\xa8 \tend\r\n",
				"G\x1bT / HTTP/1.1\r\nHost: x\r\n",
				"GET / HTTP/1.1\r\nHost: x\r\nX-Nasty: a\x1b[31m\r\n",
				"GET / HTTP/1.1\r\nHost: x\r\nX-Nasty: a\rforged\r\n",
				"FORGED\xff / HTTP/1.1\r\nHost: x\r\n",
			} {
				s.connect()
				_ = s.conn.SetDeadline(time.Now().Add(patience))
				_, _ = io.WriteString(s.conn, request+"Connection: close\r\n\r\n")
				if _, err := io.ReadAll(s.in); err != nil {
					t.Errorf("%q: %v", request, err)
				}
				s.conn.Close()
			}
			s.connect()
			s.want("/ok", "ok")
			s.stop()
			text, err := os.ReadFile(log.Name())
			if err != nil {
				t.Fatal(err)
			}
			harmless(t, format, text)
			for what, n := range map[string]int{"request failed": 2, "forged": 4, "na": 3} {
				if got := strings.Count(string(text), what); got < n {
					t.Errorf("%q is there %d times, want %d: the test proves nothing\n%s", what, got, n, text)
				}
			}
		})
	}
}

// harmless looks whether each line is a whole record, and has nothing but what can be seen.
func harmless(t *testing.T, format string, text []byte) {
	t.Helper()
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		line := lines.Text()
		begins := line != "" && line[0] >= '0' && line[0] <= '9' // the date
		if format == "json" {
			begins = strings.HasPrefix(line, `{"time":"`) && strings.HasSuffix(line, "}")
		}
		if !begins {
			t.Errorf("this is no record: %q", line)
		}
		if !utf8.ValidString(line) {
			t.Errorf("this is no UTF-8: %q", line)
		}
		if len(line) > 8<<10 {
			t.Errorf("a line of %d bytes: %.100q", len(line), line)
		}
		for _, r := range line {
			switch {
			case r < ' ', r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029, r >= 0x202a && r <= 0x202e:
				t.Errorf("%q is in %q", r, line)
			}
		}
	}
}
