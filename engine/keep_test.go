package engine

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wizgy/engine/watch"
)

// memory is a Keep.
type memory struct {
	mu      sync.Mutex
	text    []byte
	err     error
	changes int
}

func (m *memory) Load() ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text, m.err
}

func (m *memory) Update(next func([]byte) []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return m.err
	}
	m.text = next(m.text)
	m.changes++
	return nil
}

func (m *memory) has(t testing.TB) []string {
	t.Helper()
	text, _ := m.Load()
	pages, err := decodeKept(text)
	if err != nil {
		t.Fatal(err)
	}
	files := []string{}
	for _, k := range pages {
		files = append(files, k.file)
	}
	return files
}

// breakings are the ways in which a page can be broken.
var breakings = map[string]struct{ text, says string }{
	"syntax error":           {"export function application() {\n  return 1 +;\n}\n", "apps/page.js:2:13: "},
	"missing import":         {"import x from './nothing.js';\nexport const application = () => x;\n", "apps/page.js:1:15: Could not resolve"},
	"throw at the top level": {"\nthrow new Error('not today');\n", "apps/page.js:2:7: Error: not today"},
	"endless loop":           {"for (;;);\n", "did not start within"},
	"no application":         {"export const other = 1;\n", "apps/page.js:1:1: the page provides no function"},
}

func TestBrokenSaveSurvivesTheProcess(t *testing.T) {
	for name, broken := range breakings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			atSomePace(t, func(t testing.TB, slower time.Duration) {
				breakAndMend(t, broken.text, broken.says, slower*700*time.Millisecond)
			})
		})
	}
}

func breakAndMend(t testing.TB, text, says string, limit time.Duration) {
	dir := filepath.Join(t.TempDir(), "apps")
	write(t, dir, "_lib.js", "export const n = 1;")
	write(t, dir, "page.js", "import { n } from './_lib.js';\nexport function application(environ, start_response) {\n"+
		"  if (environ.QUERY_STRING) throw new Error('on purpose');\n  start_response('200 OK', []);\n  return [String(n)];\n}\n")
	write(t, dir, "other.js", numbered(7))
	store := &memory{}
	log := &logLines{}
	cfg := Config{Dir: dir, Keep: store, Timeout: limit, Logger: slog.New(log)}
	e := open(t, cfg)
	serves(t, e, "1")
	write(t, dir, "page.js", text)
	eventually(t, "the page is known to be broken", func() bool { return strings.Contains(log.String(), "goes on serving") })

	for range 2 { // and so does the process after the next one
		e.Close()
		log = &logLines{}
		cfg.Logger = slog.New(log)
		e = open(t, cfg)
		serves(t, e, "1")
		eventually(t, "the error is logged", func() bool { return strings.Contains(log.String(), "goes on serving") })
		if text := log.String(); strings.Count(text, says) != 1 {
			t.Errorf("the log does not say once %q:\n%s", says, text)
		}
		serves(t, e, "1")
	}
	var failed *Error
	if _, err := get(e, "/page?throw"); !errors.As(err, &failed) || failed.At() != "apps/page.js:3:35" {
		t.Errorf("an error of the kept version is %v, want it at apps/page.js:3:35", err)
	}
	if body, err := get(e, "/other"); body != "7" {
		t.Errorf("the other page has %q, %v", body, err)
	}
	write(t, dir, "page.js", numbered(2))
	eventually(t, "the fix is picked up", func() bool { body, _ := get(e, "/page"); return body == "2" })
	eventually(t, "nothing is kept any more", func() bool { return len(store.has(t)) == 0 })
}

// serves checks that the page has an answer.
func serves(t testing.TB, e *Engine, want string) {
	t.Helper()
	if body, err := get(e, "/page"); body != want {
		t.Errorf("got %q, %v; want %q", body, err, want)
	}
}

// broken makes a site whose page is broken, and a store with the version before that.
func brokenSite(t testing.TB, good string) (Config, *memory) {
	t.Helper()
	dir, store := t.TempDir(), &memory{}
	write(t, dir, "page.js", good)
	e := open(t, Config{Dir: dir, Keep: store})
	if _, err := get(e, "/page"); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "page.js", "export const = 1;")
	eventually(t, "the page is kept", func() bool { p := e.site.Load().pages["page.js"]; return p.loaded.Load() && p.broken() != nil })
	e.Close()
	if got := store.has(t); !cmp.Equal(got, []string{"page.js"}) {
		t.Fatalf("kept are %v", got)
	}
	return Config{Dir: dir, Keep: store}, store
}

func TestPageThatWasPutRightMeanwhileNeedsNothing(t *testing.T) {
	cfg, store := brokenSite(t, numbered(1))
	write(t, cfg.Dir, "page.js", numbered(2))
	e := open(t, cfg)
	serves(t, e, "2")
	eventually(t, "nothing is kept any more", func() bool { return len(store.has(t)) == 0 })
}

