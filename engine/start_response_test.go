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
	s.log.await(t, "1 timers or operations were still to come")
	s.want("/late", 201, "late")
}
