package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// brokenPages do everything that a page should not do.
var brokenPages = map[string]string{
	"apps/loop.js": `const kinds = {
  plain() { for (;;); },
  caught() { for (;;) try { for (;;); } catch (e) { } finally { for (;;); } },
  getter() { ({ get x() { for (;;); } }).x; },
  microtask() { const next = () => Promise.resolve().then(next); next(); return new Promise(() => {}); },
  async async() { for (;;) await null; },
  compared() { [3, 2, 1].sort(() => { for (;;); }); },
};
exports.application = (environ, start_response) => kinds[environ.QUERY_STRING]();
`,
	"apps/throw.js": `const kinds = {
  error: () => new Error("on purpose"), text: () => "on purpose", number: () => 7, big: () => 7n, none: () => null,
  undefined: () => undefined, symbol: () => Symbol("on purpose"), bare: () => Object.create(null),
  hanging: () => ({ toString() { for (;;); }, get message() { for (;;); } }),
  throwing: () => ({ toString() { throw this; }, get stack() { throw this; } }),
  proxy: () => new Proxy({}, { get() { throw new Error("get"); }, getPrototypeOf() { throw new Error("proto"); } }),
  long: () => new Error("x".repeat(1 << 20)), lines: () => new Error("one\r\n\x1b[31mtwo"), function: () => function f() { },
};
exports.application = (environ, start_response) => { throw kinds[environ.QUERY_STRING](); };
`,
	"apps/reject.js": `exports.application = async (environ, start_response) => {
  Promise.reject(new Error("nobody handles this"));
  await null;
  throw new Error(environ.QUERY_STRING);
};
`,
	"apps/never.js": "exports.application = () => new Promise(() => {});\n",
	"apps/deep.js": `const kinds = {
  call() { const f = (n) => f(n + 1) + 1; f(0); },
  getter() { const o = { get x() { return this.x; } }; o.x; },
  text() { const o = { toString() { return "" + o; } }; "" + o; },
  construct() { class A { constructor() { new A(); } } new A(); },
  json() { let a = []; for (let i = 0; i < 200000; i++) a = [a]; JSON.stringify(a); },
  apply() { const f = () => f.apply(null, []); f(); },
  sort() { const f = () => [2, 1].sort(f); f(); },
  spread() { const f = (...a) => f(...a, 1); f(); },
};
exports.application = (environ, start_response) => { kinds[environ.QUERY_STRING](); throw new Error("not deep enough"); };
`,
	"apps/size.js": `const kinds = {
  repeat: () => "x".repeat(2 ** 40), pad: () => "x".padEnd(2 ** 40), buffer: () => new ArrayBuffer(2 ** 40),
  typed: () => new Float64Array(2 ** 36), length: () => new Array(2 ** 32 - 1).join("x"), apply: () => Math.max.apply(null, { length: 2 ** 31 }),
  from: () => Array.from({ length: 2 ** 31 }), parse: () => JSON.parse("[".repeat(1 << 20)),
};
exports.application = (environ, start_response) => { kinds[environ.QUERY_STRING](); throw new Error("not large enough"); };
`,
	"apps/regexp.js": `exports.application = (environ, start_response) => {
  const found = /^(?=(a+)+$)\1b/.test("a".repeat(40) + "c");
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return ["wrong: " + found];
};
`,
	"apps/panic.js": `const kinds = {
  sort() { const a = [5, 4, 3, 2, 1, 9, 8, 7, 6, 0, 11, 12, 13]; a.sort((x, y) => { a.length = 0; return x - y; }); },
  shift() { 1n << (2n ** 60n); },
};
exports.application = (environ, start_response) => { kinds[environ.QUERY_STRING](); throw new Error("no panic"); };
`,
	"apps/returns.js": `const kinds = { null: null, number: 5, object: {}, undefined: undefined, list: [1, 2], true: true };
exports.application = (environ, start_response) => {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return kinds[environ.QUERY_STRING];
};
`,
	"apps/status.js": `exports.application = (environ, start_response) => { start_response("fine", []); return []; };` + "\n",
	"apps/halfway.js": `exports.application = function* (environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  yield "half\n";
  throw new Error("in the middle");
};
`,
	"apps/pollute.js": `exports.application = (environ, start_response) => {
  Object.prototype.last = Array.prototype.first = String.prototype.length2 = () => { throw new Error("of another page"); };
  Promise.prototype.then = JSON.stringify = Array.prototype.push = null;
  throw new Error("has done its worst");
};
`,
	"apps/hungry.js": `exports.application = async (environ, start_response) => {
  const kept = [];
  for (;;) {
    kept.push(new Uint8Array(1 << 20).fill(1), "x".repeat(1 << 20));
    await null;
  }
};
`,
	"apps/stuck.js": `exports.application = (environ, start_response) => String(Array(1e4).fill("x".repeat(1e6)).every(encodeURIComponent));` + "\n",
}

