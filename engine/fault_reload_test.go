package engine

import (
	"cmp"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wizgy/engine/watch"
	"wizgy/server/writers"
)

// A page of 200 KB that comes in 20 pieces, 50 ms apart, by a program that holds the file open and
// by one that opens it each time: nobody sees half of it, also where the file is another user's, so
// that no lease on it is to be had.
func TestFaultSlowlyWrittenPageIsNeverSeenHalf(t *testing.T) {
	for _, tt := range []struct {
		name                   string
		dev, reopens, noLeases bool // in dev nothing tells that a save goes on that opens the file each time
		pause                  time.Duration
	}{
		{name: "serve"}, {name: "serve, another user's", noLeases: true}, {name: "serve, another user's, slower", noLeases: true, pause: 120 * time.Millisecond},
		{name: "serve, reopened", reopens: true}, {name: "serve, another user's, reopened", reopens: true, noLeases: true},
		{name: "dev", dev: true}, {name: "dev, another user's", dev: true, noLeases: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, log := t.TempDir(), &lockedBuffer{}
			page := write(t, dir, "apps/page.js", numbered(1))
			e := open(t, Config{Dir: filepath.Join(dir, "apps"), Dev: tt.dev, Logger: slog.New(slog.NewTextHandler(log, nil)),
				Writers: &writers.Writers{NoLeases: tt.noLeases}})
			if _, err := get(e, "/page"); err != nil {
				t.Fatal(err)
			}
			var saved atomic.Int64
			stop := load(t, e, "/page", &saved)
			// All but the last piece is a comment that has no end yet: half of it is no page.
			content := "/* " + strings.Repeat("padding ", 200<<10/8) + "*/\n" + numbered(2)
			if err := writeSlowly(page, content, cmp.Or(tt.pause, 50*time.Millisecond), tt.reopens); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the whole page", func() bool { body, _ := get(e, "/page"); return body == "2" })
			t.Logf("%d requests", stop())
			if strings.Contains(log.String(), "ERROR") && !tt.reopens {
				t.Errorf("half of the page was compiled: %s", log)
			}
		})
	}
}

func writeSlowly(path, content string, pause time.Duration, reopens bool) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { file.Close() }()
	size := len(content)/20 + 1
	for tick := time.NewTicker(pause); len(content) > 0; <-tick.C {
		n := min(size, len(content))
		if reopens {
			file.Close()
			if file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
				return err
			}
		}
		if _, err := file.WriteString(content[:n]); err != nil {
			return err
		}
		if reopens {
			file.Close()
		}
		content = content[n:]
	}
	return nil
}

// A thousand files change at once: pages, three modules of each, and one that all of them import.
func TestFaultThousandFilesAtOnceAreRightWithinFiveSeconds(t *testing.T) {
	pages, limit := 250, 5*time.Second
	if testing.Short() || raceEnabled {
		pages = 25
	}
	dir := t.TempDir()
	save := func(n int) {
		module := fmt.Sprintf("export const n = %d;\n", n)
		for i := range pages {
			page := fmt.Sprintf("%d/page%d", i%10, i)
			for _, name := range []string{"x", "y", "z"} {
				write(t, dir, fmt.Sprintf("%d/_page%d/%s.js", i%10, i, name), module)
			}
			write(t, dir, page+".js", fmt.Sprintf(`import { n } from "../_lib/n.js";
import { n as x } from "./_page%d/x.js";
import { n as y } from "./_page%[1]d/y.js";
import { n as z } from "./_page%[1]d/z.js";
export const application = (environ, start_response) => { start_response("200 OK", []); return [[n, x, %[2]d, y, z].join(" ")]; };
`, i, n))
		}
		write(t, dir, "_lib/n.js", module)
	}
	save(1)
	e := open(t, Config{Dir: dir})
	e.Check()
	took := limit + 1
	for n := 2; took > limit && n <= 6; n++ { // the fastest of a few times counts
		save(n)
		saved := time.Now()
		old, now := strings.TrimSpace(strings.Repeat(fmt.Sprint(n-1, " "), 5)), strings.TrimSpace(strings.Repeat(fmt.Sprint(n, " "), 5))
		for i := range pages {
			path := fmt.Sprintf("/%d/page%d", i%10, i)
			eventually(t, path, func() bool {
				got, err := get(e, path)
				if err != nil || got != old && got != now {
					t.Fatalf("%s is %q, %v", path, got, err)
				}
				return got == now
			})
		}
		took = time.Since(saved)
		t.Logf("it took %v", took)
	}
	if took > limit {
		t.Errorf("it took %v", took)
	}
}

var reloads = flag.Int("reloads", 300, "how often a page is reloaded to see whether anything is left behind")

