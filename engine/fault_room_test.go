package engine

import (
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

const slowPage = `export async function application(environ, start_response) {
	if (environ.QUERY_STRING) await new Promise(done => setTimeout(done, Number(environ.QUERY_STRING)));
	start_response("200 OK", []);
	return "ok";
}`

// TestIdleRuntimesMakeRoom has more pages than there may be runtimes: each is answered, and there
// are never more of them.
func TestIdleRuntimesMakeRoom(t *testing.T) {
	files := map[string]string{}
	for i := range 10 {
		files[fmt.Sprintf("p%d.js", i)] = slowPage
	}
	s := serve(t, Config{MaxAllRuntimes: 4, NoStart: true}, files)
	for range 3 {
		for i := range 10 {
			s.want(fmt.Sprintf("/p%d", i), 200, "ok")
		}
		if n := s.room.alive.Load(); n > 5 { // one may be made while its page is loaded
			t.Errorf("there are %d runtimes", n)
		}
	}
}

// TestRequestWaitsForRoom has every runtime of the site busy: a request for another page waits
// for one of them.
func TestRequestWaitsForRoom(t *testing.T) {
	s := serve(t, Config{MaxAllRuntimes: 2}, map[string]string{"a.js": slowPage, "b.js": slowPage})
	s.want("/b", 200, "ok")
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { s.want("/a?300", 200, "ok") })
	}
	eventually(t, "two requests run", func() bool { return s.dog.active.Load() == 2 })
	start := time.Now()
	s.want("/b", 200, "ok")
	if d := time.Since(start); d < 100*time.Millisecond {
		t.Errorf("waited only %v", d)
	}
	all.Wait()
}

// TestQueueHasItsOwnLimit sends one request too many.
func TestQueueHasItsOwnLimit(t *testing.T) {
	s := serve(t, Config{MaxRuntimes: 1, MaxQueue: -1}, map[string]string{"a.js": slowPage})
	s.want("/a", 200, "ok")
	var all sync.WaitGroup
	all.Go(func() { s.want("/a?300", 200, "ok") })
	eventually(t, "a request runs", func() bool { return s.dog.active.Load() == 1 })
	err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/a", nil))
	if e := asError(err); err == nil || e.HTTPStatus() != 503 || e.RetryAfter() <= 0 {
		t.Errorf("got %v", err)
	}
	all.Wait()
}

// TestDepthOfCallsCanBeSet lowers it.
func TestDepthOfCallsCanBeSet(t *testing.T) {
	s := app(t, Config{MaxDepth: 100}, `start_response("200 OK", []); const f = n => n ? f(n - 1) : "ok"; return f(Number(environ.QUERY_STRING));`)
	s.want("/?50", 200, "ok")
	s.want("/?150", 500, "Internal Server Error")
	s.log.await(t, "100 levels are allowed")
}
