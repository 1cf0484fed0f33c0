package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dop251/goja"

	"wizgy/engine/module"
)

// thrown are expressions whose values a page throws, and what the error says of them.
var thrown = map[string]struct{ expr, want string }{
	"string":             {`"text"`, "threw 'text', which is not an Error"},
	"null":               {`null`, "threw null"},
	"undefined":          {`undefined`, "threw undefined"},
	"number":             {`-0`, "threw -0"},
	"bigint":             {`10n ** 5000n`, "threw [BigInt of"},
	"symbol":             {`Symbol("s")`, "threw Symbol(s)"},
	"bare object":        {`Object.create(null)`, "threw [Object: null prototype] {}"},
	"function":           {`() => 1`, "threw [Function"},
	"proxy":              {`new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 1 }, ownKeys() { throw 1 }, has() { throw 1 }, getOwnPropertyDescriptor() { throw 1 } })`, "threw"},
	"proxy that hangs":   {`new Proxy({}, { get() { for (;;); }, getPrototypeOf() { for (;;); }, ownKeys() { for (;;); } })`, "threw"},
	"proxy of an error":  {`new Proxy(new Error("inner"), { getPrototypeOf() { for (;;); } })`, "threw"},
	"revoked proxy":      {`(() => { const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy })()`, "threw"},
	"throwing getter":    {`({ get a() { throw 1 } })`, "threw { a: [Getter] }"},
	"throwing toString":  {`({ toString() { throw 1 }, valueOf() { throw 1 }, [Symbol.toPrimitive]() { throw 1 } })`, "threw"},
	"hanging toString":   {`({ toString() { for (;;); } })`, "threw"},
	"circular":           {`(() => { const a = {}; a.a = a; return a })()`, "threw"},
	"huge string":        {`"x".repeat(1e6)`, "threw 'xxxxx"},
	"huge array":         {`Array(1e5).fill("x".repeat(100))`, "threw ["},
	"error":              {`new Error("mine")`, "Error: mine"},
	"error, no message":  {`new TypeError()`, "TypeError"},
	"huge message":       {`new Error("x".repeat(1e6))`, "Error: xxxxx"},
	"huge name":          {`Object.assign(new Error("m"), { name: "x".repeat(1e6) })`, "xxxxx"},
	"huge stack":         {`Object.defineProperty(new Error("m"), "stack", { value: "x\n".repeat(1e6) })`, "Error: m"},
	"deep stack":         {`(function f(n) { return n ? f(n - 1) : new Error("deep") })(1500)`, "Error: deep"},
	"frozen":             {`Object.freeze(new Error("frozen"))`, "Error: frozen"},
	"message throws":     {`Object.defineProperty(new Error(), "message", { get() { throw 1 } })`, "Error"},
	"message hangs":      {`Object.defineProperty(new Error(), "message", { get() { for (;;); } })`, "Error"},
	"name hangs":         {`Object.defineProperty(new Error("m"), "name", { get() { for (;;); } })`, "Error"},
	"stack throws":       {`Object.defineProperty(new Error("m"), "stack", { get() { throw 1 } })`, "Error: m"},
	"stack hangs":        {`Object.defineProperty(new Error("m"), "stack", { get() { for (;;); } })`, "Error: m"},
	"value hangs":        {`Object.defineProperty(new Error("m"), "value", { get() { for (;;); } })`, "Error"},
	"message no string":  {`Object.assign(new Error(), { message: { toString() { for (;;); } } })`, "Error"},
	"null prototype":     {`Object.setPrototypeOf(new Error("bare"), null)`, "Error"},
	"prototype is proxy": {`Object.setPrototypeOf(new Error("m"), new Proxy({}, { getPrototypeOf() { for (;;); }, get() { throw 1 } }))`, "Error"},
	"subclass":           {`new (class NotFound extends Error { constructor(m) { super(m); this.name = "NotFound" } })("gone")`, "NotFound: gone"},
	"subclass, no name":  {`new (class NotFound extends RangeError {})("gone")`, "RangeError: gone"},
	"aggregate":          {`new AggregateError([new Error("a"), 5], "both")`, "AggregateError: both"},
	"with cause":         {`new Error("outer", { cause: new Error("inner") })`, "Error: outer"},
	"faked":              {`Object.assign(Object.create(Error.prototype), { message: "fake" })`, "threw"},
	"stack overflow":     {`(function f() { return f() })()`, "RangeError: the calls are nested too deep"},
}

