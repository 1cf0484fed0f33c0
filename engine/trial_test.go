package engine

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// notes returns what is noted.
func (m *memory) notes(t testing.TB) (list []trial) {
	t.Helper()
	text, _ := m.Load()
	if text != nil {
		if err := json.Unmarshal(text, &list); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// die makes what is noted that of a process that has died. It returns what Go would have written if
// the page that is being loaded was to blame.
func (m *memory) die(t testing.TB) (after *memory, lastWords string) {
	t.Helper()
	list := m.notes(t)
	for i := range list {
		list[i].Pid = 1 << 30
		lastWords = fmt.Sprintf("fatal error: stack overflow\n\nruntime stack:\n\ngoroutine %d gp=0x1 m=2 [running]:\n", list[i].Goroutine)
	}
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return &memory{text: text}, lastWords
}

// A page whose new version ends the process has its last one in the next process, and is not tried
// again before it is saved.
func TestPageThatEndsTheProcessIsTriedOnce(t *testing.T) {
	t.Parallel()
	const from = `import { n } from "./_lib.js"; export function application(e, s) { s("200 OK", []); return [String(n)]; }`
	lib := func(n int, more string) string { return fmt.Sprintf("export const n = %d;\n%s\n", n, more) }
	for _, changed := range []string{"page.js", "_lib.js"} {
		t.Run(changed, func(t *testing.T) {
			t.Parallel()
			dir, kept, loads := t.TempDir(), &memory{}, &memory{}
			entered, leave := make(chan struct{}, 10), make(chan struct{})
			modules := hooks(func(string) { entered <- struct{}{}; <-leave })
			write(t, dir, "_lib.js", lib(1, ""))
			write(t, dir, "page.js", from)
			write(t, dir, "other.js", from)
			first := open(t, Config{Dir: dir, Keep: kept, Loads: loads, Modules: modules})
			t.Cleanup(sync.OnceFunc(func() { close(leave) }))
			for _, path := range []string{"/page", "/other"} {
				if body, err := get(first, path); body != "1" {
					t.Fatalf("%s is %q, %v", path, body, err)
				}
			}
			const fatal = "import { hook } from 'wizgy:test'; hook('');"
			if changed == "page.js" {
				write(t, dir, "page.js", fatal+from)
			} else {
				write(t, dir, "_lib.js", fatal+lib(2, ""))
			}
			<-entered
			log := &lockedBuffer{}
			after, lastWords := loads.die(t)
			next := open(t, Config{Dir: dir, Keep: kept, Loads: after, LastWords: lastWords, Modules: modules, Logger: slog.New(slog.NewTextHandler(log, nil))})
			for _, path := range []string{"/page", "/other"} {
				if body, err := get(next, path); body != "1" {
					t.Errorf("%s is %q in the next process, %v", path, body, err)
				}
			}
			eventually(t, "the log names the page", func() bool {
				return strings.Contains(log.String(), "page.js:1:1: ") && strings.Contains(log.String(), "ended the process")
			})
			third := open(t, Config{Dir: dir, Keep: kept, Loads: after, Modules: modules})
			if body, err := get(third, "/page"); body != "1" {
				t.Errorf("got %q in the one after it, %v", body, err)
			}
			write(t, dir, "page.js", from)
			write(t, dir, "_lib.js", lib(3, ""))
			for _, path := range []string{"/page", "/other"} {
				eventually(t, path+" is new once it was put right", func() bool { body, _ := get(third, path); return body == "3" })
			}
			eventually(t, "nothing is noted any more", func() bool { return len(after.notes(t)) == 0 })
		})
	}
}

// There may be no last version.
func TestPageThatEndedTheFirstProcessIsBroken(t *testing.T) {
	t.Parallel()
	for _, dev := range []bool{false, true} {
		t.Run(fmt.Sprintf("dev %t", dev), func(t *testing.T) {
			t.Parallel()
			dir, loads := t.TempDir(), &memory{}
			entered, leave := make(chan struct{}, 10), make(chan struct{})
			cfg := Config{Dir: dir, Dev: dev, Loads: loads, Modules: hooks(func(string) { entered <- struct{}{}; <-leave })}
			fatal := "import { hook } from 'wizgy:test'; hook(''); export const application = 1;"
			write(t, dir, "page.js", fatal)
			write(t, dir, "ok.js", numbered(1))
			open(t, cfg)
			t.Cleanup(sync.OnceFunc(func() { close(leave) }))
			<-entered
			after, lastWords := loads.die(t)
			if cfg.Loads = after; !dev { // where nobody is there to hear them
				cfg.LastWords = lastWords
			}
			next := open(t, cfg)
			if _, err := get(next, "/page"); err == nil || !strings.Contains(err.Error(), "ended the process") {
				t.Errorf("the error is %v", err)
			}
			if body, err := get(next, "/ok"); body != "1" {
				t.Errorf("another page is %q, %v", body, err)
			}
			write(t, dir, "page.js", numbered(2))
			eventually(t, "the page is there once it was put right", func() bool { body, _ := get(next, "/page"); return body == "2" })
		})
	}
}

// The same text, saved again, is tried again.
func TestSavedAgainIsAnotherVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, "page.js", "x")
	e := open(t, Config{Dir: dir, NoStart: true})
	first, _, err := readSource(e.writers, path)
	if err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Second)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	if second, _, err := readSource(e.writers, path); err != nil || second.mark("file") == first.mark("file") {
		t.Errorf("the mark is the same, %v", err)
	}
}

