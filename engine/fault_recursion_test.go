package engine

import (
	"errors"
	"net/http/httptest"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// recursions are calls within calls without end, in every way in which one thing calls another.
var recursions = map[string]string{
	"function":       `(function f() { f() })()`,
	"arrow":          `const f = () => f(); f()`,
	"argument":       `function f(n) { return f(n + 1) + 1 } f(0)`,
	"mutual":         `function f() { g() } function g() { f() } f()`,
	"getter":         `({ get x() { return this.x } }).x`,
	"setter":         `({ set x(v) { this.x = v } }).x = 1`,
	"toString":       `const o = { toString() { return "" + o } }; "" + o`,
	"valueOf":        `const o = { valueOf() { return o + 1 } }; o + 1`,
	"toPrimitive":    `const o = { [Symbol.toPrimitive]() { return o + 1 } }; o + 1`,
	"toJSON":         `const o = { toJSON() { return JSON.stringify(o) } }; JSON.stringify(o)`,
	"replacer":       `const f = () => JSON.stringify([1], f); f()`,
	"reviver":        `const f = () => JSON.parse("[1]", f); f()`,
	"proxy get":      `const p = new Proxy({}, { get(t, k, r) { return r[k] } }); p.x`,
	"proxy set":      `const p = new Proxy({}, { set(t, k, v, r) { r[k] = v; return true } }); p.x = 1`,
	"proxy has":      `const p = new Proxy({}, { has(t, k) { return k in p } }); "x" in p`,
	"proxy apply":    `const p = new Proxy(() => {}, { apply() { return p() } }); p()`,
	"proxy keys":     `const p = new Proxy({}, { ownKeys() { return Object.keys(p) } }); Object.keys(p)`,
	"proxy proto":    `const p = new Proxy({}, { getPrototypeOf() { return Object.getPrototypeOf(p) } }); Object.getPrototypeOf(p)`,
	"map":            `const f = () => [1].map(f); f()`,
	"forEach":        `const f = () => [1].forEach(f); f()`,
	"reduce":         `const f = () => [1, 2].reduce(f); f()`,
	"sort":           `const f = () => [2, 1].sort(f) && 0; f()`,
	"find":           `const f = () => [1].find(f); f()`,
	"from":           `const f = () => Array.from([1], f); f()`,
	"typed map":      `const f = () => new Uint8Array(1).map(f); f()`,
	"Map forEach":    `const f = () => new Map([[1, 1]]).forEach(f); f()`,
	"replace":        `const f = () => "a".replace(/a/, f); f()`,
	"replaceAll":     `const f = () => "a".replaceAll("a", f); f()`,
	"apply":          `function f() { return f.apply(null, arguments) } f()`,
	"call":           `function f() { return f.call(null) } f()`,
	"bind":           `function f() { return f.bind(null)() } f()`,
	"Reflect.apply":  `function f() { return Reflect.apply(f, null, []) } f()`,
	"new":            `function F() { return new F() } new F()`,
	"class":          `class A { constructor() { this.a = new A() } } new A()`,
	"class field":    `class A { a = new A() } new A()`,
	"super":          `class A { m() { return this.m() } } class B extends A { m() { return super.m() } } new B().m()`,
	"generator":      `function* f() { yield* f() } [...f()]`,
	"generators":     `function* f() { for (const x of f()) yield x } [...f()]`,
	"iterator":       `const o = { [Symbol.iterator]() { return [...o][Symbol.iterator]() } }; [...o]`,
	"destructuring":  `const o = { get a() { const { a } = o; return a } }; o.a`,
	"default":        `function f(a = f()) { } f()`,
	"tag":            "function f() { return f`a` } f()",
	"eval":           `const f = () => eval("f()"); f()`,
	"Function":       `globalThis.f = new Function("return f()"); f()`,
	"async":          `async function f() { return await f() } await f()`,
	"then getter":    `const o = { get then() { return o.then } }; await o`,
	"instanceof":     `class A { static [Symbol.hasInstance](x) { return x instanceof A } } 1 instanceof A`,
	"species":        `class A extends Array { static get [Symbol.species]() { return new A(1).map(x => x) && A } } new A(1).map(x => x)`,
	"error message":  `class E extends Error { get message() { return this.message } } throw new E()`,
	"inspect":        `console.log({ get a() { return 1 }, [Symbol.toStringTag]: "x" }); (function f() { console.log(f()) })()`,
	"structured":     `const o = { get a() { return structuredClone(o) } }; structuredClone(o)`,
	"start_response": `(function f() { start_response({ toString() { f(); return "200 OK" } }, []); f() })()`,
	"catch":          `function f() { try { f() } catch (e) { f() } } f()`,
	"finally":        `function f() { try { f() } finally { f() } } f()`,
}

// TestGeneratorsThatHandOverWithoutEndSayWhere has what the interpreter does not count as calls: each
// is on the stack of the process, which ends when that is full. A tree with a circle in it does that.
func TestGeneratorsThatHandOverWithoutEndSayWhere(t *testing.T) {
	for name, code := range map[string]string{
		"itself": `function* f() { yield* f() } [...f()]`,
		"circle": `const node = { of: [] }; node.of.push(node);
			function* walk(n) { for (const m of n.of) yield* walk(m); yield n } [...walk(node)]`,
		"method": `({ *f() { yield* this.f() } }).f().next()`,
		"made":   `function* wrap(g) { yield* g } let g = []; for (let i = 0; i < 1e4; i++) g = wrap(g); g.next()`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, Config{MaxRuntimes: 1}, map[string]string{"page.js": `
				export function application(environ, start_response) {
					if (environ.QUERY_STRING) { ` + code + ` }
					function* deep(n) { if (n) yield* deep(n - 1); yield "ok" }
					start_response("200 OK", []);
					return deep(1500).next().value;
				}`})
			s.want("/page", 200, "ok")
			err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page?deep", nil))
			var e *Error
			if !errors.As(err, &e) || e.HTTPStatus() != 500 || e.Line == 0 || !strings.HasPrefix(e.Message, "RangeError: the calls are nested too deep") {
				t.Errorf("got %v", err)
			}
			s.want("/page", 200, "ok")
		})
	}
}

// mostStack is what the stacks of all goroutines may take.
const mostStack = 64 << 20

// TestRecursionWithoutEndIsAnErrorOfThePage tries them all. It is a 500 (or, where the page
// catches the error and goes on, the end of its time), the stack stays small, and the next
// request is answered.
func TestRecursionWithoutEndIsAnErrorOfThePage(t *testing.T) {
	for name, code := range recursions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			atSomePace(t, func(t testing.TB, slower time.Duration) { recurse(t, code, slower*time.Second) })
		})
	}
}

func recurse(t testing.TB, code string, limit time.Duration) {
	s := serve(t, Config{MaxRuntimes: 1, Timeout: limit}, map[string]string{"page.js": `
		export async function application(environ, start_response) {
			if (environ.QUERY_STRING) { ` + code + ` }
			start_response("200 OK", []);
			return "ok";
		}`})
	s.want("/page", 200, "ok")
	err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page?deep", nil))
	var e *Error
	if !errors.As(err, &e) || e.HTTPStatus() != 500 && e.HTTPStatus() != 504 || !bounded(e) {
		t.Errorf("got %v", err)
	}
	if s.Panics() > 0 {
		t.Errorf("it was a panic: %v", err)
	}
	stacks := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	if metrics.Read(stacks); stacks[0].Value.Uint64() > mostStack {
		t.Errorf("the stacks have %d MiB", stacks[0].Value.Uint64()>>20)
	}
	s.want("/page", 200, "ok")
}