// A trouble is a broken page, its kinds, and the status that it gets; 0 is a connection that is
// cut after a part of the answer.
type trouble struct {
	path   string
	kinds  []string
	status int
	large  bool // takes much memory for a moment, which the system gets back some minutes later
}

var troubles = []trouble{
	{"/loop", []string{"plain", "caught", "getter", "microtask", "async", "compared"}, 504, false},
	{"/throw", []string{"error", "text", "number", "big", "none", "undefined", "symbol", "bare", "hanging", "throwing", "proxy", "long", "lines", "function"}, 500, false},
	{"/reject", []string{"rejected"}, 500, false},
	{"/never", []string{""}, 504, false},
	{"/deep", []string{"call", "getter", "text", "construct", "apply", "sort", "spread"}, 500, true},
	{"/size", []string{"repeat", "pad", "buffer", "typed", "length", "apply", "from", "parse"}, 500, true},
	{"/panic", []string{"sort", "shift"}, 500, false},
	{"/returns", []string{"null", "number", "object", "undefined", "list", "true"}, 500, false},
	{"/status", []string{""}, 500, false},
	{"/halfway", []string{""}, 0, false},
	{"/pollute", []string{""}, 500, false},
}

// maketrouble asks for a broken page. It gets its error, and soon.
func (v *visitor) maketrouble() {
	tr := troubles[v.rng.IntN(len(troubles))]
	if tr.large && v.s.calm {
		return
	}
	path := tr.path + "?" + tr.kinds[v.rng.IntN(len(tr.kinds))]
	for tries := 4; v.trouble(tr, path, tries) && v.s.goesOn(); tries-- {
	}
	v.s.pause(time.Duration(v.rng.IntN(50)) * time.Millisecond)
}

