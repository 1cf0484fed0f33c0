package engine

import (
	"net"
	"strings"
	"testing"
	"time"
)

// TestClientGoingAwayClosesTheBodyOnce lets a client leave in the middle of an answer.
func TestClientGoingAwayClosesTheBodyOnce(t *testing.T) {
	for name, body := range map[string]string{
		"generator that computes": `
			return (function* () {
				try { for (;;) { const end = Date.now() + 60; while (Date.now() < end); yield "chunk\n"; } } finally { console.log("closed") }
			})()`,
		"generator that is blocked": `
			return (function* () {
				const big = "chunk\n".repeat(100000);
				try { for (;;) yield big; } finally { console.log("closed") }
			})()`,
		"async generator that sleeps": `
			return (async function* () {
				try { yield "chunk\n"; await new Promise(r => setTimeout(r, 60000)); yield "more"; } finally { console.log("closed") }
			})()`,
		"async generator with an interval": `
			return (async function* () {
				const timer = setInterval(() => {}, 5);
				try { for (;;) { yield "chunk\n"; await new Promise(r => setTimeout(r, 20)); } } finally { clearInterval(timer); await null; console.log("closed") }
			})()`,
		"object with close": `
			let n = 0;
			return { [Symbol.iterator]() { return this }, next() { return { value: "chunk\n" } }, return() { n++; return {} }, close() { console.log(n === 1 ? "closed" : "return was called " + n + " times") } }`,
		"async iterator": `
			return { [Symbol.asyncIterator]() { return this }, async next() { await new Promise(r => setTimeout(r, 10)); return { value: "chunk\n" } }, async return() { console.log("closed"); return {} } }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			atBest(t, func(t testing.TB) { leaveWithin(t, body, time.Second) })
		})
	}
}

func leaveWithin(t testing.TB, body string, limit time.Duration) {
	s := app(t, Config{}, `start_response("200 OK", [["Content-Type", "text/plain"]]);`+body)
	c := s.dial()
	c.send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
	c.receive("chunk")
	left := time.Now()
	c.Close()
	s.log.await(t, "closed")
	if d := time.Since(left); d > limit {
		t.Errorf("closed %v after the client had left", d)
	}
	s.srv.Close() // waits for the request
	if n := strings.Count(s.log.String(), "INFO closed"); n != 1 {
		t.Errorf("closed %d times: %s", n, s.log)
	}
}

// TestClientGoingAwayStopsThePage lets a client leave before there is any answer.
func TestClientGoingAwayStopsThePage(t *testing.T) {
	for name, body := range map[string]string{
		"computing": `console.log("started"); for (;;);`,
		"waiting":   `console.log("started"); return new Promise(r => setTimeout(r, 60000));`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := app(t, Config{MaxRuntimes: 1}, `
				start_response("200 OK", [["Content-Type", "text/plain"]]);
				if (environ.PATH_INFO === "/ok") return "ok";`+body)
			c := s.dial()
			c.send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
			s.log.await(t, "started")
			c.Close()
			s.want("/ok", 200, "ok") // there is one runtime: it is free again
		})
	}
}

// TestClientTakingNothingEndsTheBody has a client that asks and then does not read.
func TestClientTakingNothingEndsTheBody(t *testing.T) {
	atSomePace(t, func(t testing.TB, slower time.Duration) {
		s := app(t, Config{Timeout: slower * 200 * time.Millisecond}, `
			start_response("200 OK", [["Content-Type", "text/plain"]]);
			return (function* () { const big = "x".repeat(1 << 20); try { for (;;) yield big } finally { console.log("closed") } })()`)
		c := s.dial()
		c.Conn.(*net.TCPConn).SetReadBuffer(4 << 10)
		c.send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
		s.log.await(t, "INFO closed")
		s.log.await(t, "neither sent nor took anything")
	})
}

func TestCloseThatHangsIsStopped(t *testing.T) {
	atSomePace(t, func(t testing.TB, slower time.Duration) {
		limit := slower * 300 * time.Millisecond
		s := app(t, Config{MaxRuntimes: 1, Timeout: limit}, `
			start_response("200 OK", [["Content-Type", "text/plain"]]);
			if (environ.PATH_INFO === "/ok") return "ok";
			return Object.assign([environ.PATH_INFO === "/throws" ? 5 : "a"], { close() { for (;;); } });`)
		start := time.Now()
		s.want("/", 504, "Gateway Timeout")
		s.want("/throws", 500, "Internal Server Error")
		s.want("/ok", 200, "ok")
		if d := time.Since(start); d > 16*limit {
			t.Errorf("that took %v", d)
		}
	})
}