// TestWhateverIsThrownIsAnError throws everything, in three ways. The error is bounded, nothing
// panics, it takes no longer than the deadline and the time for close, and the next request is
// answered.
func TestWhateverIsThrownIsAnError(t *testing.T) {
	ways := map[string]string{
		"thrown":    "throw make();",
		"rejected":  "return (async () => { await null; throw make() })();",
		"generated": `return (function* () { yield ""; throw make() })();`,
	}
	for name, c := range thrown {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pages := map[string]string{}
			for way, code := range ways {
				pages[way+".js"] = fmt.Sprintf("const make = () => (%s);\nexport function application(environ, start_response) {\n  start_response('200 OK', []);\n  if (environ.PATH_INFO) return 'ok';\n  %s\n}", c.expr, code)
			}
			atSomePace(t, func(t testing.TB, slower time.Duration) {
				limit := slower * 400 * time.Millisecond
				s := serve(t, Config{MaxRuntimes: 1, Timeout: limit}, pages)
				var all sync.WaitGroup
				for way := range ways {
					all.Go(func() { checkThrown(t, s, way, c.want, 20*limit) })
				}
				all.Wait()
			})
		})
	}
}

// checkThrown asks for a page that throws, and then for one that does not.
func checkThrown(t testing.TB, s *served, way, want string, limit time.Duration) {
	start := time.Now()
	err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/"+way, nil))
	var e *Error
	if !errors.As(err, &e) || !bounded(e) || !strings.HasPrefix(e.Message, want) && e.HTTPStatus() != 504 {
		t.Errorf("%s: got %.300v; want %s", way, err, want)
	}
	if errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: taken for a missing page", way)
	}
	if d := time.Since(start); d > limit {
		t.Errorf("%s: took %v", way, d)
	}
	w := httptest.NewRecorder()
	if err := s.ServePage(w, httptest.NewRequest("GET", "/"+way+"/ok", nil)); err != nil || w.Body.String() != "ok" {
		t.Errorf("%s: then got %q, %v", way, w.Body, err)
	}
}

// TestGoErrorOfAModuleIsNoMissingPage has a module that fails as opening a file does.
func TestGoErrorOfAModuleIsNoMissingPage(t *testing.T) {
	cfg := Config{Modules: []module.Module{{Name: "wizgy:test", Load: func(h module.Host) (*goja.Object, error) {
		o := h.Runtime().NewObject()
		return o, o.Set("open", func() (string, error) { return "", fmt.Errorf("open secret: %w", fs.ErrNotExist) })
	}}}}
	s := serve(t, cfg, map[string]string{"[...all].js": `
		import { open } from "wizgy:test";
		export async function application(environ, start_response) {
			if (environ.PATH_INFO === "/late") await null;
			open();
		}`})
	s.want("/", 500, "Internal Server Error")
	s.want("/late", 500, "Internal Server Error")
	s.log.await(t, "apps/[...all].js:5:4: GoError: open secret: file does not exist")
}

// bounded reports whether an error is short enough for a line of a log.
func bounded(e *Error) bool {
	return len(e.Error()) <= 8<<10 && len(e.Stack()) <= 8<<10 && len(e.Frame()) <= 8<<10
}

