package engine

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
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

func TestSlowestReaderGivesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newReaders(8, 1) // 6 read at a time, one of each client
		cut := map[string]int{}
		client := func(name string) *reader {
			return &reader{client: netip.MustParseAddr(name), cut: func() { cut[name]++ }}
		}
		busy := func() error { return errors.New("busy") }
		var first []*reader
		for i, name := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6"} {
			r := client(name)
			if err := rs.enter(t.Context(), r, busy); err != nil {
				t.Fatal(err)
			}
			rs.came(r, 1000*(1+(i+3)%6)) // the fourth is slowest
			first = append(first, r)
		}
		began := time.Now()
		if err := rs.enter(t.Context(), client("192.0.2.7"), busy); err != nil {
			t.Error(err)
		}
		if waited := time.Since(began); waited > patienceForReaders || cut["192.0.2.4"] != 1 || len(cut) != 1 || !rs.came(first[3], 0) {
			t.Errorf("after %v there were cut off %v", waited, cut)
		}
		// A client that has its share is let in at its own cost.
		if err := rs.enter(t.Context(), client("192.0.2.1"), busy); err != nil || cut["192.0.2.1"] != 1 {
			t.Errorf("%v, cut off %v", err, cut)
		}
		again := client("192.0.2.1")
		began = time.Now()
		if err := rs.enter(t.Context(), again, busy); err != nil || cut["192.0.2.1"] != 2 || time.Since(began) < patienceForReaders/2 {
			t.Errorf("%v after %v, cut off %v", err, time.Since(began), cut)
		}
		// One that leaves makes room at once.
		go func() { time.Sleep(time.Millisecond); rs.leave(again) }()
		began = time.Now()
		if err := rs.enter(t.Context(), client("192.0.2.1"), busy); err != nil || time.Since(began) > time.Millisecond {
			t.Errorf("%v after %v, cut off %v", err, time.Since(began), cut)
		}
		rs.wait(+1)
		if err := rs.enter(t.Context(), client("192.0.2.1"), busy); err == nil || err.Error() != "busy" {
			t.Errorf("where enough wait already: %v", err)
		}
		rs.wait(-1)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := rs.enter(ctx, client("192.0.2.1"), busy); err != errClientGone {
			t.Errorf("a client that has left: %v", err)
		}
	})
}