func TestWhoIsToBlameForADeath(t *testing.T) {
	t.Parallel()
	stack := func(n int, frames string) string {
		return fmt.Sprintf("fatal error: stack overflow\n\nruntime stack:\nx()\n\ngoroutine %d gp=0x1 m=2 mp=0x3 [running]:\n%s\n\ngoroutine 8 gp=0x1 [running]:\n", n, frames)
	}
	for _, tt := range []struct {
		name   string
		trial  trial
		words  string
		dev    bool
		fatal  bool
		deaths int
	}{
		{"the page", trial{Goroutine: 7}, stack(7, ""), false, true, 0},
		{"a panic", trial{Goroutine: 7}, "panic: oops\n\ngoroutine 7 [running]:\nmain()\n", false, true, 0},
		{"a request", trial{Goroutine: 8}, stack(7, ""), false, false, 0},
		{"esbuild", trial{}, stack(7, "github.com/evanw/esbuild/internal/js_parser.x()"), false, true, 0},
		{"a request, while esbuild was at work", trial{}, stack(7, "goja.x()"), false, false, 0},
		{"somebody, once", trial{Goroutine: 7}, "", false, false, 1},
		{"somebody, twice", trial{Goroutine: 7, Deaths: 1}, "", false, true, 2},
		{"who took the last memory, or took most of it", trial{Goroutine: 7}, "fatal error: runtime: out of memory\n" + stack(7, ""), false, false, 1},
		{"who else, at the desk", trial{Goroutine: 7}, "", true, true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.trial.judge(tt.words, tt.dev)
			if tt.trial.Fatal != tt.fatal || tt.trial.Deaths != tt.deaths || tt.trial.Pid != 0 {
				t.Errorf("got %+v", tt.trial)
			}
		})
	}
}

// A process that ends in good order leaves nothing behind, whatever it was doing.
func TestOrderlyEndBlamesNobody(t *testing.T) {
	t.Parallel()
	dir, loads := t.TempDir(), &memory{}
	entered, leave := make(chan struct{}, 10), make(chan struct{})
	write(t, dir, "page.js", "import { hook } from 'wizgy:test'; hook('');"+numbered(1))
	e := open(t, Config{Dir: dir, Loads: loads, Modules: hooks(func(string) { entered <- struct{}{}; <-leave })})
	<-entered
	if got := loads.notes(t); len(got) != 1 || got[0].Pid != os.Getpid() || got[0].Goroutine == 0 {
		t.Errorf("noted are %+v", got)
	}
	closed := make(chan struct{})
	go func() { defer close(closed); e.Close() }()
	eventually(t, "nothing is noted", func() bool { return len(loads.notes(t)) == 0 })
	close(leave)
	<-closed
}

// A page that cannot be stopped while it is being loaded is no request that cannot be, and is not
// loaded again by the process that takes over.
func TestLoadThatIsStuckIsNoStuckRequest(t *testing.T) {
	t.Parallel()
	dir, loads := t.TempDir(), &memory{}
	entered, leave := make(chan struct{}, 10), make(chan struct{})
	reports := make(chan Stuck, 10)
	cfg := Config{Dir: dir, Loads: loads, Timeout: 100 * time.Millisecond, Stuck: func(s Stuck) { reports <- s },
		Modules: hooks(func(string) { entered <- struct{}{}; <-leave })}
	page := "import { hook } from 'wizgy:test'; hook('');" + numbered(1)
	write(t, dir, "page.js", page)
	e := open(t, cfg)
	t.Cleanup(sync.OnceFunc(func() { close(leave) }))
	select {
	case s := <-reports:
		if s.Page != filepath.Base(dir)+"/page.js" || s.Method != "" {
			t.Errorf("reported is %+v", s)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing was reported")
	}
	if n := e.Stuck(); n != 0 {
		t.Errorf("%d requests are stuck", n)
	}
	next := open(t, cfg)
	if _, err := get(next, "/page"); err == nil || !strings.Contains(err.Error(), "could not be stopped") {
		t.Errorf("the error is %v", err)
	}
	if len(entered) > 1 {
		t.Error("it was loaded again")
	}
	write(t, dir, "page.js", numbered(2))
	eventually(t, "the page is there once it was put right", func() bool { body, _ := get(next, "/page"); return body == "2" })
}
