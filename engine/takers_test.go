package engine

import (
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestClientsThatTakeNothingGiveWay has all runtimes of a page held by clients that do not take what it
// sends, each by itself within what the server allows.
func TestClientsThatTakeNothingGiveWay(t *testing.T) {
	t.Parallel()
	s := streamApp(t, Config{MaxRuntimes: 2}, `
		start_response("200 OK", []);
		return (function* () {
			try { yield new Uint8Array([111, 110]); yield new Uint8Array([101]); } finally { console.log("ended"); }
		})();`)
	get := func(takes time.Duration) (string, error) {
		c := &slowClient{httptest.NewRecorder(), takes, true, sync.Once{}, make(chan struct{})}
		err := s.ServePage(c, httptest.NewRequest("GET", "/", nil))
		return c.Body.String(), err
	}
	if body, err := get(0); body != "one" || err != nil {
		t.Fatalf("got %q, %v", body, err)
	}
	for _, p := range s.site.Load().pages {
		p.pool.takers.late = 0
	}
	slow := make(chan error, 4)
	for range cap(slow) {
		go func() {
			_, err := get(time.Hour)
			slow <- err
		}()
	}
	eventually(t, "two are cut off for those who come after", func() bool { return len(slow) >= 2 })
	if body, err := get(0); body != "one" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
	if err := <-slow; !errors.Is(err, errClientSlow) {
		t.Errorf("who takes nothing: %v", err)
	}
	eventually(t, "the finally of those that were cut off", func() bool { return strings.Count(s.log.String(), "ended") >= 3 })
}
