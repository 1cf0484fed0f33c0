package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// streamApp is app for a page that reads the body of a request as it comes.
func streamApp(t testing.TB, cfg Config, body string) *served {
	t.Helper()
	return serve(t, cfg, map[string]string{"[...all].js": "var input = \"stream\"; function application(environ, start_response) {\n" + body + "\n}"})
}

func TestInputThatBreaksOffThrows(t *testing.T) {
	s := streamApp(t, Config{}, `
		try { environ["wsgi.input"].read(); console.log("an end") } catch (e) { console.log(e.name + ": " + e.message); throw e }`)
	for _, request := range []string{"Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nab"} {
		c := s.dial()
		c.send("POST / HTTP/1.1\r\nHost: example.com\r\n" + request)
		c.Close()
	}
	eventually(t, "both break off", func() bool {
		return strings.Count(s.log.String(), "INFO BodyError: the request's body is malformed or broke off: unexpected EOF") == 2
	})
}

func TestInputThatStopsComingEndsTheRequest(t *testing.T) {
	atSomePace(t, func(t testing.TB, slower time.Duration) {
		s := streamApp(t, Config{Timeout: slower * 200 * time.Millisecond, MaxRuntimes: 1}, `
			start_response("200 OK", [["Content-Type", "text/plain"]]);
			if (environ.PATH_INFO === "/ok") return "ok";
			environ["wsgi.input"].read(5);
			return "read";`)
		c := s.dial()
		c.send("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\nabc")
		if _, _, err := c.response(); err == nil {
			t.Error("there is an answer")
		}
		s.log.await(t, "the client neither sent nor took anything for too long")
		s.want("/ok", 200, "ok") // the runtime is free
	})
}

// TestInputMayComeSlowly sends a body that takes longer than a page may, a piece at a time.
func TestInputMayComeSlowly(t *testing.T) {
	for path, want := range map[string]string{"/all": "40", "/lines": "20"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			atSomePace(t, func(t testing.TB, slower time.Duration) {
				limit := slower * 250 * time.Millisecond
				s := streamApp(t, Config{Timeout: limit}, `
					const input = environ["wsgi.input"];
					const body = environ.PATH_INFO === "/lines" ? input.readlines().length : input.read().length;
					start_response("200 OK", [["Content-Type", "text/plain"]]);
					return String(body);`)
				c := s.dial()
				c.send("POST " + path + " HTTP/1.1\r\nHost: example.com\r\nContent-Length: 40\r\n\r\n")
				for range 20 {
					<-time.After(limit / 12)
					c.send("x\n")
				}
				if status, body, err := c.response(); status != 200 || body != want || err != nil {
					t.Errorf("got %d %q, %v; want %q", status, body, err, want)
				}
			})
		})
	}
}

// TestInputIsReadAsItComes has a page that answers each line before the next is sent.
func TestInputIsReadAsItComes(t *testing.T) {
	s := streamApp(t, Config{}, `
		for (const line of environ["wsgi.input"]) console.log("line", line.length);
		start_response("200 OK", []);
		return [];`)
	c := s.dial()
	c.send("POST / HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n")
	for n := 1; n <= 3; n++ {
		line := strings.Repeat("x", n) + "\n"
		c.send(fmt.Sprintf("%x\r\n%s\r\n", len(line), line))
		s.log.await(t, fmt.Sprintf("INFO line %d", n+1))
	}
	c.send("0\r\n\r\n")
	if status, _, err := c.response(); status != 200 || err != nil {
		t.Errorf("got %d, %v", status, err)
	}
}

func TestInputCannotBeReadAfterTheRequest(t *testing.T) {
	s := app(t, Config{MaxRuntimes: 1}, `
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		const kept = globalThis.kept;
		globalThis.kept = environ;
		if (!kept) return "kept";
		kept["wsgi.errors"].write("from the second request");
		try { return "TAKEN " + kept["wsgi.input"].read().length } catch (e) { return e.message + "; path " + kept.PATH_INFO }`)
	c := s.dial()
	c.send("POST /first HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\n\r\nabc")
	c.response()
	c.send("POST /second HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\n\r\nabc")
	if _, body, _ := c.response(); body != "wsgi.input: the request is over: read it before application returns; path /first" {
		t.Errorf("got %q", body)
	}
	s.log.await(t, "from the second request page=apps/[...all].js method=POST path=/second")
}

func TestInputMethodsAreValues(t *testing.T) {
	s := app(t, Config{}, `
		"use strict";
		const input = environ["wsgi.input"], { readline } = input, { read } = input;
		const lines = [readline(), input.readline()].map((b) => String.fromCharCode(...b));
		const same = input.read === input.read && read === input.read;
		input.read = (n) => "own " + n;
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		return [...lines, read(2), " ", String(same), " ", input.read(5), " ", String("readlines" in input), String(Object.keys(input))];`)
	c := s.dial()
	c.send("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 8\r\n\r\na\nb\nrest")
	if _, body, _ := c.response(); body != "a\nb\nre true own 5 true" {
		t.Errorf("got %q", body)
	}
}
