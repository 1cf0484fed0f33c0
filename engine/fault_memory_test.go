package engine

import (
	"fmt"
	"net/http/httptest"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hungry are pages that take memory without end, each in another way.
var hungry = map[string]string{
	"push":     `const all = []; for (;;) all.push({ a: all.length });`,
	"doubling": `let s = "x", t; for (;;) { t = s + "x"; s += t; }`,
	"buffers":  `const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1));`,
	"map":      `const all = new Map(); for (let i = 0; ; i++) all.set("key" + i, [i]);`,
	"async":    `const all = []; for (;;) { await null; all.push(new Array(1000).fill(1)); }`,
}

// TestHungryPageIsStoppedAndNoOther lets a page run out of the heap's budget while a small page
// answers all the time and another one computes for long. Only the hungry one is stopped.
func TestHungryPageIsStoppedAndNoOther(t *testing.T) {
	for name, code := range hungry {
		t.Run(name, func(t *testing.T) {
			goruntime.GC()
			var before goruntime.MemStats
			goruntime.ReadMemStats(&before)
			const room = 96 << 20
			s := serve(t, Config{Timeout: testTimeout, MaxHeap: int64(before.HeapAlloc) + room}, map[string]string{
				"hungry.js": "export async function application(environ, start_response) {" + code + "}",
				"small.js":  `export function application(environ, start_response) { start_response("200 OK", []); return [1, 2, 3].map(x => "x".repeat(x)).join(); }`,
				"busy.js": `export async function application(environ, start_response) {
					start_response("200 OK", []);
					for (const end = performance.now() + 1000; performance.now() < end;) ({ end });
					return "done"; }`,
			})
			done := make(chan struct{})
			var all sync.WaitGroup
			var small atomic.Int64
			all.Go(func() { s.want("/busy", 200, "done") })
			all.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
						s.want("/small", 200, "x,xx,xxx")
						small.Add(1)
					}
				}
			})
			start := time.Now()
			err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/hungry", nil))
			took := time.Since(start)
			close(done)
			all.Wait()
			if e := asError(err); err == nil || e.HTTPStatus() != 503 || e.RetryAfter() <= 0 || !strings.Contains(e.Message, "memory ran out") || e.Line != 1 {
				t.Errorf("got %v", err)
			}
			eventually(t, "it is logged", func() bool { return strings.Contains(fmt.Sprint(s.log), "is stopped, after") })
			if log := fmt.Sprint(s.log); strings.Count(log, "is stopped, after") != 1 || !strings.Contains(log, "apps/hungry.js") {
				t.Errorf("the log says %s", log)
			}
			if small.Load() == 0 {
				t.Error("the small page was never asked for")
			}
			eventually(t, "the memory is given back", func() bool {
				var after goruntime.MemStats
				goruntime.GC()
				goruntime.ReadMemStats(&after)
				return after.HeapAlloc < before.HeapAlloc+32<<20
			})
			t.Logf("stopped after %v; %d small answers", took.Round(time.Millisecond), small.Load())
		})
	}
}

// TestValueFarBeyondWhatIsAllowedIsStopped lets a page double a string where there is memory for
// many more steps, each of which takes twice as long as the one before and cannot be interrupted.
func TestValueFarBeyondWhatIsAllowedIsStopped(t *testing.T) {
	s := serve(t, Config{Timeout: testTimeout, MaxHeap: 64 << 30, MaxValue: 4 << 20}, map[string]string{
		"giant.js": `export function application() { let s = "x"; for (;;) { const t = s + "x"; if ((s += t).length > 2 ** 30) throw new Error("a giant") } }`,
		"many.js": `export function application(environ, start_response) {
			start_response("200 OK", []);
			const all = [];
			for (let i = 0; i < 12; i++) all.push("x".repeat(4e6));
			return [String(all.length)]; }`,
	})
	err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/giant", nil))
	if e := asError(err); err == nil || e.HTTPStatus() != 500 || !strings.Contains(e.Message, "too large: more than 4 times the 4 MiB of --max-value") || e.Line != 1 {
		t.Errorf("got %v", err)
	}
	eventually(t, "it is logged", func() bool {
		log := fmt.Sprint(s.log)
		return strings.Contains(log, "MiB, where 4 are allowed, is stopped, after") && strings.Contains(log, "apps/giant.js")
	})
	s.want("/many", 200, "12")
}
