package module

import (
	"strings"
	"testing"

	"github.com/dop251/goja"
)

func TestInspect(t *testing.T) {
	for _, tt := range []evalCase{
		{"undefined", `undefined`, `undefined`},
		{"null", `null`, `null`},
		{"number", `1.5`, `1.5`},
		{"negative zero", `-0`, `-0`},
		{"bigint", `12n`, `12n`},
		{"huge bigint", `2n ** 5000n`, `[BigInt of 5001 bits]`},
		{"symbol", `Symbol("x")`, `Symbol(x)`},
		{"string", `"a\nb\u0001"`, `'a\nb\x01'`},
		{"string with quotes", `"it's"`, `"it's"`},
		{"string with both quotes", `"it's \"so\""`, "`it's \"so\"`"},
		{"string with all quotes", "\"'\\\"`\"", "'\\'\"`'"},

		{"object", `({a: 1, "b-c": "x", [Symbol("s")]: null, 1: 2})`, `{ '1': 2, a: 1, 'b-c': 'x', [Symbol(s)]: null }`},
		{"empty", `[{}, [], new Map(), new Set(), new (class A {})]`, `[ {}, [], Map(0) {}, Set(0) {}, A {} ]`},
		{"nested", `({a: {b: {c: {d: 1}, e: [1], f: [], g: {}}}})`, `{ a: { b: { c: [Object], e: [Array], f: [], g: {} } } }`},
		{"nested of a class", `({a: {b: {c: new (class A { x = 1 })}}})`, `{ a: { b: { c: [A] } } }`},
		{"circle", `var o = {}; o.a = o; o.b = [o]; o`, `<ref *1> { a: [Circular *1], b: [ [Circular *1] ] }`},
		{"two circles", `var o = {}, p = {o}; o.p = p; p.p = p; o`, `<ref *1> { p: <ref *2> { o: [Circular *1], p: [Circular *2] } }`},
		{"accessors", `({get a() { throw 1 }, get b() { throw 1 }, set b(x) {}, set c(x) {}})`, `{ a: [Getter], b: [Getter/Setter], c: [Setter] }`},
		{"null prototype", `Object.assign(Object.create(null), {a: 1})`, `[Object: null prototype] { a: 1 }`},
		{"class", `new (class Foo { x = 1 })`, `Foo { x: 1 }`},
		{"prototype of a class", `(class Foo {}).prototype`, `{}`},
		{"tag", `({[Symbol.toStringTag]: "T", a: 1})`, `Object [T] { a: 1, [Symbol(Symbol.toStringTag)]: 'T' }`},
		{"constructor that lies", `({constructor: {name: "Foo"}})`, `{ constructor: { name: 'Foo' } }`},
		{"many lines", `({a: "x".repeat(40), b: "y".repeat(40)})`, "{\n  a: '" + strings.Repeat("x", 40) + "',\n  b: '" + strings.Repeat("y", 40) + "'\n}"},

		{"array", `[1, "a", undefined, null]`, `[ 1, 'a', undefined, null ]`},
		{"holes", `[1, , 2, , ,]`, `[ 1, <1 empty item>, 2, <2 empty items> ]`},
		{"only holes", `new Array(3)`, `[ <3 empty items> ]`},
		{"array with properties", `Object.assign([1], {a: 2})`, `[ 1, a: 2 ]`},
		{"array of a class", `new (class A extends Array {})(2)`, `A(2) [ <2 empty items> ]`},
		{"arguments", `(function () { return arguments })(1, 2)`, `[Arguments] [ 1, 2 ]`},
		{"no arguments", `(function () { return arguments })()`, `[Arguments] []`},
		{"typed array", `new Uint8Array([1, 2])`, `Uint8Array(2) [ 1, 2 ]`},
		{"typed array of bigints", `new BigInt64Array(1)`, `BigInt64Array(1) [ 0n ]`},
		{"typed array of nothing", `new Float32Array()`, `Float32Array(0) []`},
		{"buffer", `new Uint8Array([1, 255]).buffer`, `ArrayBuffer { [Uint8Contents]: <01 ff>, byteLength: 2 }`},
		{"map", `new Map([["a", {b: 1}], [{}, 2]])`, `Map(2) { 'a' => { b: 1 }, {} => 2 }`},
		{"set", `new Set([1, [2]])`, `Set(2) { 1, [ 2 ] }`},
		{"map in itself", `var m = new Map(); m.set(m, m)`, `<ref *1> Map(1) { [Circular *1] => [Circular *1] }`},

		{"function", `(function f() {})`, `[Function: f]`},
		{"anonymous function", `(() => {})`, `[Function (anonymous)]`},
		{"async function", `(async function f() {})`, `[AsyncFunction: f]`},
		{"generator function", `(function* f() {})`, `[GeneratorFunction: f]`},
		{"generator", `(function* f() {})()`, `Object [Generator] {}`},
		{"function with properties", `Object.assign(function f() {}, {a: 1})`, `[Function: f] { a: 1 }`},
		{"class itself", `(class A {})`, `[class A]`},
		{"derived class", `(class A extends Map {})`, `[class A extends Map]`},
		{"anonymous class", `(() => class {})()`, `[class (anonymous)]`},
		{"built-in", `[Map, parseInt, Math]`, `[ [Function: Map], [Function: parseInt], Object [Math] {} ]`},

		{"date", `new Date(1e12)`, `2001-09-09T01:46:40.000Z`},
		{"invalid date", `new Date(NaN)`, `Invalid Date`},
		{"date of another age", `new Date(-1e14)`, `[Date of the year -1199]`},
		{"regexp", `/a\/b/gimsuy`, `/a\/b/gimsuy`},
		{"boxed", `[Object(1), Object("s"), Object(true), Object(1n)]`,
			`[ [Number: 1], [String: 's'], [Boolean: true], [BigInt: 1n] ]`},
		{"boxed symbol", `Object(Symbol("q"))`, `[Symbol: Symbol(q)]`},
		{"promises", `[Promise.resolve(1), new Promise(() => {})]`, `[ Promise { 1 }, Promise { <pending> } ]`},
		{"rejected promise", `var p = Promise.reject(1); p.catch(() => {}); p`, `Promise { <rejected> 1 }`},
		{"proxy", `[new Proxy({}, {}), new Proxy(() => {}, {})]`, `[ [Proxy], [Proxy] ]`},
		{"iterator", `[].values()`, `Object [Array Iterator] {}`},

		{"error", `new RangeError("no")`, "RangeError: no\n    at test.js:1:1"},
		{"error in a function", `(function f() { return new Error("no") })()`, "Error: no\n    at f (test.js:1:24)\n    at test.js:1:42"},
		{"error of a class", `new (class HTTPError extends Error {})("no")`, "HTTPError: no\n    at test.js:1:1"},
		{"error of a class that has another name", `new (class NotFound extends Error {})("no")`, "NotFound: no\n    at test.js:1:1"},
		{"error of a class without a message", `new (class NotFound extends Error {})`, "NotFound\n    at test.js:1:1"},
		{"error of a class that a minifier named", `new (class t extends Error {})("no")`, "Error: no\n    at test.js:1:1"},
		{"error with a name of its own", `new (class A extends Error { constructor(m) { super(m); this.name = "B" } })("no")`, "B: no\n    at test.js:1:52\n    at test.js:1:1"},
		{"error that is named later", `var e = new Error("no"); e.stack; e.name = "B"; e`, "Error: no\n    at test.js:1:9 {\n  name: 'B'\n}"},
		{"error with more", `Object.assign(new Error("no", {cause: "c"}), {code: 4})`, "Error: no\n    at test.js:1:15 {\n  code: 4,\n  [cause]: 'c'\n}"},
		{"error in an object", `({e: new Error("no")})`, "{\n  e: Error: no\n      at test.js:1:6\n}"},
		{"errors", `new AggregateError([1], "no")`, "AggregateError: no\n    at test.js:1:1 {\n  [errors]: [ 1 ]\n}"},
		{"error without stack", `var e = new Error("no"); e.stack = undefined; e`, "[Error: no]"},
		{"error whose name is an accessor", `new (class E extends Error { get name() { throw 1 } })("no")`, "E: no\n    at test.js:1:1"},
		{"error whose message is an object", `var e = new TypeError("no"); e.message = {toString() { throw 1 }}; e`, "TypeError\n    at test.js:1:9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := goja.New()
			v, err := rt.RunScript("test.js", tt.src)
			if err != nil {
				t.Fatal(err)
			}
			if got := Inspect(rt, v); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

func TestInspectOfNoValue(t *testing.T) {
	if got := Inspect(goja.New(), nil); got != "undefined" {
		t.Errorf("got %s", got)
	}
}

func TestInspectCutsArrays(t *testing.T) {
	rt := goja.New()
	v, err := rt.RunString(`Array.from({length: 250}, (_, i) => i)`)
	if err != nil {
		t.Fatal(err)
	}
	got := Inspect(rt, v)
	if !strings.HasSuffix(got, "98, 99, ... 150 more items\n]") || strings.Count(got, "\n") > 10 {
		t.Errorf("got %s", got)
	}
}

// hostile are values that are large, or that run code when they are looked at. Each must leave
// the variable ran alone.
var hostile = []evalCase{
	{"null prototype", `Object.create(null)`, ""},
	{"throwing accessors", `({get a() { ran = true; throw 1 }, toString() { ran = true; throw 1 }, valueOf() { ran = true }, toJSON() { ran = true }})`, ""},
	{"endless toString", `({toString() { ran = true; for (;;); }})`, ""},
	{"accessor constructor", `Object.create({get constructor() { ran = true; throw 1 }})`, ""},
	{"accessor tag", `({get [Symbol.toStringTag]() { ran = true; throw 1 }})`, ""},
	{"accessor name of a class", `new (class A { static get name() { ran = true; throw 1 } })`, ""},
	{"accessor name of a function", `Object.defineProperty(() => {}, "name", {get() { ran = true }})`, ""},
	{"accessor items", `Object.defineProperty([1, 2], 0, {enumerable: true, get() { ran = true }})`, ""},
	{"accessor length", `Object.defineProperty((function () { return arguments })(1), "length", {get() { ran = true }})`, ""},
	{"accessor flags", `Object.defineProperty(/x/g, "flags", {get() { ran = true }})`, ""},
	{"accessor source", `Object.defineProperty(/x/g, "source", {get() { ran = true }})`, ""},
	{"accessor size", `Object.defineProperty(new Map([[1, 2]]), "size", {get() { ran = true }})`, ""},
	{"accessor then", `Object.defineProperty(Promise.resolve(1), "then", {get() { ran = true }})`, ""},
	{"own iterator", `var m = new Map([[1, 2]]); m[Symbol.iterator] = m.entries = m.forEach = () => { ran = true }; m`, ""},
	{"boxed with toString", `var s = Object("s"); s.toString = s.valueOf = () => { ran = true }; s`, ""},
	{"date with toString", `var d = new Date(0); d.toISOString = d.toString = d[Symbol.toPrimitive] = () => { ran = true }; d`, ""},
	{"error with accessor name", `new (class extends Error { get name() { ran = true } })("x")`, ""},
	{"error with accessor message", `Object.defineProperty(new Error("x"), "message", {get() { ran = true }})`, ""},
	{"error with accessor stack", `Object.defineProperty(new Error("x"), "stack", {get() { ran = true }})`, ""},
	{"error with object name", `Object.defineProperty(new Error("x"), "name", {value: {toString() { ran = true }}})`, ""},
	{"error with symbol message", `Object.defineProperty(new Error("x"), "message", {value: Symbol()})`, ""},
	{"error whose prototype is a proxy", `Object.setPrototypeOf(new Error("x"), evil)`, ""},
	{"heir of an error", `Object.create(new (class extends Error { get name() { ran = true } })("x"))`, ""},
	{"list that inherits from an error", `Object.setPrototypeOf(new Array(2000).fill(0), new (class extends Error { get name() { ran = true } })("x"))`, ""},
	{"proxy", `evil`, ""},
	{"proxy of a function", `new Proxy(function () {}, evil)`, ""},
	{"proxy in everything", `[evil, {a: evil}, new Map([[evil, evil]]), new Set([evil]), Promise.resolve([evil]), Object(evil)]`, ""},
	{"prototype is a proxy", `Object.create(evil, {a: {value: 1, enumerable: true}})`, ""},
	{"list whose prototype is a proxy", `Object.setPrototypeOf(new Array(2000).fill(0), evil)`, ""},
	{"prototype of prototype is a proxy", `Object.create(Object.create(evil))`, ""},
	{"constructor is a proxy", `({constructor: evil})`, ""},
	{"class extends a proxy", `Object.setPrototypeOf(class A {}, evil)`, ""},
	{"revoked proxy", `var r = Proxy.revocable({}, {}); r.revoke(); r.proxy`, ""},
	{"inherits from a revoked proxy", `var r = Proxy.revocable({}, {}); var o = Object.create(r.proxy); r.revoke(); o`, ""},
	{"inspectable symbol", `({[Symbol.for("nodejs.util.inspect.custom")]() { ran = true }, inspect() { ran = true }})`, ""},
	{"long string", `"x".repeat(2e6)`, ""},
	{"long string of another script", `"é".repeat(3e5)`, ""},
	{"long strings", `Array(1000).fill("é".repeat(1e5))`, ""},
	{"long name", `({["k".repeat(2e5)]: 1})`, ""},
	{"long names", `Array(1000).fill({["k".repeat(1e5)]: 1})`, ""},
	{"long name of a class", `new ({["K".repeat(2e5)]: class {}}["K".repeat(2e5)])`, ""},
	{"long message", `new Error("x".repeat(1e6))`, ""},
	{"long regexp", `new RegExp("x".repeat(3e4))`, ""},
	{"large array", `new Array(5e4).fill(0)`, ""},
	{"large empty array", `new Array(1e6)`, ""},
	{"sparse array", `var a = [1]; a[4294967294] = 2; a`, ""},
	{"sparse array of the largest length", `new Array(4294967295)`, ""},
	{"array with holes", `var a = []; for (let i = 0; i < 2e4; i += 2) a[i] = i; a`, ""},
	{"large object", `Object.fromEntries(Array.from({length: 5000}, (_, i) => ["k" + i, i]))`, ""},
	{"large object, often", `var o = Object.fromEntries(Array.from({length: 5000}, (_, i) => ["k" + i, i])); Array(100).fill(Array(100).fill([o]))`, ""},
	{"large map", `new Map(Array.from({length: 5000}, (_, i) => [i, i]))`, ""},
	{"large set", `new Set(Array.from({length: 5000}, (_, i) => i))`, ""},
	{"large buffer", `new ArrayBuffer(1e8)`, ""},
	{"large typed array", `new Float64Array(1e5)`, ""},
	{"large bigint", `1n << 10000000n`, ""},
	{"many empty objects", `Array(100).fill(Array.from({length: 100}, () => Array.from({length: 100}, () => [])))`, ""},
	{"many symbols", `var o = {}; for (let i = 0; i < 1e4; i++) o[Symbol(i)] = i; o`, ""},
	{"deep", `var o = {}; for (let i = 0; i < 3e4; i++) o = {o}; o`, ""},
	{"deep causes", `var e; for (let i = 0; i < 1000; i++) e = new Error("x", {cause: e}); e`, ""},
	{"deep promises", `var p = 1; for (let i = 0; i < 1000; i++) p = {p: Promise.resolve(p)}; p`, ""},
	{"long chain of prototypes", `var o = {}; for (let i = 0; i < 2e4; i++) o = Object.create(o); o`, ""},
	{"everything", `globalThis`, ""},
}

const hostilePrelude = `
	var ran = false;
	var evil = new Proxy({}, new Proxy({}, {get() { ran = true; throw 1 }}));
`

func TestInspectRunsNoCodeAndIsBounded(t *testing.T) {
	for _, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHost(t)
			if got := h.eval(hostilePrelude); got != "undefined" {
				t.Fatal(got)
			}
			v, err := h.rt.RunScript("test.js", tt.src)
			if err != nil {
				t.Fatal(err)
			}
			h.set("ran", false)
			h.set("value", v)
			got := Inspect(h.rt, v)
			if got == "" || len(got) > maxInspect+len("…") || strings.Contains(got, "unreadable") {
				t.Errorf("%d bytes: %s", len(got), cut(got, 300))
			}
			for _, print := range []string{"log(value)", `log("%s %d %i %f %j %o %O", value, value, value, value, value, value, value)`,
				"table(value)", "table([value])", "dir(value, {depth: null})", "count(value)"} {
				h.log.Reset()
				if got := h.eval("console." + print); got != "undefined" {
					t.Errorf("%s throws %s", print, got)
				}
				if n := h.log.Len(); n == 0 || n > 8*maxInspect {
					t.Errorf("%s wrote %d bytes", print, n)
				}
			}
			if h.eval("ran") != "false" {
				t.Error("it ran code of the page")
			}
		})
	}
}

// TestInspectLeavesNoTrace is about errors, which goja completes when they are looked at.
func TestInspectLeavesNoTrace(t *testing.T) {
	h := newTestHost(t)
	got := h.eval(`
		var e = new (class E extends Error { get name() { return "Mine" } })("x");
		console.log(e, [e], {e});
		e.stack.split("\n")[0];
	`)
	if got != "Mine: x" {
		t.Errorf("got %s", got)
	}
}

func BenchmarkInspect(b *testing.B) {
	rt := goja.New()
	v, err := rt.RunString(`({id: 1, name: "x", tags: ["a", "b"], nested: {ok: true}})`)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Inspect(rt, v)
		}
	})
	b.Run("with the reader of the runtime", func(b *testing.B) {
		rd := newReader()
		b.ReportAllocs()
		for b.Loop() {
			newInspector(rd).inspect(v, maxInspectDepth)
		}
	})
}
