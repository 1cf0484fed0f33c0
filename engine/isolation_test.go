package engine

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
)

// polluting is a page that leaves traces wherever a page can, and answers how many it has found.
const polluting = `%s
let calls = 0;
export function application(environ, start_response) {
  const found = [calls, globalThis.leak, Object.prototype.leak, Array.prototype.leak, {}.leak, String.prototype.trim.leak, "a".at(0), JSON.leak, Math.leak,
    console.leak, URL.leak, http.leak, typeof leaked].map(String);
  calls++;
  globalThis.leak = Object.prototype.leak = Array.prototype.leak = "leak";
  String.prototype.trim.leak = String.prototype.at.leak = JSON.leak = Math.leak = console.leak = URL.leak = "leak";
  http.leak = "leak";
  String.prototype.at = () => "leak";
  Function("leaked = 'leak'")();
  try { Object.defineProperty(environ, "leak", { value: "leak" }) } catch {}
  start_response("200 OK", []);
  return [found.join()];
}
const http = require("wizgy:http");
`

// clean is what such a page answers that finds nothing.
const clean = "0,undefined,undefined,undefined,undefined,undefined,a,undefined,undefined,undefined,undefined,undefined,undefined"

// Pollution of prototypes and globals by one request.
func TestPollutionIsNotSeenByOtherPagesNorByOtherRequestsOfIsolatedOnes(t *testing.T) {
	for _, how := range []struct {
		name, top string
		cfg       Config
	}{
		{"exported", `export const isolation = "request";`, Config{}},
		{"exported against the site's", `export const isolation = "request";`, Config{Isolation: IsolationPage}},
		{"page", "", Config{Isolate: []string{"victim.js"}}},
		{"folder", "", Config{Isolate: []string{"sub"}}},
		{"folder with a slash", "", Config{Isolate: []string{"sub/"}}},
		{"site", "", Config{Isolation: IsolationRequest}},
	} {
		t.Run(how.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "polluter.js", fmt.Sprintf(polluting, `export const isolation = "page";`))
			for _, page := range []string{"victim.js", "sub/victim.js"} {
				write(t, dir, page, fmt.Sprintf(polluting, how.top))
			}
			how.cfg.Dir = dir
			e := open(t, how.cfg)
			page := "/victim"
			if strings.HasPrefix(how.name, "folder") {
				page = "/sub/victim"
			}
			for i := range 3 {
				if got, err := get(e, "/polluter"); err != nil || (got == clean) != (i == 0) {
					t.Fatalf("the polluter's request %d answers %q, %v", i, got, err)
				}
				if got, err := get(e, page); err != nil || got != clean {
					t.Errorf("request %d found %q, %v", i, got, err)
				}
			}
		})
	}
}

func TestIsolationIsOneOfTwo(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"// a comment\n  export const isolation = 'requests';\n", `apps/a.js:2:16: isolation must be "page" or "request", got "requests"`},
		{"let isolation = true;\nexport { isolation };\n", `apps/a.js:1:1: isolation must be "page" or "request"`},
		{"exports.isolation = null;\n", `apps/a.js:1:9: isolation must be "page" or "request"`},
		{"export let isolation;\n", ""},
		{"export const isolation = 'request';\n", ""},
		{"const isolation = 5;\n", ""}, // the page's own affair
	} {
		dir := t.TempDir()
		app := "export function application(e, start_response) { start_response('200 OK', []); return [] }"
		if strings.HasPrefix(c.src, "exports") {
			app = "exports.application = (e, start_response) => { start_response('200 OK', []); return [] }"
		}
		write(t, dir, "apps/a.js", c.src+app)
		e := open(t, Config{Dir: filepath.Join(dir, "apps")})
		got := ""
		if _, err := get(e, "/a"); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.src, got, c.want)
		}
	}
	if _, err := New(Config{Dir: t.TempDir(), Isolation: "none"}); err == nil || !strings.Contains(err.Error(), `must be "page" or "request", got "none"`) {
		t.Errorf("New: %v", err)
	}
}

func TestNameThatIsIsolatedAndNotThereIsSaid(t *testing.T) {
	dir, log := t.TempDir(), &lockedBuffer{}
	write(t, dir, "apps/admin/a.js", numbered(1))
	e := open(t, Config{Dir: filepath.Join(dir, "apps"), Isolate: []string{"admin", "admin/a.js", "adm"}, Logger: slog.New(slog.NewTextHandler(log, nil))})
	if got := log.String(); strings.Count(got, "isolate") != 1 || !strings.Contains(got, "apps/adm: no page has this name") {
		t.Errorf("logged %s", got)
	}
	if _, warnings := e.Check(); len(warnings) != 1 || warnings[0].File != "apps/adm" {
		t.Errorf("warnings %v", warnings)
	}
}

func TestIsolatedPageKeepsNoRuntime(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.js", `export const isolation = "request";`+"\n"+numbered(1))
	e := open(t, Config{Dir: dir, MaxRuntimes: 2})
	for range 10 {
		if got, err := get(e, "/a"); err != nil || got != "1" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	e.dog.mu.Lock()
	defer e.dog.mu.Unlock()
	if n := len(e.dog.guards); n != 0 {
		t.Errorf("%d runtimes are left", n)
	}
}

func TestRunOnceIsTrueWhereEachRequestHasItsOwnRuntime(t *testing.T) {
	dir := t.TempDir()
	const app = "export function application(environ, start_response) { start_response('200 OK', []); return [String(environ['wsgi.run_once'])] }"
	write(t, dir, "kept.js", app)
	write(t, dir, "named.js", app)
	write(t, dir, "own.js", "export const isolation = 'request';\n"+app)
	e := open(t, Config{Dir: dir, Isolate: []string{"named.js"}})
	for path, want := range map[string]string{"/kept": "false", "/named": "true", "/own": "true"} {
		if got, err := get(e, path); err != nil || got != want {
			t.Errorf("%s: wsgi.run_once is %q, %v, want %s", path, got, err, want)
		}
	}
}
