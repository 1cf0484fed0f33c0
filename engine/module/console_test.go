package module

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// printed runs src and returns what it logs, a line each: the level and the quoted message.
func (h *testHost) printed(src string) string {
	h.t.Helper()
	h.log.Reset()
	if got := h.eval(src + ";0"); got != "0" {
		h.t.Fatal(got)
	}
	return strings.TrimSuffix(strings.NewReplacer("level=", "", "msg=", "").Replace(h.log.String()), "\n")
}

func TestConsole(t *testing.T) {
	for _, tt := range []evalCase{
		{"levels", `for (const m of ["log", "info", "dirxml", "warn", "error", "debug"]) console[m](m)`,
			"INFO log\nINFO info\nINFO dirxml\nWARN warn\nERROR error\nINFO debug"},
		{"nothing", `console.log()`, `INFO ""`},
		{"values", `console.log("a", 1, -0, null, undefined, true, 1n, Symbol("x"), {a: "b"}, ["c"])`,
			`INFO "a 1 -0 null undefined true 1n Symbol(x) { a: 'b' } [ 'c' ]"`},
		{"built-ins", `console.log(new URL("http://a/?b"), new URLSearchParams("a=b&c"), new URLSearchParams(), new TextEncoder(), URL, jsx.jsx("p", {}))`,
			`INFO "URL { href: 'http://a/?b' } URLSearchParams { 'a' => 'b', 'c' => '' } URLSearchParams {} TextEncoder {} [class URL] HTML '<p></p>'"`},
		{"an exception of a built-in", `try { atob("a") } catch (e) { console.error(e) }`,
			`ERROR "InvalidCharacterError: atob: the string is not correctly encoded as base64\n    at atob (native)\n    at test.js:1:11"`},
		{"methods need no this", `const {log} = console; log("x")`, `INFO x`},

		{"%s", `console.log("%s|%s|%s|%s|%s", "a", 1, -0, Symbol("x"), {a: {b: 1}})`, `INFO "a|1|-0|Symbol(x)|{ a: [Object] }"`},
		{"%s asks nobody", `console.log("%s", {toString() { throw 1 }})`, `INFO "{ toString: [Function: toString] }"`},
		{"%d", `console.log("%d|%d|%d|%d|%d", "1.5", 2n, {}, -0, Symbol())`, `INFO 1.5|2n|NaN|-0|NaN`},
		{"%i", `console.log("%i|%i|%i", "42.9px", -1.5, {})`, `INFO 42|-1|NaN`},
		{"%f", `console.log("%f|%f|%f", "1.5px", "x", 1e21)`, `INFO 1.5|NaN|1e+21`},
		{"%j", `console.log("%j", {a: [1, "x", undefined, () => 1], b: undefined, c: null, d: NaN, e: true})`,
			`INFO "{\"a\":[1,\"x\",null,null],\"c\":null,\"d\":null,\"e\":true}"`},
		{"%j of a circle", `const o = {}; o.o = o; console.log("%j", o)`, `INFO "{\"o\":\"[Circular]\"}"`},
		{"%j of nothing", `console.log("%j", undefined)`, `INFO undefined`},
		{"%o and %O", `console.log("%o %O", {a: {b: {c: {d: {}}}}}, {a: {b: {c: {d: 1}}}})`,
			`INFO "{\n  a: { b: { c: { d: {} } } }\n} { a: { b: { c: [Object] } } }"`},
		{"%c and %%", `console.log("%ca%%b%", "color: red")`, `INFO a%b%`},
		{"unknown formats", `console.log("%x %", 1)`, `INFO "%x % 1"`},
		{"formats without arguments", `console.log("%s %d", 1)`, `INFO "1 %d"`},
		{"only a first string is a format", `console.log("100%"); console.log(1, "%s", 2); console.log("%s")`, "INFO 100%\nINFO \"1 %s 2\"\nINFO %s"},
		{"formats in arguments", `console.log("%s %s", "%s", "x")`, `INFO "%s x"`},

		{"assert", `console.assert(true, "a"); console.assert(1, "b"); console.assert(false); console.assert(0, "no %s", "way"); console.assert()`,
			"ERROR \"Assertion failed\"\nERROR \"Assertion failed: no way\"\nERROR \"Assertion failed\""},
		{"count", `console.count(); console.count(); console.count("x"); console.countReset(); console.count(); console.countReset("y")`,
			"INFO \"default: 1\"\nINFO \"default: 2\"\nINFO \"x: 1\"\nINFO \"default: 1\"\nWARN \"console.countReset: nothing was counted as 'y'\""},
		{"group", `console.group("A"); console.log("a\nb"); console.groupCollapsed(); console.log("c"); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log("d")`,
			"INFO A\nINFO \"  a\\n  b\"\nINFO \"    c\"\nINFO d"},
		{"dir", `console.dir({a: {b: {}}}, {depth: 0}); console.dir({a: {b: {c: {d: {}}}}}, {depth: null}); console.dir("%s"); console.dir()`,
			"INFO \"{ a: [Object] }\"\nINFO \"{\\n  a: { b: { c: { d: {} } } }\\n}\"\nINFO '%s'\nINFO undefined"},
		{"trace", `function f() { console.trace("here %s", 1) } f()`, `ERROR "Trace: here 1\n    at f (test.js:1:29)\n    at test.js:1:47"`},
		{"timers that do not run", `console.timeEnd("x"); console.timeLog(); console.time(); console.time()`,
			"WARN \"console.timeEnd: no timer 'x' is running\"\nWARN \"console.timeLog: no timer 'default' is running\"\nWARN \"console.time: the timer 'default' is running already\""},

		{"table", `console.table([{a: 1, b: "x"}, {a: 2, c: {d: 1}}, 5])`, `INFO "` + strings.ReplaceAll(
			`┌─────────┬───┬─────┬──────────┬────────┐
│ (index) │ a │ b   │ c        │ Values │
├─────────┼───┼─────┼──────────┼────────┤
│ 0       │ 1 │ 'x' │          │        │
│ 1       │ 2 │     │ { d: 1 } │        │
│ 2       │   │     │          │ 5      │
└─────────┴───┴─────┴──────────┴────────┘`, "\n", `\n`) + `"`},
		{"table of some columns", `console.table([{a: 1, b: "x"}, {a: 2, b: 3}, 5], ["b", "z"])`, `INFO "` + strings.ReplaceAll(
			`┌─────────┬─────┬───┐
│ (index) │ b   │ z │
├─────────┼─────┼───┤
│ 0       │ 'x' │   │
│ 1       │ 3   │   │
│ 2       │     │   │
└─────────┴─────┴───┘`, "\n", `\n`) + `"`},
		{"table of a map", `console.table(new Map([["a", 1], ["b", {x: 2}]]))`, `INFO "` + strings.ReplaceAll(
			`┌───────────────────┬─────┬──────────┐
│ (iteration index) │ Key │ Values   │
├───────────────────┼─────┼──────────┤
│ 0                 │ 'a' │ 1        │
│ 1                 │ 'b' │ { x: 2 } │
└───────────────────┴─────┴──────────┘`, "\n", `\n`) + `"`},
		{"table of a set", `console.table(new Set(["a"]))`, `INFO "` + strings.ReplaceAll(
			`┌───────────────────┬────────┐
│ (iteration index) │ Values │
├───────────────────┼────────┤
│ 0                 │ 'a'    │
└───────────────────┴────────┘`, "\n", `\n`) + `"`},
		{"table of hostile columns", `console.table([{a: 1}], new Proxy(["a"], {get() { throw 1 }})); console.table([{a: 1}], [{toString() { throw 1 }}])`, `INFO "` + strings.ReplaceAll(
			`┌─────────┬───┐
│ (index) │ a │
├─────────┼───┤
│ 0       │ 1 │
└─────────┴───┘`, "\n", `\n`) + `"` + "\nINFO \"" + strings.ReplaceAll(
			`┌─────────┐
│ (index) │
├─────────┤
│ 0       │
└─────────┘`, "\n", `\n`) + `"`},
		{"table of no rows", `console.table([]); console.table(5, "x")`, "INFO []\nINFO \"5 x\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// The handler quotes what has spaces; the cases show line ends as it writes them.
			want := tt.want
			if !strings.Contains(want, `\n`) && strings.Contains(tt.name, "%o") {
				want = strings.ReplaceAll(want, "\n", `\n`)
			}
			if got := newTestHost(t).printed(tt.src); got != want {
				t.Errorf("%s\n got %s\nwant %s", tt.src, got, want)
			}
		})
	}
}

