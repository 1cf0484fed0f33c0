package engine

import (
	"strings"
	"testing"

	"wizgy/engine/internal/readers"
)

func TestStreamsLeaveRuntimesToOthers(t *testing.T) {
	s := streamApp(t, Config{MaxRuntimes: 4}, `
		console.log(environ.REQUEST_METHOD);
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		return String(environ["wsgi.input"].read().length);`)
	slow := s.slowPosts(16, "/")
	s.log.await(t, "INFO POST")
	for range 3 {
		s.want("/", 200, "0")
	}
	for _, c := range slow {
		c.Close()
	}
	// What the slow ones held is free.
	c := s.dial()
	c.send("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\n\r\nabc")
	if status, body, err := c.response(); status != 200 || body != "3" || err != nil {
		t.Errorf("got %d %q, %v", status, body, err)
	}
}

func TestStreamThatHasBeenReadIsLikeAnyRequest(t *testing.T) {
	s := streamApp(t, Config{MaxRuntimes: 4}, `
		environ["wsgi.input"].read();
		console.log("read");
		start_response("200 OK", []);
		return new Promise((resolve) => setTimeout(() => resolve("done"), 60_000));`)
	for range 3 { // more than may read at a time
		c := s.dial()
		c.send("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\n\r\nabc")
		defer c.Close()
	}
	eventually(t, "all have been read", func() bool { return strings.Count(s.log.String(), "INFO read") == 3 })
}

// TestSlowReaderGivesWayToOthers has a client that sends nothing more, where only one may read.
func TestSlowReaderGivesWayToOthers(t *testing.T) {
	s := streamApp(t, Config{MaxRuntimes: 4}, `
		console.log(environ.REQUEST_METHOD);
		start_response("200 OK", [["Content-Type", "text/plain"]]);
		return String(environ["wsgi.input"].read().length);`)
	limits := readerLimits(&s.cfg)
	limits.OfPage, limits.Late = 1, 0
	s.readers = readers.New(limits)
	slow := s.slowPosts(1, "/")[0]
	s.log.await(t, "INFO POST")
	other := s.dial()
	other.send("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\n\r\nabc")
	if status, body, err := other.response(); status != 200 || body != "3" || err != nil {
		t.Errorf("the other: %d %q, %v", status, body, err)
	}
	if status, _, err := slow.response(); status != 408 || err != nil {
		t.Errorf("the slow one: %d, %v", status, err)
	}
}
