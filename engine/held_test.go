package engine

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// never are pages that wait for what never settles. What is logged shows that each finally has run, and
// in which order.
var never = map[string]struct{ page, log string }{
	"async generator":           {`export async function* application(e, s) { s("200 OK", []); try { yield "a"; await new Promise(() => {}); } finally { console.log("ran") } }`, "ran"},
	"before the first piece":    {`export async function* application(e, s) { s("200 OK", []); try { await new Promise(() => {}); } finally { console.log("ran") } }`, "ran"},
	"for await":                 {`async function* rows() { try { yield "a"; await new Promise(() => {}); } finally { console.log("inner") } } export async function* application(e, s) { s("200 OK", []); try { for await (const row of rows()) yield row; } finally { console.log("outer") } }`, "inner outer"},
	"yield*":                    {`async function* rows() { try { yield "a"; await new Promise(() => {}); } finally { console.log("inner") } } export async function* application(e, s) { s("200 OK", []); try { yield* rows(); } finally { console.log("outer") } }`, "inner outer"},
	"names of the helper's own": {`const k = 1, v = 2, x = 3, obj = 4, value = 5, isAwait = 6, y = 7, resume = 8, method = 9; async function* rows() { try { yield "a"; await new Promise(() => {}); } finally { console.log("inner") } } export async function* application(e, s) { s("200 OK", []); try { yield* rows(); } finally { console.log("outer") } }`, "inner outer"},
	"names of the helper's, and a finally that awaits": {`const k = 1, v = 2, x = 3, isAwait = 6, y = 7, resume = 8; export async function* application(e, s) { s("200 OK", []); try { yield "a"; await new Promise(() => {}); } finally { await null; console.log("ran") } }`, "ran"},
	"async function":              {`export async function application(e, s) { try { await new Promise(() => {}); } finally { console.log("ran") } }`, "ran"},
	"arrow":                       {`export const application = async (e, s) => { try { return await new Promise(() => {}); } finally { console.log("ran") } }`, "ran"},
	"method":                      {`class A { async run() { try { await new Promise(() => {}); } finally { console.log("ran") } } } export const application = () => new A().run()`, "ran"},
	"in a helper":                 {`async function work() { try { await new Promise(() => {}); } finally { console.log("inner") } } export async function application(e, s) { try { await work() } finally { console.log("outer") } }`, "inner outer"},
	"helper without finally":      {`async function work() { await new Promise(() => {}) } export async function application(e, s) { try { await work() } finally { console.log("ran") } }`, "ran"},
	"finally in the helper only":  {`async function work() { try { await new Promise(() => {}) } finally { console.log("ran") } } export async function application(e, s) { return await work() }`, "ran"},
	"nested":                      {`export async function application(e, s) { try { try { await new Promise(() => {}); } finally { console.log("a") } } finally { console.log("b") } }`, "a b"},
	"finally that awaits":         {`export async function application(e, s) { try { await new Promise(() => {}); } finally { await null; console.log("ran") } }`, "ran"},
	"finally that never ends":     {`export async function application(e, s) { try { await new Promise(() => {}); } finally { try { await new Promise(() => {}) } finally { console.log("ran") } } }`, "ran"},
	"thenable":                    {`export async function application(e, s) { try { await { then() {} }; } finally { console.log("ran") } }`, "ran"},
	"race of none":                {`export async function application(e, s) { try { await Promise.race([]); } finally { console.log("ran") } }`, "ran"},
	"all of some":                 {`export async function application(e, s) { try { await Promise.all([1, new Promise(() => {})]); } finally { console.log("ran") } }`, "ran"},
	"in a catch":                  {`export async function application(e, s) { try { throw 1 } catch { await new Promise(() => {}) } finally { console.log("ran") } }`, "ran"},
	"in a loop that goes on":      {`export async function application(e, s) { for (let i = 0; i < 3; i++) try { await new Promise(() => {}) } catch { console.log("caught") } finally { console.log("ran") } await new Promise(() => {}) }`, "caught ran caught ran caught ran"},
	"using":                       {`Symbol.asyncDispose ??= Symbol(); export async function application(e, s) { await using x = { async [Symbol.asyncDispose]() { console.log("ran") } }; await new Promise(() => {}) }`, "ran"},
	"then a sleep in the finally": {`export async function application(e, s) { try { await new Promise(() => {}) } finally { await new Promise(yes => setTimeout(yes, 5)); console.log("ran") } }`, "ran"},
}

func TestFinallyRunsWhereNothingSettles(t *testing.T) {
	for name, c := range never {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, Config{MaxRuntimes: 1}, map[string]string{"page.js": c.page})
			err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page", nil))
			if e := asError(err); e.HTTPStatus() != 504 {
				t.Errorf("got %v", err)
			}
			checkRan(t, s, c.log)
		})
	}
}

// checkRan compares what a page has printed.
func checkRan(t *testing.T, s *served, want string) {
	t.Helper()
	var got []string
	for line := range strings.Lines(s.log.String()) {
		if rest, ok := strings.CutPrefix(line, "INFO "); ok {
			word, _, _ := strings.Cut(rest, " page=")
			got = append(got, word)
		}
	}
	if strings.Join(got, " ") != want {
		t.Errorf("printed %q, want %q; the log:\n%s", got, want, s.log)
	}
}

// TestFinallyRunsWhenTheClientLeaves has pages wait for what will come late, and their clients leave.
func TestFinallyRunsWhenTheClientLeaves(t *testing.T) {
	for name, page := range map[string]string{
		"never, and a timer":  `export async function* application(e, s) { s("200 OK", []); setTimeout(() => {}, 60000); try { yield "a"; await new Promise(() => {}); } finally { console.log("ran") } }`,
		"a sleep":             `export async function* application(e, s) { s("200 OK", []); try { yield "a"; await new Promise(yes => setTimeout(yes, 60000)); } finally { console.log("ran") } }`,
		"async with a timer":  `export async function application(e, s) { const t = setInterval(() => {}, 1000); try { await new Promise(() => {}) } finally { clearInterval(t); console.log("ran") } }`,
		"a sleep in a helper": `const sleep = ms => new Promise(yes => setTimeout(yes, ms)); export async function application(e, s) { try { await sleep(60000) } finally { console.log("ran") } }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, Config{MaxRuntimes: 1, Timeout: time.Minute}, map[string]string{"page.js": page})
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			start := time.Now()
			s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page", nil).WithContext(ctx))
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
			checkRan(t, s, "ran")
		})
	}
}

// TestHalfFinishedWorkIsNotContinued has one request wait for what another one would settle.
func TestHalfFinishedWorkIsNotContinued(t *testing.T) {
	s := serve(t, Config{MaxRuntimes: 1}, map[string]string{"page.js": `
		const waiting = [];
		export async function application(environ, start_response) {
			if (environ.QUERY_STRING === "settle") {
				const n = waiting.length;
				for (const yes of waiting) yes();
				await null;
				start_response("200 OK", []);
				return String(n);
			}
			await new Promise(yes => waiting.push(yes));
			console.log("went on");
		}`})
	s.want("/page", 504, "Gateway Timeout")
	s.want("/page?settle", 200, "0")
	checkRan(t, s, "")
}