// TestWhateverIsReturnedIsABodyOrAnError returns what is made to confuse.
func TestWhateverIsReturnedIsABodyOrAnError(t *testing.T) {
	for name, c := range map[string]struct {
		expr   string
		status int
	}{
		"revoked proxy":               {`(() => { const p = Proxy.revocable([], {}); p.revoke(); return p.proxy })()`, 500},
		"proxy that throws":           {`new Proxy([], { get() { throw new Error("mine") } })`, 500},
		"proxy that hangs":            {`new Proxy([], { get() { for (;;); } })`, 504},
		"proxy of a promise":          {`new Proxy(Promise.resolve("a"), {})`, 500},
		"then throws":                 {`({ then() { throw new Error("mine") } })`, 500},
		"then's getter throws":        {`({ get then() { throw new Error("mine") } })`, 500},
		"then hangs":                  {`({ then() { for (;;); } })`, 504},
		"then resolves twice":         {`({ then(yes, no) { yes("a"); yes("b"); no("c"); throw 1 } })`, 200},
		"then never calls":            {`({ then() {} })`, 504},
		"thenables without end":       {`(() => { const t = { then(yes) { yes({ then: t.then }) } }; return t })()`, 504},
		"promise of itself":           {`(() => { let yes; const p = new Promise(y => yes = y); yes(p); return p })()`, 500},
		"async then":                  {`({ async then(yes) { yes("a") } })`, 200},
		"iterator is a number":        {`({ [Symbol.iterator]: () => 5 })`, 500},
		"iterator throws":             {`({ [Symbol.iterator]() { throw new Error("mine") } })`, 500},
		"iterator is no function":     {`({ [Symbol.iterator]: 5 })`, 500},
		"no next":                     {`({ [Symbol.iterator]: () => ({}) })`, 500},
		"next gives null":             {`({ [Symbol.iterator]: () => ({ next: () => null }) })`, 500},
		"next gives a number":         {`({ [Symbol.iterator]: () => ({ next: () => 5 }) })`, 500},
		"next gives nothing":          {`({ [Symbol.iterator]: () => ({ next: () => ({}) }) })`, 500},
		"next's done throws":          {`({ [Symbol.iterator]: () => ({ next: () => ({ get done() { throw new Error("mine") } }) }) })`, 500},
		"next's value throws":         {`({ [Symbol.iterator]: () => ({ next: () => ({ get value() { throw new Error("mine") } }) }) })`, 500},
		"next hangs":                  {`({ [Symbol.iterator]: () => ({ next() { for (;;); } }) })`, 504},
		"next gives a revoked proxy":  {`({ [Symbol.iterator]: () => ({ next() { const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy } }) })`, 500},
		"value is a revoked proxy":    {`({ [Symbol.iterator]: () => ({ next() { const p = Proxy.revocable({}, {}); p.revoke(); return { value: p.proxy } } }) })`, 500},
		"return throws":               {`({ [Symbol.iterator]() { return this }, next: () => ({ value: 5 }), return() { throw new Error("mine") } })`, 500},
		"return hangs":                {`({ [Symbol.iterator]() { return this }, next: () => ({ value: 5 }), return() { for (;;); } })`, 500},
		"return's getter throws":      {`({ [Symbol.iterator]() { return this }, next: () => ({ value: 5 }), get return() { throw new Error("mine") } })`, 500},
		"close's getter throws":       {`Object.defineProperty(["a"], "close", { get() { throw new Error("mine") } })`, 500},
		"empty without end":           {`({ [Symbol.iterator]: () => ({ next: () => ({ value: "" }) }) })`, 504},
		"async, next gives undefined": {`({ [Symbol.asyncIterator]: () => ({ next: async () => {} }) })`, 500},
		"async, next rejects":         {`({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(null) }) })`, 500},
		"async, next never settles":   {`({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) })`, 504},
		"typed array, no buffer left": {`structuredClone(new Uint8Array(4))`, 200},
		"array that shrinks":          {`(() => { const a = ["a", "b"]; Object.defineProperty(a, 0, { get() { a.length = 1; return "x" } }); return a })()`, 500},
		"array that grows":            {`(() => { const a = ["a"]; Object.defineProperty(a, 0, { get() { a.push("b"); return "x" } }); return a })()`, 200},
		"array that hangs":            {`Object.defineProperty([], 0, { get() { for (;;); } })`, 504},
		"environ":                     {`environ`, 500},
		"start_response":              {`start_response`, 500},
		"globalThis":                  {`globalThis`, 500},
		"wsgi.input":                  {`environ["wsgi.input"]`, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			atSomePace(t, func(t testing.TB, slower time.Duration) {
				checkReturned(t, c.expr, c.status, slower*400*time.Millisecond)
			})
		})
	}
}

func checkReturned(t testing.TB, expr string, status int, limit time.Duration) {
	s := app(t, Config{MaxRuntimes: 1, Timeout: limit}, `
		start_response("200 OK", []);
		if (environ.PATH_INFO === "/ok") return "ok";
		return `+expr)
	w := httptest.NewRecorder()
	err := s.ServePage(w, httptest.NewRequest("GET", "/", nil))
	var e *Error
	switch {
	case err == nil && status != 200:
		t.Errorf("got %d %q, want %d", w.Code, w.Body, status)
	case err != nil && (!errors.As(err, &e) || !bounded(e) || e.HTTPStatus() != status):
		t.Errorf("got %.300v, want %d", err, status)
	}
	s.want("/ok", 200, "ok")
}

// TestRecursionTellsWhoBegan has a stack that is full of one function, or of two that call each other.
func TestRecursionTellsWhoBegan(t *testing.T) {
	for name, code := range map[string]string{
		"one": "function down() { return down() + 1 }",
		"two": "function down() { return other() + 1 }\nfunction other() { return down() + 1 }",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, Config{}, map[string]string{"page.js": code + "\nexport function application() { const begin = () => down(); return begin(); }"})
			got := asError(s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page", nil)))
			lines := strings.Split(got.Stack(), "\n")
			if len(lines) != 13 || !strings.HasPrefix(lines[0], "at ") || !strings.Contains(got.Stack(), "more calls)\n") ||
				!strings.HasPrefix(lines[11], "at begin ") || !strings.HasPrefix(lines[12], "at application ") {
				t.Errorf("got\n%s", got.Stack())
			}
			if !strings.Contains(got.Hint, "--max-depth") {
				t.Errorf("the hint does not say how more is allowed: %s", got.Hint)
			}
		})
	}
}
