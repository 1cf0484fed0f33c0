package engine

import (
	"strings"
	"testing"
)

// TestStartResponseOfAnEarlierRequestThrows has a page that keeps what it was given, and uses it
// in the next request, which is not to be touched by that.
func TestStartResponseOfAnEarlierRequestThrows(t *testing.T) {
	for name, use := range map[string]string{
		"start_response":            `kept.start("500 Stolen", [["X-Stolen", "1"]])`,
		"start_response with error": `kept.start("500 Stolen", [["X-Stolen", "1"]], new Error("mine"))`,
		"write":                     `kept.write("stolen")`,
		"write nothing":             `kept.write("")`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := app(t, Config{MaxRuntimes: 1}, `
				const kept = globalThis.kept;
				const write = start_response("200 OK", [["Content-Type", "text/plain"]]);
				globalThis.kept = { start: start_response, write };
				if (!kept) return environ.PATH_INFO === "/stream" ? new Set(["first"]) : "first";
				try { `+use+`; return "TAKEN" } catch (e) { return e.name + ": " + e.message }`)
			c := s.dial()
			c.send("GET /whole HTTP/1.1\r\nHost: example.com\r\n\r\n")
			if status, body, err := c.response(); status != 200 || body != "first" || err != nil {
				t.Fatalf("got %d %q, %v", status, body, err)
			}
			c.send("GET /second HTTP/1.1\r\nHost: example.com\r\n\r\n")
			status, body, err := c.response()
			if status != 200 || !strings.HasPrefix(body, "TypeError: ") || !strings.Contains(body, "the request is over") || err != nil {
				t.Errorf("got %d %q, %v", status, body, err)
			}
		})
	}
}

// TestStartResponseWhileAnErrorIsDescribedThrows has an error whose getters answer the request.
func TestStartResponseWhileAnErrorIsDescribedThrows(t *testing.T) {
	s := app(t, Config{}, `
		const write = start_response("200 OK", [["Content-Type", "text/plain"]]);
		throw Object.defineProperty(new Error(), "message", { get() { try { write("TAKEN") } catch (e) { return e.message } } })`)
	s.want("/", 500, "Internal Server Error")
	s.log.await(t, "Error: write: the request is over")
}

func TestStartResponseLaterInTheSameRequest(t *testing.T) {
	s := app(t, Config{}, `
		if (environ.PATH_INFO === "/late") return new Promise(resolve => setTimeout(() => { start_response("201 Created", []); resolve("late") }, 2));
		setTimeout(() => start_response("201 Created", []), 2);
		return "too early";`)
	s.want("/late", 201, "late")
	s.want("/early", 500, "Internal Server Error")
	s.log.await(t, "a timer or an operation was still to come")
	s.want("/late", 201, "late")
}

// TestWhatApplicationDoesNotKeepIsUsedAgain has pages whose environ and start_response are the
// same objects in each request, which does not show.
func TestWhatApplicationDoesNotKeepIsUsedAgain(t *testing.T) {
	t.Run("environ", func(t *testing.T) {
		s := app(t, Config{MaxRuntimes: 1}, `
			start_response("200 OK", [["X-Seen", String(environ.seen)], ["X-Path", environ.PATH_INFO]]);
			environ.seen = environ.PATH_INFO;
			delete environ.PATH_INFO;
			return [environ.seen + " " + environ.PATH_INFO]`)
		for _, path := range []string{"/a", "/b", "/c"} {
			s.want(path, 200, path+" undefined")
		}
	})
	t.Run("body", func(t *testing.T) {
		s := app(t, Config{MaxRuntimes: 1}, `start_response("200 OK", []); return [environ["wsgi.input"].read()]`)
		c := s.dial()
		for _, body := range []string{"one", "two"} {
			c.send("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\n\r\n" + body)
			if _, got, err := c.response(); got != body || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, body)
			}
		}
	})
	t.Run("refused head", func(t *testing.T) {
		s := app(t, Config{MaxRuntimes: 1}, `
			start_response("200 OK", [["X-A", "a"], ["X-B", "b"]]);
			try { start_response("200 OK", [["X-C", "c"], ["X-D", "d\n"]], new Error("no")) } catch (e) { return ["refused"] }`)
		for range 2 {
			c := s.dial()
			c.send("GET / HTTP/1.0\r\n\r\n")
			c.receive("\r\nX-A: a\r\nX-B: b\r\n")
			c.receive("refused")
		}
	})
	t.Run("after an error", func(t *testing.T) {
		s := app(t, Config{MaxRuntimes: 1}, `
			start_response("200 OK", [["X-A", "a"]]);
			if (environ.PATH_INFO === "/bad") throw new Error("bad");
			return ["good " + environ.PATH_INFO]`)
		s.want("/a", 200, "good /a")
		s.want("/bad", 500, "Internal Server Error")
		s.want("/b", 200, "good /b")
	})
}