func TestPageThatWasDeletedMeanwhileIsGone(t *testing.T) {
	cfg, store := brokenSite(t, numbered(1))
	if err := os.Remove(filepath.Join(cfg.Dir, "page.js")); err != nil {
		t.Fatal(err)
	}
	e := open(t, cfg)
	if body, err := get(e, "/page"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %q, %v; want no page", body, err)
	}
	eventually(t, "it is not about to return any more", func() bool {
		e.keeping.mu.Lock()
		defer e.keeping.mu.Unlock()
		return !e.keeping.waits("page.js")
	})
	write(t, cfg.Dir, "page.js", "export const = 2;")
	eventually(t, "the new page is there", func() bool { _, err := get(e, "/page"); return !errors.Is(err, os.ErrNotExist) })
	if body, err := get(e, "/page"); err == nil {
		t.Errorf("a new page of that name has %q", body)
	}
	if got := store.has(t); len(got) != 0 {
		t.Errorf("kept are %v", got)
	}
}

// One that is deleted while the process runs is gone for good, too.
func TestDeletedPageLeavesNothing(t *testing.T) {
	cfg, store := brokenSite(t, numbered(1))
	e := open(t, cfg)
	serves(t, e, "1")
	if err := os.Remove(filepath.Join(cfg.Dir, "page.js")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the page is gone", func() bool { _, err := get(e, "/page"); return errors.Is(err, os.ErrNotExist) })
	eventually(t, "nothing is kept", func() bool { return len(store.has(t)) == 0 })
}

// The process before may notice a broken save later than one that has just been started, which has
// no other version than that.
func TestProcessBeforeMayKeepAPageLater(t *testing.T) {
	atBest(t, func(t testing.TB) { // requests wait for a second
		cfg, store := brokenSite(t, numbered(1))
		text := store.text
		store.text = nil
		write(t, cfg.Dir, "page.js", "export const = 2;")
		e := open(t, cfg)
		eventually(t, "the page is loaded", func() bool { return e.site.Load().pages["page.js"].loaded.Load() })
		later := time.AfterFunc(50*time.Millisecond, func() { _ = store.Update(func([]byte) []byte { return text }) })
		defer later.Stop()
		serves(t, e, "1")
		write(t, cfg.Dir, "other.js", numbered(1)) // a change of something else
		eventually(t, "the change is picked up", func() bool { body, _ := get(e, "/other"); return body == "1" })
		serves(t, e, "1")
		if got := store.has(t); !cmp.Equal(got, []string{"page.js"}) {
			t.Errorf("kept are %v", got)
		}
	})
}

// What is tried may take long, and the process may end before that has failed.
func TestLastVersionIsKeptBeforeANewOneIsTried(t *testing.T) {
	t.Parallel()
	atSomePace(t, func(t testing.TB, slower time.Duration) {
		limit := slower * 2 * time.Second
		dir, store := t.TempDir(), &memory{}
		write(t, dir, "page.js", numbered(1))
		e := open(t, Config{Dir: dir, Keep: store, Timeout: limit, NoWatch: true})
		serves(t, e, "1")
		write(t, dir, "page.js", "for (;;);")
		tried := make(chan struct{})
		go func() {
			defer close(tried)
			e.reload(watch.Change{Paths: []string{filepath.Join(dir, "page.js")}})
		}()
		eventually(t, "the page is kept", func() bool { return len(store.has(t)) == 1 })
		next := open(t, Config{Dir: dir, Keep: store, Timeout: limit, NoWatch: true, NoStart: true})
		for range 3 {
			serves(t, next, "1")
		}
		if p := next.site.Load().pages["page.js"]; p.loaded.Load() {
			t.Error("the answer came after the new version had failed")
		}
		<-tried
		next.Close()
	})
}

func TestWhereAllPagesWorkNothingIsWritten(t *testing.T) {
	dir, store := t.TempDir(), &memory{}
	write(t, dir, "page.js", numbered(1))
	write(t, dir, "never.js", "export const = 1;")
	e := open(t, Config{Dir: dir, Keep: store})
	for range 100 {
		serves(t, e, "1")
	}
	e.Close()
	if len(store.text) > 0 || store.changes > 1 {
		t.Errorf("%d bytes were kept, in %d changes", len(store.text), store.changes)
	}
}

func TestKeptVersionHasTheLimitsOfToday(t *testing.T) {
	cfg, _ := brokenSite(t, "let n = 0;\nexports.application = (environ, start_response) => { start_response('200 OK', []); return [String(++n)]; };")
	cfg.Isolation = IsolationRequest
	e := open(t, cfg)
	serves(t, e, "1")
	serves(t, e, "1")
}

func TestKeptVersionThatFailsNowIsGivenUp(t *testing.T) {
	cfg, store := brokenSite(t, "if (Date.now() > Number.MAX_VALUE) throw 1;\n"+numbered(1))
	pages, err := decodeKept(store.text)
	if err != nil {
		t.Fatal(err)
	}
	pages[0].text = strings.Replace(pages[0].text, "Date.now() > ", "Date.now() < ", 1)
	store.text, _ = encodeKept(pages)
	log := &logLines{}
	cfg.Logger = slog.New(log)
	e := open(t, cfg)
	if body, err := get(e, "/page"); err == nil {
		t.Errorf("got %q", body)
	}
	if !strings.Contains(log.String(), "does not work any more") {
		t.Errorf("the log says:\n%s", log.String())
	}
	eventually(t, "nothing is kept", func() bool { return len(store.has(t)) == 0 })
}