// trouble asks for a broken page once. It reports whether to ask again: the page did not get to its
// error in the time that pages have, and the machine may have had other work.
func (v *visitor) trouble(tr trouble, path string, tries int) (again bool) {
	if !v.connect() {
		return false
	}
	sent := time.Now()
	a, err := v.exchange("GET", fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: example.com\r\n\r\n", path))
	took := time.Since(sent)
	defer v.s.count("broken pages: "+tr.path, took)
	if err != nil {
		// While a page that cannot be stopped holds a processor, another one may not be stopped in
		// time either, and then goes with the worker.
		halfway := tr.status == 0 && strings.Contains(err.Error(), "5 bytes")
		if !halfway && !v.excused(err, sent) && !v.s.replacedSince(sent) {
			v.s.fail("%s: %s was cut after %v: %v", v.name, path, took, err)
		}
		v.leave()
		return false
	}
	v.conn.answered, v.conn.came = sent, time.Now()
	if a.Close {
		v.leave()
	}
	switch late := a.StatusCode == 504 && tr.status != 504 && took >= v.s.page; {
	case a.StatusCode == 503: // it had most memory when another page made that run short
	case late && tr.large: // it had much to do
	case late && tries > 0:
		return true
	case a.StatusCode != tr.status || strings.Contains(string(a.body), "enough"):
		v.s.fail("%s: %s is %s, want %d: %.200q", v.name, path, a.Status, tr.status, a.body)
	}
	return false
}

// beHungry asks for a page that takes all memory that there is. Others may be cut when that costs
// the worker, until another one serves.
func (v *visitor) beHungry() {
	if !v.s.pause(v.seldom(4 * time.Second)) {
		return
	}
	v.s.unnoticed.Lock()
	v.s.killing(func() { v.askOnce("/hungry", "broken pages: /hungry") })
	v.s.settled()
	v.untilLoaded()
	v.s.unnoticed.Unlock()
}

// getStuck asks for a page that nothing can stop. Its worker is replaced, and loses no other request.
func (v *visitor) getStuck() {
	if !v.s.pause(v.seldom(10 * time.Second)) {
		return
	}
	path := []string{"/stuck", "/regexp", "/deep?json"}[v.rng.IntN(3)]
	v.askOnce(path, "broken pages: "+path)
	v.s.settled()
}

// askOnce asks for something that is to fail.
func (v *visitor) askOnce(path, what string) {
	v.leave()
	if !v.connect() {
		return
	}
	defer v.leave()
	sent := time.Now()
	a, err := v.exchange("GET", fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: example.com\r\n\r\n", path))
	if err == nil && a.StatusCode < 500 {
		v.s.fail("%s: %s is %s: %.100q", v.name, path, a.Status, a.body)
	}
	v.s.count(what, time.Since(sent))
}

// dawdle is a client that is slow, or leaves.
func (v *visitor) dawdle() {
	v.leave()
	if !v.connect() {
		return
	}
	defer v.leave()
	kinds := []func(){v.sendSlowly, v.readSlowly, v.neverAsk, v.leaveEarly}
	kinds[v.rng.IntN(len(kinds))]()
}

// sendSlowly sends a head and a body piece by piece, and is answered.
func (v *visitor) sendSlowly() {
	token, sent := v.token(), time.Now()
	request := fmt.Sprintf("PUT /back?%s HTTP/1.1\r\nHost: example.com\r\nContent-Length: %d\r\n\r\n%[1]s", token, len(token))
	for len(request) > 0 && v.s.pause(20*time.Millisecond) {
		n := min(1+v.rng.IntN(12), len(request))
		if _, err := v.conn.Write([]byte(request[:n])); err != nil {
			break // the answer tells
		}
		request = request[n:]
	}
	if len(request) > 0 {
		_, _ = io.WriteString(v.conn, request)
	}
	sending := time.Since(v.conn.made)
	a, err := v.receive("PUT")
	switch {
	case err == nil && a.StatusCode == 408 && sending >= v.s.header: // it was slower than it meant to be
		v.s.count("slow requests that were too slow", sending)
	case err == nil && v.outOfTime(a, sent):
	case err == nil:
		v.is(a, 200, token)
		v.s.count("slow requests", time.Since(sent))
	case v.conn.answered.IsZero() && !v.excused(err, sent) && !v.s.replacedSince(sent):
		v.s.fail("%s: slow request was lost after %v: %v", v.name, time.Since(sent), err)
	}
}

// readSlowly takes a large file in its own time.
func (v *visitor) readSlowly() {
	sent := time.Now()
	_, _ = io.WriteString(v.conn, "GET /large.bin HTTP/1.1\r\nHost: example.com\r\n\r\n")
	resp, err := http.ReadResponse(v.conn.in, nil)
	var body []byte
	if err == nil {
		body, err = drainSlowly(resp.Body, func() bool { return v.s.pause(30 * time.Millisecond) })
	}
	switch {
	case err == nil:
		v.is(&answer{Response: resp, body: body}, 200, string(largeFile()))
		v.s.count("slow readers", time.Since(sent))
	case !v.excused(err, sent):
		v.s.fail("%s: a slow reader lost the rest after %d bytes and %v: %v", v.name, len(body), time.Since(sent), err)
	}
}

// neverAsk sends half a head, and is closed when it is time for that.
func (v *visitor) neverAsk() {
	_, _ = io.WriteString(v.conn, "GET /never-sent HTTP/1.1\r\nHost: exam")
	began, over := time.Now(), make(chan struct{})
	go func(in io.Reader) {
		defer close(over)
		_, _ = io.Copy(io.Discard, in)
	}(v.conn.in)
	select {
	case <-over:
		v.s.count("halves of heads that were given up", time.Since(began))
	case <-time.After(v.s.header + patience):
		v.s.fail("%s: half a head was waited for for %v", v.name, time.Since(began))
	case <-v.s.stop:
	}
	v.conn.Close()
	<-over
}

// leaveEarly sends a request, or a part of it, and goes, in one way or another.
func (v *visitor) leaveEarly() {
	requests := []string{
		"GET /stream?gone HTTP/1.1\r\nHost: example.com\r\n\r\n",
		"GET /large.bin HTTP/1.1\r\nHost: example.com\r\n\r\n",
		"GET /loop?async HTTP/1.1\r\nHost: example.com\r\n\r\n",
		"PUT /back HTTP/1.1\r\nHost: example.com\r\nContent-Length: 1000\r\n\r\nshort",
		"GET /ech", "",
	}
	_, _ = io.WriteString(v.conn, requests[v.rng.IntN(len(requests))])
	v.s.pause(time.Duration(v.rng.IntN(30)) * time.Millisecond)
	if v.rng.IntN(2) == 0 {
		_ = v.conn.Conn.(*net.TCPConn).SetLinger(0) // a reset
	}
	v.s.count("clients that left", 0)
}