// After many reloads under load, memory, goroutines and descriptors are what they were.
func TestFaultReloadsLeaveNothingBehind(t *testing.T) {
	dir := t.TempDir()
	page := write(t, dir, "page.js", numbered(0))
	e := open(t, Config{Dir: dir, NoWatch: true})
	var saved atomic.Int64
	reload := func(n int) {
		if err := os.WriteFile(page, []byte(numbered(n)), 0o644); err != nil {
			t.Fatal(err)
		}
		e.reload(watch.Change{Paths: []string{page}})
		saved.Store(int64(n))
	}
	stop := load(t, e, "/page", &saved)
	warm := max(50, *reloads/100)
	for n := 1; n <= warm; n++ {
		reload(n)
	}
	stop()
	before := measure(t)
	stop = load(t, e, "/page", &saved)
	for n := warm + 1; n <= warm+*reloads && !t.Failed(); n++ {
		reload(n)
	}
	requests := stop()
	if got, err := get(e, "/page"); err != nil || got != strconv.Itoa(warm+*reloads) {
		t.Errorf("at last the page answers %q, %v", got, err)
	}
	within := func(after, before, noise int) bool { return after <= before+max(noise, before/10) }
	var after usedUp
	eventually(t, fmt.Sprintf("no more than %+v", before), func() bool {
		after = measure(t)
		return within(after.bytes, before.bytes, 512<<10) && within(after.goroutines, before.goroutines, 0) &&
			within(after.descriptors, before.descriptors, 0)
	})
	t.Logf("%d reloads, %d requests: %+v, then %+v", *reloads, requests, before, after)
}

type usedUp struct{ bytes, goroutines, descriptors int }

func measure(t *testing.T) (u usedUp) {
	t.Helper()
	for range 3 {
		goruntime.GC()
	}
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	u.bytes, u.goroutines = int(m.HeapAlloc), goruntime.NumGoroutine()
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		u.descriptors = len(open)
	}
	return u
}

// While a page that never gets to its end is tried, and after, the last good one answers.
func TestFaultEndlessTopLevelKeepsTheLastGoodPage(t *testing.T) {
	atSomePace(t, func(t testing.TB, slower time.Duration) {
		limit := slower * 300 * time.Millisecond
		dir, log := t.TempDir(), &lockedBuffer{}
		page := write(t, dir, "page.js", numbered(1))
		other := write(t, dir, "other.js", numbered(1))
		e := open(t, Config{Dir: dir, NoWatch: true, Timeout: limit, Logger: slog.New(slog.NewTextHandler(log, nil))})
		e.Check()
		var saved atomic.Int64
		stop := load(t, e, "/page", &saved)
		write(t, dir, "page.js", "for (;;);\n"+numbered(2))
		write(t, dir, "other.js", numbered(2))
		e.reload(watch.Change{Paths: []string{page, other}})
		if got, err := get(e, "/page"); got != "1" || err != nil {
			t.Errorf("the page answers %q, %v", got, err)
		}
		if got, err := get(e, "/other"); got != "2" || err != nil {
			t.Errorf("the other page answers %q, %v", got, err)
		}
		if stop() == 0 {
			t.Error("nothing was answered meanwhile")
		}
		if got := log.String(); !strings.Contains(got, "page.js:1:1: the page did not start within "+limit.String()) {
			t.Errorf("logged %s", got)
		}
		write(t, dir, "page.js", numbered(3))
		e.reload(watch.Change{Paths: []string{page}})
		if got, err := get(e, "/page"); got != "3" || err != nil {
			t.Errorf("mended, the page answers %q, %v", got, err)
		}
	})
}

func TestFaultPermissionsThatArePutRightArePickedUp(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root reads everything")
	}
	dir := t.TempDir()
	page := write(t, dir, "apps/page.js", numbered(1))
	below := write(t, dir, "apps/sub/page.js", numbered(1))
	e := open(t, Config{Dir: filepath.Join(dir, "apps")})
	for _, path := range []string{"/page", "/sub/page"} {
		if got, err := get(e, path); got != "1" || err != nil {
			t.Fatal(got, err)
		}
	}
	chmod := func(path string, mode os.FileMode) {
		t.Helper()
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	// A page that comes with the wrong permissions, in a site of which a folder cannot be read.
	chmod(filepath.Dir(below), 0)
	chmod(page, 0o200)
	write(t, dir, "apps/page.js", numbered(2))
	eventually(t, "the broken page", func() bool { return e.mayHelp("") })
	if got, err := get(e, "/page"); got != "1" || err != nil {
		t.Errorf("the last good page: %q, %v", got, err)
	}
	chmod(page, 0o600)
	eventually(t, "the new page", func() bool { got, _ := get(e, "/page"); return got == "2" })
	chmod(filepath.Dir(below), 0o700)
	eventually(t, "the page in the folder", func() bool { got, _ := get(e, "/sub/page"); return got == "1" })
}
