package engine

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A process that has just been started loads a page in the very moment in which its file is gone,
// or half there. The request waits, for there is no version before this one.
func TestFirstRequestWaitsForASaveThatIsUnderWay(t *testing.T) {
	const good = "export function application(environ, start_response) { start_response('200 OK', []); return ['good']; }"
	for name, spoil := range map[string]func(path string) error{
		"gone":      os.Remove,
		"half":      func(path string) error { return os.WriteFile(path, []byte(good[:40]), 0o644) },
		"truncated": func(path string) error { return os.Truncate(path, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			atBest(t, func(t testing.TB) { // requests wait for unripeLimit
				dir := t.TempDir()
				write(t, dir, "page.js", good)
				e := open(t, Config{Dir: dir})
				path := filepath.Join(dir, "page.js")
				if err := spoil(path); err != nil {
					t.Fatal(err)
				}
				saved := time.AfterFunc(40*time.Millisecond, func() { _ = os.WriteFile(path, []byte(good), 0o644) })
				defer saved.Stop()
				if body, err := get(e, "/page"); body != "good" {
					t.Errorf("got %q, %v", body, err)
				}
			})
		})
	}
}

// One that was broken for longer is told of at once.
func TestFirstRequestToABrokenPageFailsAtOnce(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "page.js", "export const = 1;")
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "page.js"), long, long); err != nil {
		t.Fatal(err)
	}
	atBest(t, func(t testing.TB) {
		e := open(t, Config{Dir: dir})
		began := time.Now()
		if body, err := get(e, "/page"); err == nil {
			t.Errorf("got %q", body)
		}
		if took := time.Since(began); took > unripeLimit/2 {
			t.Errorf("the error came after %v", took)
		}
	})
}
