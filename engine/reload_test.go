package engine

import (
	"flag"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// numbered returns a page whose answer is n. It is long, and what makes it work stands at the
// end, so that half of it is of no use.
func numbered(n int) string {
	return "// " + strings.Repeat("padding ", 200) + "\n" +
		"export function application(environ, start_response) {\n" +
		"  start_response(\"200 OK\", [[\"Content-Type\", \"text/plain\"]]);\n" +
		"  return [String(answer())];\n}\n" +
		"// " + strings.Repeat("padding ", 200) + "\n" +
		fmt.Sprintf("function answer() { return %d; }\n", n)
}

// saving is a way in which editors and tools write a file.
type saving struct {
	name string
	save func(path, content string) error
}

var savings = []saving{
	{"in place", func(path, content string) error { return os.WriteFile(path, []byte(content), 0o644) }},
	{"in place in pieces", func(path, content string) error {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		for len(content) > 0 {
			n := min(len(content), 500)
			if _, err := f.WriteString(content[:n]); err != nil {
				return err
			}
			content = content[n:]
		}
		return f.Close()
	}},
	{"temporary file and rename", func(path, content string) error {
		if err := os.WriteFile(path+"~", []byte(content), 0o644); err != nil {
			return err
		}
		return os.Rename(path+"~", path)
	}},
	{"old one renamed away", func(path, content string) error {
		if err := os.Rename(path, path+".bak"); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(content), 0o644)
	}},
	{"delete and create", func(path, content string) error {
		if err := os.Remove(path); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(content), 0o644)
	}},
	{"same size and time", func(path, content string) error {
		before, err := os.Stat(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
		return os.Chtimes(path, before.ModTime(), before.ModTime())
	}},
	{"folder moved", func(path, content string) error {
		dir := filepath.Dir(path)
		if err := os.MkdirAll(dir+".new", 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir+".new", filepath.Base(path)), []byte(content), 0o644); err != nil {
			return err
		}
		if err := os.Rename(dir, dir+".old"); err != nil {
			return err
		}
		if err := os.Rename(dir+".new", dir); err != nil {
			return err
		}
		return os.RemoveAll(dir + ".old")
	}},
	{"link switched", func(path, content string) error {
		old, _ := os.Readlink(path)
		target := path + "." + strconv.FormatInt(time.Now().UnixNano(), 10)
		if err := os.WriteFile(target, []byte(content), 0o644); err != nil {
			return err
		}
		if err := os.Symlink(target, path+".link"); err != nil {
			return err
		}
		if err := os.Rename(path+".link", path); err != nil || old == "" {
			return err
		}
		return os.Remove(old)
	}},
}

// write writes a file below dir, and its folders.
func write(t testing.TB, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// open makes an engine for dir that ends with the test.
func open(t testing.TB, cfg Config) *Engine {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	e, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// get asks for path and returns the body.
func get(e *Engine, path string) (string, error) {
	w := httptest.NewRecorder()
	err := e.ServePage(w, httptest.NewRequest("GET", path, nil))
	return w.Body.String(), err
}

// eventually polls until ok holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("%s: not within a minute", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// load asks for path all the time, from several goroutines, until stop is called. An answer
// that is an error, or older than what saved had when the request began, fails the test.
func load(t testing.TB, e *Engine, path string, saved *atomic.Int64) (stop func() (requests int64)) {
	t.Helper()
	var workers sync.WaitGroup
	var n atomic.Int64
	done := make(chan struct{})
	for range 2 {
		workers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				least := saved.Load()
				body, err := get(e, path)
				n.Add(1)
				if err != nil {
					t.Errorf("a request failed: %v", err)
					return
				}
				if got, err := strconv.ParseInt(body, 10, 64); err != nil || got < least {
					t.Errorf("a request that began after save %d was answered %q", least, body)
					return
				}
			}
		})
	}
	return func() int64 {
		close(done)
		workers.Wait()
		return n.Load()
	}
}

var saves = flag.Int("saves", 100, "how often a page is saved in each way, to see whether an old one is ever answered")

// Each way of saving, many times over, while others ask for the page all the time.
func TestDevNeverAnswersWithOldCodeAfterASave(t *testing.T) {
	for _, way := range savings {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			page := write(t, dir, "apps/sub/page.js", numbered(0))
			e := open(t, Config{Dir: filepath.Join(dir, "apps"), Dev: true})
			var saved atomic.Int64
			stop := load(t, e, "/sub/page", &saved)
			for n := 1; n <= *saves && !t.Failed(); n++ {
				if err := way.save(page, numbered(n)); err != nil {
					t.Fatal(err)
				}
				saved.Store(int64(n))
				body, err := get(e, "/sub/page")
				if err != nil || body != strconv.Itoa(n) {
					t.Fatalf("after save %d: %q, %v", n, body, err)
				}
			}
			t.Logf("%d requests beside the saves", stop())
		})
	}
}

func TestWatcherReloadsEveryWayOfSaving(t *testing.T) {
	const limit = 100 * time.Millisecond
	for _, way := range savings {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			page := write(t, dir, "apps/sub/page.js", numbered(0))
			e := open(t, Config{Dir: filepath.Join(dir, "apps")})
			var saved atomic.Int64 // stays 0: an old answer is all right here, an error is not
			stop, fastest := sync.OnceValue(load(t, e, "/sub/page", &saved)), time.Hour
			for n := 1; (n <= 3 || n <= 60 && fastest > limit) && !t.Failed(); n++ {
				if n > 20 {
					stop() // a busy machine cannot do that as well
				}
				if err := way.save(page, numbered(n)); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				eventually(t, fmt.Sprintf("answer after save %d", n), func() bool {
					body, _ := get(e, "/sub/page")
					return body == strconv.Itoa(n)
				})
				fastest = min(fastest, time.Since(start))
			}
			stop()
			if fastest > limit && !raceEnabled { // the others may be the machine's fault
				t.Errorf("the fastest of the saves took %v to take effect", fastest)
			}
		})
	}
}
