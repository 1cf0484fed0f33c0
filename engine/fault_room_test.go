package engine

import (
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// busyPage is busy until the test lets it go, if the path has a query.
const busyPage = `import { hook } from "wizgy:test";
export function application(environ, start_response) {
	if (environ.QUERY_STRING) hook("busy");
	start_response("200 OK", []);
	return "ok";
}`

// TestIdleRuntimesMakeRoom has more pages than there may be runtimes: each is answered, and there
// are never more of them.
func TestIdleRuntimesMakeRoom(t *testing.T) {
	files := map[string]string{}
	for i := range 10 {
		files[fmt.Sprintf("p%d.js", i)] = busyPage
	}
	s := serve(t, Config{MaxAllRuntimes: 4, NoStart: true, Modules: hooks(func(string) {})}, files)
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
	leave := make(chan struct{})
	release := sync.OnceFunc(func() { close(leave) })
	s := serve(t, Config{MaxAllRuntimes: 2, Modules: hooks(func(string) { <-leave })}, map[string]string{"a.js": busyPage, "b.js": busyPage})
	t.Cleanup(release) // whatever happens: the server waits for the pages
	s.want("/b", 200, "ok")
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { s.want("/a?stay", 200, "ok") })
	}
	eventually(t, "two requests run", func() bool { return s.dog.active.Load() == 2 })
	answered := make(chan struct{})
	all.Go(func() {
		s.want("/b", 200, "ok")
		close(answered)
	})
	select {
	case <-answered:
		t.Error("the request did not wait")
	case <-time.After(100 * time.Millisecond):
	}
	release()
	all.Wait()
}

// TestQueueHasItsOwnLimit sends one request too many.
func TestQueueHasItsOwnLimit(t *testing.T) {
	leave := make(chan struct{})
	release := sync.OnceFunc(func() { close(leave) })
	s := serve(t, Config{MaxRuntimes: 1, MaxQueue: -1, Modules: hooks(func(string) { <-leave })}, map[string]string{"a.js": busyPage})
	t.Cleanup(release)
	s.want("/a", 200, "ok")
	var all sync.WaitGroup
	all.Go(func() { s.want("/a?stay", 200, "ok") })
	eventually(t, "a request runs", func() bool { return s.dog.active.Load() == 1 })
	err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/a", nil))
	if e := asError(err); err == nil || e.HTTPStatus() != 503 || e.RetryAfter() <= 0 {
		t.Errorf("got %v", err)
	}
	release()
	all.Wait()
}

// TestDepthOfCallsCanBeSet lowers it.
func TestDepthOfCallsCanBeSet(t *testing.T) {
	s := app(t, Config{MaxDepth: 100}, `start_response("200 OK", []); const f = n => n ? f(n - 1) : "ok"; return f(Number(environ.QUERY_STRING));`)
	s.want("/?50", 200, "ok")
	s.want("/?150", 500, "Internal Server Error")
	s.log.await(t, "100 levels are allowed")
}
