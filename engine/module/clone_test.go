package module

import (
	"testing"

	"github.com/dop251/goja"
)

func TestStructuredClone(t *testing.T) {
	for _, tt := range []evalCase{
		{"primitives", `structuredClone([undefined, null, true, -0, 1.5, "x", 10n])`, "[ undefined, null, true, -0, 1.5, 'x', 10n ]"},
		{"objects", `structuredClone({a: {b: [1, 2]}, "d-e": 3, 1: 2})`, "{ '1': 2, a: { b: [ 1, 2 ] }, 'd-e': 3 }"},
		{"not the same object", `var o = {a: []}, c = structuredClone(o); [c === o, c.a === o.a]`, "[ false, false ]"},
		{"objects that are met twice", `var a = [], c = structuredClone({x: a, y: a}); c.x === c.y`, "true"},
		{"circles", `var o = {}; o.m = new Map([[o, new Set([o])]]); o.l = [o]; var c = structuredClone(o);
			[c !== o, c.m.has(c), c.m.get(c).has(c), c.l[0] === c]`, "[ true, true, true, true ]"},
		{"classes become plain", `structuredClone(new (class A { x = 1; get y() { return 2 } }))`, "{ x: 1 }"},
		{"accessors are read", `structuredClone({get a() { return [1] }})`, "{ a: [ 1 ] }"},
		{"accessors may throw", `try { structuredClone({get a() { throw new RangeError("no") }}) } catch (e) { e.message }`, "'no'"},
		{"only own enumerable names", `var o = Object.create({a: 1}, {b: {value: 2}}); o[Symbol()] = 3; structuredClone(o)`, "{}"},
		{"no setter runs", `var ran; Object.defineProperty(Object.prototype, "q", {set() { ran = true }, configurable: true});
			[structuredClone(Object.defineProperty({}, "q", {value: 1, enumerable: true})), ran]`, "[ { q: 1 }, undefined ]"},
		{"__proto__ as a name", `var c = structuredClone(JSON.parse('{"__proto__": {"x": 1}}')); [Object.keys(c), c.x]`, "[ [ '__proto__' ], undefined ]"},
		{"holes", `structuredClone([1, , 3, ,])`, "[ 1, <1 empty item>, 3, <1 empty item> ]"},
		{"sparse arrays", `var a = []; a[1e9] = 1; structuredClone(a)`, "[ <1000000000 empty items>, 1 ]"},
		{"arrays with properties", `structuredClone(Object.assign([1], {x: 2}))`, "[ 1, x: 2 ]"},
		{"dates", `structuredClone([new Date(1e12), new Date(NaN)])`, "[ 2001-09-09T01:46:40.000Z, Invalid Date ]"},
		{"regular expressions", `var r = /a\/b/gi; r.lastIndex = 3; var c = structuredClone(r); [c, c.lastIndex, c.test("A/B")]`, "[ /a\\/b/gi, 0, true ]"},
		{"boxed", `structuredClone([Object(1), Object("s"), Object(false), Object(1n)])`, "[ [Number: 1], [String: 's'], [Boolean: false], [BigInt: 1n] ]"},
		{"maps and sets", `structuredClone(new Map([[{a: 1}, new Set([[]])]]))`, "Map(1) { { a: 1 } => Set(1) { [] } }"},
		{"buffers", `var b = new Uint8Array([1, 2]).buffer, c = structuredClone(b); new Uint8Array(c)[0] = 9; [b, c]`,
			"[\n  ArrayBuffer { [Uint8Contents]: <01 02>, byteLength: 2 },\n  ArrayBuffer { [Uint8Contents]: <09 02>, byteLength: 2 }\n]"},
		{"views of one buffer", `var b = new ArrayBuffer(8), c = structuredClone([new Uint8Array(b, 2, 3), new Uint16Array(b, 4), new DataView(b, 1, 2)]);
			[c[0].buffer === c[1].buffer, c[0].byteOffset, c[0].length, c[1].byteOffset, c[1].length, c[2] instanceof DataView, c[2].byteOffset, c[2].byteLength, c[2].buffer === c[0].buffer]`,
			"[ true, 2, 3, 4, 2, true, 1, 2, true ]"},
		{"typed arrays of all kinds", `[Int8Array, Uint8ClampedArray, Int32Array, Float64Array, BigInt64Array].every(A => structuredClone(new A(2)) instanceof A)`, "true"},
		{"errors", `var c = structuredClone(new RangeError("no", {cause: {a: 1}})); [c instanceof RangeError, c.message, c.cause, Object.keys(c), c.stack.split("\n")[0]]`,
			"[ true, 'no', { a: 1 }, [], 'RangeError: no' ]"},
		{"errors of a class", `class E extends TypeError { name = "E" } var c = structuredClone(new E("no")); [c instanceof E, Object.getPrototypeOf(c) === Error.prototype, c.name, c.message]`,
			"[ false, true, 'Error', 'no' ]"},
		{"errors without message", `Object.hasOwn(structuredClone(new Error()), "message")`, "false"},
		{"exceptions", `var c = structuredClone(new DOMException("no", "AbortError")); [c instanceof DOMException, c.name, c.message, c.code]`, "[ true, 'AbortError', 'no', 20 ]"},

		{"transfer", `var b = new Uint8Array([1]).buffer, c = structuredClone({b, v: new Uint8Array(b)}, {transfer: [b]}); [b.byteLength, c.b.byteLength, c.v.buffer === c.b, c.v[0]]`,
			"[ 0, 1, true, 1 ]"},
		{"transfer without mention", `var b = new ArrayBuffer(1); structuredClone(1, {transfer: [b]}); b.byteLength`, "0"},
		{"transfer that fails", `var b = new ArrayBuffer(1); try { structuredClone([b, () => 1], {transfer: [b]}) } catch {} b.byteLength`, "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHost(t)
			v, err := h.rt.RunScript("test.js", tt.src)
			if err != nil {
				t.Fatal(err)
			}
			if got := Inspect(h.rt, v); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

func TestStructuredCloneRefuses(t *testing.T) {
	runEvalCases(t, []evalCase{
		{"functions", `structuredClone({f() {}})`, "DataCloneError: structuredClone: a function cannot be cloned: [Function: f]"},
		{"classes", `structuredClone(class A {})`, "DataCloneError: structuredClone: a function cannot be cloned: [class A]"},
		{"symbols", `structuredClone([Symbol("s")])`, "DataCloneError: structuredClone: a symbol cannot be cloned: Symbol(s)"},
		{"boxed symbols", `structuredClone(Object(Symbol("s")))`, "DataCloneError: structuredClone: a symbol cannot be cloned: [Symbol: Symbol(s)]"},
		{"proxies", `structuredClone(new Proxy([], {}))`, "DataCloneError: structuredClone: a Proxy cannot be cloned: [Proxy]"},
		{"promises", `structuredClone(Promise.resolve(1))`, "DataCloneError: structuredClone: a Promise cannot be cloned, await it first: Promise { 1 }"},
		{"weak maps", `structuredClone(new WeakMap())`, "DataCloneError: structuredClone: this cannot be cloned: WeakMap {}"},
		{"generators", `structuredClone((function* () {})())`, "DataCloneError: structuredClone: this cannot be cloned: Object [Generator] {}"},
		{"URLs", `structuredClone(new URL("http://a"))`, "DataCloneError: structuredClone: this cannot be cloned: URL { href: 'http://a/' }"},
		{"HTML", `structuredClone(jsx.jsx("p", {}))`, "DataCloneError: structuredClone: this cannot be cloned: HTML '<p></p>'"},
		{"buffers that are gone", `var b = new ArrayBuffer(1); structuredClone(b, {transfer: [b]}); structuredClone(b)`,
			"DataCloneError: structuredClone: the buffer was transferred away: ArrayBuffer { (detached), byteLength: 0 }"},
		{"transfer of twice the same", `var b = new ArrayBuffer(1); structuredClone(b, {transfer: [b, b]})`,
			"DataCloneError: structuredClone: a buffer can be transferred once: ArrayBuffer { [Uint8Contents]: <00>, byteLength: 1 }"},
		{"transfer of something else", `structuredClone(1, {transfer: [{}]})`, "DataCloneError: structuredClone: only an ArrayBuffer can be transferred: {}"},
		{"nothing", `structuredClone()`, "TypeError: structuredClone: needs 1 argument, got 0"},
		{"depth", `var o = {}; for (let i = 0; i < 20000; i++) o = {o}; structuredClone(o)`, "RangeError: structuredClone: the value is nested too deep"},
		{"the exception", `try { structuredClone(() => 1) } catch (e) { [e instanceof DOMException, e.code].join() }`, "true,25"},
	})
}

func BenchmarkStructuredClone(b *testing.B) {
	h := newTestHost(b)
	h.eval(`var o = {id: 1, name: "x", tags: ["a", "b"], nested: {ok: true}}; function f() { return structuredClone(o) }`)
	f, _ := goja.AssertFunction(h.rt.Get("f"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f(goja.Undefined()); err != nil {
			b.Fatal(err)
		}
	}
}