func TestConsoleTimers(t *testing.T) {
	got := newTestHost(t).printed(`console.time(); console.timeLog("default", {a: 1}); console.timeEnd(); console.timeEnd()`)
	want := regexp.MustCompile(`^INFO "default: \d+\.\d{3}ms { a: 1 }"\nINFO "default: \d+\.\d{3}ms"\nWARN .*no timer 'default' is running"$`)
	if !want.MatchString(got) {
		t.Errorf("got %s", got)
	}
}

func TestConsoleBelongsToARequest(t *testing.T) {
	h := newTestHost(t)
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		h.ctx = ctx
		if got, want := h.printed(`console.log("x"); console.count(); console.time(); console.group()`), "INFO x\nINFO \"default: 1\""; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestConsoleIsBounded(t *testing.T) {
	for name, src := range map[string]string{
		"a long string":   `console.log("x".repeat(1e6))`,
		"many strings":    `console.log(...Array(1000).fill("x".repeat(1000)))`,
		"a long format":   `console.log("%s".repeat(1e4), ...Array(1e4).fill("x".repeat(1000)))`,
		"many objects":    `console.log(...Array(1000).fill({a: "x".repeat(100)}))`,
		"a long label":    `console.count("x".repeat(1e6))`,
		"a large table":   `const s = "x".repeat(1000); console.table(Array(1000).fill(Object.fromEntries(Array.from({length: 1000}, (_, i) => ["c" + i, s]))))`,
		"lines in groups": `for (let i = 0; i < 1000; i++) console.group(); console.log("\n".repeat(1e5))`,
		"JSON":            `console.log("%j", Array(1000).fill(Array(1000).fill("x".repeat(1000))))`,
	} {
		t.Run(name, func(t *testing.T) {
			h := newTestHost(t)
			h.printed(src)
			if n := h.log.Len(); n > 7*maxInspect {
				t.Errorf("%d bytes", n)
			}
		})
	}
}

func TestConsoleShowsDynamicObjects(t *testing.T) {
	h := newTestHost(t)
	h.set("environ", h.rt.NewDynamicObject(environLike{"PATH_INFO": h.rt.ToValue("/x"), "wsgi.version": h.rt.NewArray(1, 0)}))
	got := h.printed(`console.log(environ)`)
	if want := `INFO "{ PATH_INFO: '/x', 'wsgi.version': [ 1, 0 ] }"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// environLike is an object of a page that a Go map stands behind.
type environLike map[string]goja.Value

func (e environLike) Get(key string) goja.Value       { return e[key] }
func (e environLike) Set(k string, v goja.Value) bool { e[k] = v; return true }
func (e environLike) Has(key string) bool             { return e[key] != nil }
func (e environLike) Delete(key string) bool          { delete(e, key); return true }
func (e environLike) Keys() []string {
	return []string{"PATH_INFO", "wsgi.version"}
}

func BenchmarkConsoleLog(b *testing.B) {
	h := newTestHost(b)
	h.eval(`function f() { console.log("hello %s", "you", 1, {a: 1}) }`)
	f, _ := goja.AssertFunction(h.rt.Get("f"))
	b.ReportAllocs()
	for b.Loop() {
		h.log.Reset()
		if _, err := f(goja.Undefined()); err != nil {
			b.Fatal(err)
		}
	}
	if h.log.Len() == 0 {
		b.Fatal(fmt.Errorf("nothing was logged"))
	}
}
