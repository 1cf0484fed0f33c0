package engine

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// shortTimeout is the limit of pages that are made to exceed it.
const shortTimeout = 200 * time.Millisecond

func TestRuntimesAreUsedAgain(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "count.js", `let n = 0;
export function application(environ, start_response) {
  start_response("200 OK", []);
  return [String(++n)];
}`)
	e := open(t, Config{Dir: dir, NoWatch: true})
	for want := 1; want <= 3; want++ {
		if body, err := get(e, "/count"); err != nil || body != strconv.Itoa(want) {
			t.Errorf("request %d: %q, %v", want, body, err)
		}
	}
}

func TestPoolDiscardsInterruptedRuntime(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "loop.js", `let n = 0;
export function application(environ, start_response) {
  n++;
  if (environ.QUERY_STRING) for (;;);
  start_response("200 OK", []);
  return [String(n)];
}`)
	atSomePace(t, func(t testing.TB, slower time.Duration) {
		e := open(t, Config{Dir: dir, NoWatch: true, Timeout: slower * shortTimeout})
		get(e, "/loop")
		_, err := get(e, "/loop?forever")
		var pageErr *Error
		if !errors.As(err, &pageErr) || pageErr.HTTPStatus() != 504 {
			t.Fatalf("the endless page gave %v", err)
		}
		if at := pageErr.At(); !strings.Contains(at, "/loop.js:4:") {
			t.Errorf("stopped at %s", at)
		}
		if body, err := get(e, "/loop"); err != nil || body != "1" {
			t.Errorf("the next request was answered %q, %v: it had the old runtime", body, err)
		}
	})
}

// What a page tries against its end: none of it helps, and the next request is answered.
func TestDeadlineEndsEveryLoop(t *testing.T) {
	for name, code := range map[string]string{
		"plain":         `for (;;);`,
		"try and catch": `for (;;) { try { for (;;); } catch { } }`,
		"finally":       `try { for (;;); } finally { for (;;); }`,
		"getter":        `({ get x() { for (;;); } }).x;`,
		"microtasks":    `(function again() { Promise.resolve().then(again); })(); await new Promise(() => {});`,
		"timers":        `(function again() { setTimeout(again); })(); await new Promise(() => {});`,
		"after await":   `await null; for (;;);`,
		"toString":      `throw { toString() { for (;;); } };`,
		"error getter":  `throw Object.defineProperty(new Error("x"), "message", { get() { for (;;); } });`,
		"native calls":  `for (;;) [3, 2, 1].sort(() => 0);`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "page.js", "export async function application(environ, start_response) {\nif (environ.QUERY_STRING) {"+code+"}\nstart_response('200 OK', []); return ['ok']; }")
			atSomePace(t, func(t testing.TB, slower time.Duration) {
				limit := slower * shortTimeout
				e := open(t, Config{Dir: dir, NoWatch: true, Timeout: limit})
				get(e, "/page")
				began := time.Now()
				switch body, err := get(e, "/page?forever"); {
				case err == nil:
					t.Errorf("the endless page answered %q", body)
				case !strings.HasPrefix(code, "throw") && asError(err).HTTPStatus() != http.StatusGatewayTimeout:
					t.Errorf("status %d (%v), want 504", asError(err).HTTPStatus(), err)
				}
				if took := time.Since(began); took > 11*limit {
					t.Errorf("the deadline of %v took %v", limit, took)
				}
				if body, err := get(e, "/page"); err != nil || body != "ok" {
					t.Errorf("the next request: %q, %v", body, err)
				}
			})
		})
	}
}

var lateDeadlines = flag.Int("late", 150, "how often a deadline fires just as a page returns")

// A deadline that fires just as the page returns must not hit the request that comes next.
func TestLateDeadlineHitsNoLaterRequest(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "page.js", `export function application(environ, start_response) {
  const end = performance.now() + Number(environ.QUERY_STRING || 0);
  while (performance.now() < end);
  start_response("200 OK", []);
  return ["ok"];
}`)
	e := open(t, Config{Dir: dir, NoWatch: true, Timeout: 10 * time.Millisecond})
	eventually(t, "the page is ready", func() bool { _, err := get(e, "/page"); return err == nil })
	late := 0
	for i := range *lateDeadlines {
		wait := 10 + float64(i%30) // around the limit and the watchdog's next look
		if _, err := get(e, fmt.Sprintf("/page?%g", wait)); err != nil {
			late++
			if pageErr := asError(err); pageErr.HTTPStatus() != 504 {
				t.Fatal(err)
			}
		}
		if body, err := get(e, "/page"); body != "ok" && (err == nil || asError(err).HTTPStatus() != 504) {
			t.Fatalf("the request after: %q, %v", body, err)
		}
	}
	if late == 0 {
		t.Error("no request was late: the test proves nothing")
	}
}

func TestBusyPageAnswers503(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "slow.js", `export async function application(environ, start_response) {
  start_response("200 OK", []);
  await new Promise(resolve => setTimeout(resolve, 60000));
  return ["late"];
}`)
	e := open(t, Config{Dir: dir, NoWatch: true, MaxRuntimes: 1})
	ctx, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	statuses := make(chan int, 100)
	for range 10 { // one runs, four wait, and the others are sent away
		all.Go(func() {
			err := e.ServePage(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/slow", nil))
			var pageErr *Error
			if errors.As(err, &pageErr) && pageErr.HTTPStatus() == 503 {
				if pageErr.RetryAfter() <= 0 {
					t.Error("the error does not say when to try again")
				}
				statuses <- 503
			}
		})
	}
	for range 5 {
		select {
		case <-statuses:
		case <-time.After(time.Minute):
			t.Fatal("fewer than five requests were sent away")
		}
	}
	leave()
	all.Wait()
	if _, err := get(e, "/none"); err == nil {
		t.Error("a page that is not there answers")
	}
}

// Requests of one page run side by side, each in a runtime of its own.
func TestRequestsDoNotWaitForEachOther(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "page.js", `import { hook } from "wizgy:test";
let inside = 0;
export async function application(environ, start_response) {
  inside++;
  start_response("200 OK", []);
  await new Promise(resolve => setTimeout(resolve, 50));
  hook("inside");
  return [String(inside)];
}`)
	const requests = 50
	var arrived atomic.Int64
	together := make(chan struct{}) // closed when all are inside
	e := open(t, Config{Dir: dir, NoWatch: true, Timeout: testTimeout, Modules: hooks(func(string) {
		if arrived.Add(1) == requests {
			close(together)
		}
		select {
		case <-together:
		case <-time.After(time.Minute):
			t.Errorf("only %d of %d requests run side by side", arrived.Load(), requests)
		}
	})})
	var all sync.WaitGroup
	for range requests {
		all.Go(func() {
			if body, err := get(e, "/page"); err != nil || body != "1" {
				t.Errorf("got %q, %v: two requests were in one runtime", body, err)
			}
		})
	}
	all.Wait()
}
