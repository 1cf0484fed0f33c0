package engine

import (
	goruntime "runtime"
	"sync"
	"testing"
	"time"
)

// TestRuntimesThatNobodyNeedsAreLetGo has eight requests at a time, and then three, and none.
func TestRuntimesThatNobodyNeedsAreLetGo(t *testing.T) {
	t.Parallel()
	var together sync.WaitGroup
	cfg := Config{Modules: hooks(func(string) {
		together.Done()
		together.Wait() // so that each has a runtime of its own
	})}
	s := serve(t, cfg, map[string]string{"page.js": `
		import { hook } from "wizgy:test";
		export function application(environ, start_response) {
			hook("");
			start_response("200 OK", []);
			return "ok";
		}`})
	atOnce := func(n int) {
		t.Helper()
		together.Add(n)
		var clients sync.WaitGroup
		for range n {
			clients.Go(func() { s.want("/page", 200, "ok") })
		}
		clients.Wait()
		p := s.site.Load().pages["page.js"].pool
		for end := time.Now().Add(10 * time.Second); len(p.slots) > 0 && time.Now().Before(end); { // they are given back after the answer
			goruntime.Gosched()
		}
	}
	atOnce(8)
	idle := func() int {
		p := s.site.Load().pages["page.js"].pool
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.idle)
	}
	if s.sweep(); idle() != 8 {
		t.Errorf("%d are left of 8 that were just used", idle())
	}
	atOnce(3)
	if s.sweep(); idle() != 3 {
		t.Errorf("%d are left where 3 were used", idle())
	}
	if s.sweep(); idle() != idleKept {
		t.Errorf("%d are left where none was used", idle())
	}
	if n := s.sweep(); n != 0 || idle() != idleKept {
		t.Errorf("%d more were dropped", n)
	}
}
