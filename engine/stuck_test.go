package engine

import (
	"sync"
	"testing"
	"time"
)

// TestPageThatCannotBeStoppedIsReported has pages inside a built-in function that waits for the
// test: one that goes on for long after its deadline, and one that ends soon after it.
func TestPageThatCannotBeStoppedIsReported(t *testing.T) {
	atSomePace(t, func(t testing.TB, slower time.Duration) { reportStuck(t, slower*100*time.Millisecond) })
}

func reportStuck(t testing.TB, limit time.Duration) {
	proceed := make(chan struct{})
	release := sync.OnceFunc(func() { close(proceed) })
	reports := make(chan Stuck, 10)
	cfg := Config{Timeout: limit, Stuck: func(s Stuck) { reports <- s }, Modules: hooks(func(what string) {
		if what == "late" {
			<-time.After(limit * 3 / 2) // past the deadline, but not twice
			return
		}
		<-proceed
	})}
	page := func(what string) string {
		return `import { hook } from "wizgy:test";
			export function application(environ, start_response) { hook("` + what + `"); }`
	}
	s := serve(t, cfg, map[string]string{"stuck.js": page("stuck"), "late.js": page("late")})
	t.Cleanup(release) // whatever happens: the server waits for the page
	if status, _, err := s.get("/late"); status != 504 {
		t.Errorf("late: status %d, %v", status, err)
	}
	c := s.dial()
	c.send("GET /stuck?q HTTP/1.1\r\nHost: example.com\r\n\r\n")
	select {
	case got := <-reports:
		if got.Page != "apps/stuck.js" || got.Method != "GET" || got.Path != "/stuck" || got.After < cfg.Timeout {
			t.Errorf("got %+v", got)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing was reported")
	}
	if n := s.Stuck(); n != 1 {
		t.Errorf("%d pages are stuck, want 1", n)
	}
	s.log.await(t, "cannot be stopped")
	release()
	if status, _, err := c.response(); status != 504 {
		t.Errorf("status %d, %v", status, err)
	}
	if n := s.Stuck(); n != 0 {
		t.Errorf("%d pages are stuck, want none", n)
	}
	if len(reports) > 0 {
		t.Errorf("reported again: %v", <-reports)
	}
}
