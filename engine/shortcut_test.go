package engine

import (
	"log/slog"
	"strings"
	"testing"
)

// TestShortcutsDoNotShow has pages that the compiler changes, and those that look as if it did.
func TestShortcutsDoNotShow(t *testing.T) {
	const head = `start_response("200 OK", [["Content-Type", "text/plain"], ["X-A", "a"]]);`
	for name, tt := range map[string]struct {
		page string
		want [2]string // of two requests
	}{
		"array of one string":  {`function application(environ, start_response) { ` + head + ` return ["a" + environ.PATH_INFO] }`, [2]string{"a/1", "a/2"}},
		"template":             {"function application(environ, start_response) { " + head + " return [`a${environ.PATH_INFO}`] }", [2]string{"a/1", "a/2"}},
		"arrow":                {`export const application = (e, s) => { s("200 OK", [["X-A", "a"]]); if (e.PATH_INFO == "/1") return ["one"]; else return ["other"] }`, [2]string{"one", "other"}},
		"module.exports":       {`module.exports = { application(e, s) { s("200 OK", [["X-A", "a"]]); return ["x" + 1 + 2] } }`, [2]string{"x12", "x12"}},
		"two lists":            {`export function application(e, s) { if (e.PATH_INFO == "/1") s("200 OK", [["X-A", "1"]]); else s("200 OK", [["X-A", "2"]]); return [e.PATH_INFO + ""] }`, [2]string{"/1", "/2"}},
		"not certainly a text": {`export function application(e, s) { s("200 OK", [["X-A", "a"]]); return [e.PATH_INFO] }`, [2]string{"/1", "/2"}},
		"called by the page": {`
			function application(environ, start_response) { start_response("200 OK", [["X-A", "a"]]); return ["body " + environ.PATH_INFO] }
			exports.application = (environ, start_response) => {
				let seen;
				const body = application(environ, (status, headers) => { headers.push(["X-" + headers.length, "y"]); seen = headers });
				start_response("200 OK", seen);
				return [Array.isArray(body) + " " + body + " " + seen.length];
			}`, [2]string{"true body /1 2", "true body /2 2"}},
		"a caught error": {`
			export function application(environ, start_response) {
				try { start_response("200 OK", [["X-A", "a\n"]]) } catch (e) { start_response("200 OK", [["X-A", "a"]], e); return ["" + e.message.includes("control character")] }
			}`, [2]string{"true", "true"}},
		"returned in finally": {`export function application(e, s) { s("200 OK", [["X-A", "a"]]); try { return ["try" + e.x] } finally { return ["finally" + e.PATH_INFO] } }`, [2]string{"finally/1", "finally/2"}},
		"a name of its own":   {`const $wizgy_start = 1, $wizgy_0 = 2; export function application(e, s) { s("200 OK", [["X-A", "a"]]); return ["x" + e.PATH_INFO] }`, [2]string{"x/1", "x/2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, lint := range []func(Lint){nil, func(Lint) {}} {
				s := serve(t, Config{MaxRuntimes: 1, Lint: lint}, map[string]string{"[...all].js": tt.page})
				s.want("/1", 200, tt.want[0])
				s.want("/2", 200, tt.want[1])
			}
		})
	}
}

// TestShortcutsKeepPlaces has an error in what the compiler changed.
func TestShortcutsKeepPlaces(t *testing.T) {
	for _, lint := range []func(Lint){nil, func(Lint) {}} {
		s := app(t, Config{Lint: lint}, `start_response("200 OK", [["X-A", "a"]]); return ["a" + environ.x.y];`)
		s.want("/", 500, "Internal Server Error")
		s.log.await(t, "apps/[...all].js:2:67: TypeError: Cannot read properties of undefined (reading 'y')")
	}
}

// TestShortcutsAreTaken counts what the interpreter allocates for a page with and without.
func TestShortcutsAreTaken(t *testing.T) {
	count := func(body string) float64 {
		s := app(t, Config{Logger: slog.New(slog.DiscardHandler)}, body)
		return allocations(t, s)
	}
	const head = `start_response("200 OK", [["Content-Type", "text/plain"]]);`
	with := count(head + `return ["hello " + environ.PATH_INFO]`)
	without := count("let kept = start_response;" + head + `return ["hello " + environ.PATH_INFO]`)
	if with > without/2 {
		t.Errorf("%v allocations with shortcuts, %v without", with, without)
	}
}

func TestBundleWithoutApplicationIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.js", `export const list = ["a" + 1]; export function f(a, b) { a("x", [["a", "b"]]); return ["a" + b] }`)
	e := open(t, Config{Dir: dir, NoWatch: true})
	if out := e.compiler.compile("a.js", nil); len(out.problems) > 0 || out.shortcuts {
		t.Errorf("got shortcuts %v, problems %v", out.shortcuts, out.problems)
	}
	if names := strings.Count(banner, "$wizgy"); names != 1 {
		t.Errorf("the banner has %d names of its own", names)
	}
}
