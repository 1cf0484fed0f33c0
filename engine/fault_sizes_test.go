package engine

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// tooLarge are expressions that ask a built-in function for what would end the process, or keep
// it busy for hours, and what the RangeError says.
var tooLarge = map[string]struct{ expr, want string }{
	"repeat":                 {`"x".repeat(1e12)`, `"x".repeat(1000000000000) would be 931.3 GiB: a string may have 64 MiB`},
	"repeat, computed":       {`"x"["rep" + "eat"](1e12)`, `"x".repeat(1000000000000) would be`},
	"repeat, called":         {`String.prototype.repeat.call(12, 1e10)`, `"12".repeat(10000000000) would be`},
	"repeat, object":         {`"x".repeat({ valueOf: () => 1e12 })`, `"x".repeat(1000000000000) would be`},
	"padStart":               {`"x".padStart(1e12)`, `"x".padStart(1000000000000) would be`},
	"padEnd":                 {`"x".padEnd(2 ** 31, "ab")`, `"x".padEnd(2147483648) would be 2 GiB`},
	"concat":                 {`(() => { const s = "x".repeat(4e7); return s.concat(s) })()`, `.concat would be`},
	"replaceAll":             {`"x".repeat(1e6).replaceAll("x", "y".repeat(1000))`, `.replaceAll would be`},
	"replaceAll, $":          {`"x".repeat(1e5).replaceAll("x", "$` + "`" + `")`, `.replaceAll would be`},
	"replace":                {`"x".repeat(1e5).replace(/x/g, "y".repeat(1e5))`, `.replace would be`},
	"split":                  {`"x".repeat(3e7).split("")`, `.split would have 30000000 elements: an array may have 4194304`},
	"raw":                    {`String.raw({ raw: { length: 1e12 } })`, `String.raw would have`},
	"ArrayBuffer":            {`new ArrayBuffer(1e12)`, `new ArrayBuffer(1000000000000) would be 931.3 GiB: a buffer may have 64 MiB`},
	"ArrayBuffer, by class":  {`new (class B extends ArrayBuffer {})(1e12)`, `new ArrayBuffer(1000000000000) would be`},
	"ArrayBuffer, reflected": {`Reflect.construct(ArrayBuffer, [1e12])`, `new ArrayBuffer(1000000000000) would be`},
	"Uint8Array":             {`new Uint8Array(1e12)`, `new Uint8Array(1000000000000) would be`},
	"Float64Array":           {`new Float64Array(1e8)`, `new Float64Array(100000000) would be 762.9 MiB`},
	"Uint8Array, by class":   {`new (class B extends Uint8Array {})(1e12)`, `new Uint8Array(1000000000000) would be`},
	"Uint8Array, text":       {`new Uint8Array("1e12")`, `new Uint8Array(1000000000000) would be`},
	"Uint8Array, like":       {`new Uint8Array({ length: 1e12 })`, `new Uint8Array would be`},
	"Uint8Array.from":        {`Uint8Array.from({ length: 1e12 })`, `TypedArray.from would be`},
	"Uint8Array.of ctor":     {`new (new Uint8Array(1)).constructor(1e12)`, `new Uint8Array(1000000000000) would be`},
	"join of bytes":          {`new Uint8Array(5e6).join()`, `TypedArray.prototype.join: the length is 5000000`},
	"Object.keys of bytes":   {`Object.keys(new Uint8Array(5e6))`, `Object.keys: the length is 5000000`},
	"JSON of bytes":          {`JSON.stringify(new Uint8Array(5e6))`, `JSON.stringify: the length is 5000000`},
	"Array":                  {`Array(1e9)`, `new Array(1000000000) would have 1000000000 elements: an array may have 4194304`},
	"new Array":              {`new Array(2 ** 32 - 1)`, `new Array(4294967295) would have`},
	"Array by class":         {`new (class A extends Array {})(1e9)`, `new Array(1000000000) would have`},
	"Array by instance":      {`new [].constructor(1e9)`, `new Array(1000000000) would have`},
	"Array.from":             {`Array.from({ length: 1e9 })`, `Array.from: the length is 1000000000`},
	"Array.from text":        {`Array.from("x".repeat(5e6))`, `Array.from would have 5000000 elements`},
	"apply":                  {`Math.max.apply(null, { length: 1e9 })`, `Function.prototype.apply: the length is 1000000000`},
	"Reflect.apply":          {`Reflect.apply(Math.max, null, { length: 1e9 })`, `Reflect.apply: the length is 1000000000`},
	"Reflect.construct":      {`Reflect.construct(Date, { length: 1e9 })`, `Reflect.construct: the length is 1000000000`},
	"spread call":            {`(() => { const a = []; a.length = 4e9; return Math.max(...a) })()`, `a call would have 4000000000 arguments by ..., and 125000 are allowed`},
	"spread call, elements":  {`Math.max(...Array(1e6).fill(1))`, `a call would have 1000000 arguments by ...`},
	"spread call, more":      {`(() => { const a = Array(1e6).fill(1); return a.push(0, ...a) })()`, `a call would have 1000000 arguments by ...`},
	"spread call, text":      {`Math.max(..."1".repeat(1e6))`, `a call would have 1000000 arguments by ...`},
	"spread call, set":       {`(() => { const s = new Set(); for (let i = 0; i < 3e5; i++) s.add(i); return Math.max(...s) })()`, `a call would have 300000 arguments by ...`},
	"spread call, bytes":     {`String.fromCharCode(...new Uint8Array(1e6))`, `a call would have 1000000 arguments by ...`},
	"spread new":             {`new Date(...Array(1e6).fill(1))`, `a call would have 1000000 arguments by ...`},
	"spread super":           {`new (class extends Array { constructor(a) { super(...a) } })(Array(1e6).fill(1))`, `a call would have 1000000 arguments by ...`},
	"spread":                 {`(() => { const a = []; a.length = 4e9; return [...a] })()`, `Array.prototype.values: the length is 4000000000`},
	"join":                   {`Array(1e6).fill("x".repeat(1e6)).join()`, `Array.prototype.join would be`},
	"join by":                {`Array(1e6).join("x".repeat(1e6))`, `Array.prototype.join would be`},
	"String(array)":          {`String(Array(1e6).fill("x".repeat(1e6)))`, `Array.prototype.join would be`},
	"join nested":            {`(() => { let a = ["x"]; for (let i = 0; i < 40; i++) a = [a, a]; return a.join() })()`, `Array.prototype.join of nested arrays would have`},
	"join deep":              {`(() => { let a = ["x"]; for (let i = 0; i < 2e4; i++) a = [a]; return a.join() })()`, `Array.prototype.join: the arrays are nested more than 1000 deep`},
	"flat":                   {`(() => { const a = Array(1e4).fill(0); return Array(1e4).fill(a).flat() })()`, `Array.prototype.flat would have`},
	"flat of itself":         {`(() => { const a = []; a.push(a); return a.flat(Infinity) })()`, `Array.prototype.flat`},
	"concat of arrays":       {`(() => { let a = Array(1e6).fill(0); return a.concat(a, a, a, a, a) })()`, `Array.prototype.concat would have 6000000 elements`},
	"concat of holes":        {`(() => { const a = []; a.length = 4e9; return [].concat(a) })()`, `Array.prototype.concat: the length is 4000000000`},
	"fill":                   {`Array.prototype.fill.call({ length: 1e12 }, 0)`, `Array.prototype.fill: the length is 1000000000000`},
	"fill of holes":          {`(() => { const a = []; a.length = 4e9; return a.fill(0) })()`, `Array.prototype.fill: the length is 4000000000`},
	"indexOf of holes":       {`(() => { const a = []; a[4294967294] = 1; return a.indexOf(2) })()`, `Array.prototype.indexOf: the length is 4294967295`},
	"map like":               {`Array.prototype.map.call({ length: 1e12 }, x => x)`, `Array.prototype.map: the length is 1000000000000`},
	"splice":                 {`Array.prototype.splice.call({ length: 2 ** 53 - 1 }, 0, 1)`, `Array.prototype.splice: the length is 9007199254740991`},
	"unshift":                {`Array.prototype.unshift.call({ length: 1e12 }, 0)`, `Array.prototype.unshift: the length is 1000000000000`},
	"reverse":                {`(() => { const a = []; a.length = 4e9; return a.reverse() })()`, `Array.prototype.reverse: the length is 4000000000`},
	"length, object":         {`Array.from({ length: { valueOf: () => 4e9 } })`, `Array.from: the length is 4000000000`},
	"length, object, join":   {`[].join.call({ length: { valueOf: () => 1e12 } })`, `Array.prototype.join: the length is 1000000000000`},
	"length, object, apply":  {`Math.max.apply(null, { length: { valueOf: () => 1e12 } })`, `Function.prototype.apply: the length is 1000000000000`},
	"length, object, raw":    {`String.raw({ raw: { length: { valueOf: () => 1e12 } } })`, `String.raw would have`},
	"concat, spreadable":     {`[].concat({ length: 1e12, [Symbol.isConcatSpreadable]: true })`, `Array.prototype.concat: the length is 1000000000000`},
	"slice of bytes":         {`[].slice.call(new Uint8Array(5e6))`, `Array.prototype.slice: the length is 5000000`},
	"Uint8Array of holes":    {`(() => { const a = []; a[4294967290] = 1; return new Uint8Array(a) })()`, `new Uint8Array would be 4 GiB`},
	"JSON of holes":          {`(() => { const a = []; a[4294967290] = 1; return JSON.stringify(a) })()`, `JSON.stringify: the length is 4294967291`},
	"JSON by names":          {`(() => { const a = []; a[4294967290] = 1; return JSON.stringify({}, a) })()`, `JSON.stringify: the length is 4294967291`},
	"encodeURIComponent":     {`encodeURIComponent("€".repeat(2e7))`, `encodeURIComponent would be 171.7 MiB: a string may have 64 MiB`},
	"escape":                 {`escape(" ".repeat(4e7))`, `escape would be 114.4 MiB`},
	"JSON depth":             {`JSON.parse("[".repeat(1e6) + "]".repeat(1e6))`, `JSON.parse: the text is nested 1000000 deep, and 5000 is allowed`},
	"JSON depth, objects":    {`JSON.parse('{"a":'.repeat(2e5) + "1" + "}".repeat(2e5))`, `JSON.parse: the text is nested 200000 deep`},
	"JSON of many":           {`JSON.parse("[" + "[],".repeat(2e6) + "0]")`, `JSON.parse: 2000001 arrays and objects`},
	"RegExp depth":           {`new RegExp("(".repeat(4e5) + ")".repeat(4e5))`, `RegExp: groups are nested more than`},
	"RegExp length":          {`new RegExp("a".repeat(2e6))`, `RegExp: the text has 1.907 MiB, and 1 MiB is allowed`},
	"match length":           {`"x".match("a|".repeat(1e6))`, `RegExp: the text has 1.907 MiB`},
	"AsyncFunction":          {`new (async () => { }).constructor("(".repeat(1e5))`, `AsyncFunction: brackets are nested more than 2000 deep`},
	"GeneratorFunction":      {`new (function* () { }).constructor("(".repeat(1e5))`, `GeneratorFunction: brackets are nested more than 2000 deep`},
	"match depth":            {`"x".match("(".repeat(4e5) + ")".repeat(4e5))`, `RegExp: groups are nested more than`},
	"eval depth":             {`(0, eval)("[".repeat(1e5) + "]".repeat(1e5))`, `eval: brackets are nested more than`},
	"direct eval depth":      {`eval("[".repeat(1e5) + "]".repeat(1e5))`, `eval: brackets are nested more than`},
	"Function depth":         {`new Function("[".repeat(1e5) + "]".repeat(1e5))`, `Function: brackets are nested more than`},
	"Function by instance":   {`(() => 1).constructor("[".repeat(1e5) + "]".repeat(1e5))`, `Function: brackets are nested more than`},
	"BigInt shift":           {`1n << 2n ** 60n`, `a BigInt would have 1152921504606846976 bits, and 8388608 are allowed`},
	"BigInt shift, long":     {`(() => { let a = 1n; a <<= 40000000000n; return a })()`, `a BigInt would have 40000000001 bits`},
	"BigInt shift, member":   {`(() => { const o = { x: 1n }; o.x <<= 40000000000n; return o })()`, `a BigInt would have 40000000001 bits`},
	"BigInt shift, element":  {`(() => { const o = [1n]; o[0] <<= 40000000000n; return o })()`, `a BigInt would have 40000000001 bits`},
	"BigInt shift back":      {`1n >> -40000000000n`, `a BigInt would have 40000000001 bits`},
	"BigInt shift back to":   {`(() => { let a = 5n; a >>= -40000000000n; return a })()`, `a BigInt would have 40000000003 bits`},
	"BigInt power":           {`10n ** 10n ** 9n`, `a BigInt would have 4000000000 bits`},
	"BigInt power, assigned": {`(() => { let a = 10n ** 100n; a **= 10n ** 30n; return a })()`, `a BigInt would have`},
	"doubled":                {`(() => { let s = "x"; for (;;) s += s })()`, `a string that is added to itself would be 128 MiB: a string may have 64 MiB`},
	"doubled, spelled out":   {`(() => { let s = "x"; while (s = s + "," + s); })()`, `a string that is added to itself would be`},
	"doubled, in a template": {"(() => { let s = 'xä'; for (;;) s = `${s}\n${s}` })()", `a string that is added to itself would be`},
	"doubled, a property":    {`(() => { class A { #t = "x"; o = { t: "x" }; f() { for (;;) this.o.t += this.o.t } } new A().f() })()`, `a string that is added to itself would be`},
	"doubled, twice as fast": {`(() => { let s = "x", t; for (;;) s += t = s += s })()`, `a string that is added to itself would be`},
	"BigInt digits":          {`BigInt("9".repeat(1e7))`, `a BigInt would have 10000000 digits`},
	"BigInt.asUintN":         {`BigInt.asUintN(2 ** 53 - 1, -1n)`, `a BigInt would have 9007199254740991 bits`},
	"not, very often":        {`(0, eval)("!".repeat(1e6) + "1")`, `eval: an expression goes on for more than 25000`},
}

// TestAskingForTooMuchThrowsARangeError asks for each, on one page. The error can be caught, it
// is a RangeError that says the limit, and the next request finds a runtime in good order.
func TestAskingForTooMuchThrowsARangeError(t *testing.T) {
	for name, c := range tooLarge {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := app(t, Config{MaxRuntimes: 1, Timeout: testTimeout}, `
				start_response("200 OK", []);
				if (environ.PATH_INFO === "/ok") return "ok";
				try { `+c.expr+`; return "nothing was thrown" } catch (e) { return (e instanceof RangeError) + " " + e.message }`)
			w := httptest.NewRecorder()
			err := s.ServePage(w, httptest.NewRequest("GET", "/", nil))
			if body := w.Body.String(); err != nil || !strings.HasPrefix(body, "true ") || !strings.Contains(body, c.want) {
				t.Errorf("got %.300q, %v; want %q", body, err, c.want)
			}
			s.want("/ok", 200, "ok")
		})
	}
}

// sameAsEver are expressions that stay below every limit, or have nothing to do with one: they
// are what they are without the checks.
var sameAsEver = map[string]struct{ expr, want string }{
	"name and length":     {`["repeat", "padStart", "replaceAll"].map(n => { const f = String.prototype[n]; return f.name + f.length + ("prototype" in f) + f }).join()`, "repeat1falsefunction repeat() { [native code] },padStart1falsefunction padStart() { [native code] },replaceAll2falsefunction replaceAll() { [native code] }"},
	"descriptor":          {`JSON.stringify(Object.getOwnPropertyDescriptor(Array.prototype, "join"))`, `{"writable":true,"enumerable":false,"configurable":true}`},
	"constructor":         {`[new Uint8Array(2).constructor === Uint8Array, new ArrayBuffer(1).constructor === ArrayBuffer, [].constructor === Array].join()`, "true,true,true"},
	"subclass":            {`(() => { class A extends Uint8Array { sum() { return this.reduce((a, b) => a + b) } } const a = A.from([1, 2, 3]).map(x => x * 2); return [a instanceof A, a.sum(), a.constructor === A, new A(3).length].join() })()`, "true,12,true,3"},
	"subclass of Array":   {`(() => { class A extends Array {} const a = A.from([1, 2]).map(x => x); return [a instanceof A, Array.isArray(a), new A(3).length].join() })()`, "true,true,3"},
	"species":             {`[Uint8Array[Symbol.species] === Uint8Array, Array[Symbol.species] === Array].join()`, "true,true"},
	"without new":         {`(() => { try { Uint8Array(1) } catch (e) { return e.name + Array(3).length } })()`, "TypeError3"},
	"this of any kind":    {`[String.prototype.repeat.call(true, 2), String.prototype.padStart.call({ toString: () => "a" }, 3, "b"), (() => { try { String.prototype.repeat.call(null, 1) } catch (e) { return e.name } })()].join()`, "truetrue,bba,TypeError"},
	"counts of any kind":  {`["a".repeat("2"), "a".repeat(), "a".padEnd(undefined), "ab".repeat(1.9), (() => { try { "a".repeat(-1) } catch (e) { return e.name } })(), (() => { try { "a".repeat(Infinity) } catch (e) { return e.name } })(), (() => { try { "a".repeat(Symbol()) } catch (e) { return e.name } })()].join()`, "aa,,a,ab,RangeError,RangeError,TypeError"},
	"nothing, very often": {`[ "".repeat(2 ** 28), "".replaceAll("x", "y") ].join("|")`, "|"},
	"conversion once":     {`(() => { let n = 0; "ab".repeat({ valueOf() { n++; return 2 } }); new Uint8Array({ valueOf() { n += 10; return 2 } }); return n })()`, "1"},
	"array of itself":     {`(() => { const a = [1, 2]; a.push(a, [a, 3]); return String(a) })()`, "1,2,,,3"},
	"holes":               {`(() => { const a = []; a[100] = 1; return [a.indexOf(1), a.join("").length, a.length].join() })()`, "100,1,101"},
	"a hole far away":     {`(() => { const a = []; a[4294967294] = 1; a.at(-1); return a.length })()`, "4294967295"},
	"array-likes":         {`[Array.prototype.join.call({ length: 2, 0: "a", 1: "b" }), Array.prototype.map.call("ab", x => x + x).join(), Math.max.apply(null, { length: 2, 0: 1, 1: 5 }), Array.from({ length: 2 }, (_, i) => i).join()].join(";")`, "a,b;aa,bb;5;0,1"},
	"proxy":               {`new Proxy([3, 1, 2], {}).sort().join()`, "1,2,3"},
	"replace":             {`["aXbX".replaceAll("X", "[$&]"), "aXbX".replace(/X/g, (m, i) => i), "abc".replace("b", "$` + "`$'" + `")].join()`, "a[X]b[X],a1b3,aacc"},
	"replace, checked":    {`(() => { const s = "xy".repeat(1e5).replace(/x/g, "z".repeat(200)); return s.length + s.slice(199, 202) })()`, "20100000zyz"},
	"flat":                {`JSON.stringify([1, [2, [3, [4]]]].flat(2))`, "[1,2,3,[4]]"},
	"JSON":                {`JSON.stringify(JSON.parse('{"a":[1,{"b":null}]}', (k, v) => k === "b" ? 7 : v))`, `{"a":[1,{"b":7}]}`},
	"apply":               {`[Math.max(...[1, 2, 3]), Math.max.apply(Math, [4, 5]), Reflect.apply(Math.min, null, [3, 2]), Reflect.construct(Date, [0]).getTime()].join()`, "3,5,2,0"},
	"direct eval":         {`(() => { const x = 5; return eval("x + 1") + eval(7) + (0, eval)("typeof x === 'undefined' ? 1 : 2") })()`, "14"},
	"Function":            {`new Function("a", "b", "return a + b")(1, 2)`, "3"},
	"RegExp":              {`[/a(b)/.exec("ab")[1], new RegExp("a", "g").flags, RegExp(/x/y).sticky, "a.b".match("a.b")[0]].join()`, "b,g,true,a.b"},
	"numbers, beside big": {`[2 ** 10, 2n ** 10n, 1 << 4, 1n << 4n, (-1n) ** 10n ** 9n, (() => { let a = 2; a **= 3; a <<= 1; return a })(), (() => { const o = { v: 2n }; o.v **= 3n; return o.v })(), { valueOf: () => 3 } ** 2, (() => { try { return 1n ** 1 } catch (e) { return e.name } })(), 8n << -1n, 0n << 10n ** 20n].join()`, "1024,1024,16,16,1,16,8,9,TypeError,4,0"},
	"added to itself":     {`(() => { let s = "a", n = 2, o = { get v() { return "<" }, set v(x) { s += x + s } }; s += s; n += n; o.v += o.v; s = s + n + s; n = n * n + n; return [s, n, (s = ` + "`${n}${n}`" + `)].join() })()`, "aa<<aa4aa<<aa,20,2020"},
	"prototypes":          {`(() => { const a = {}, b = Object.create(a), p = new Proxy(b, {}); const c = Object.setPrototypeOf({}, p); c.__proto__ = p; return [Object.getPrototypeOf(c) === p, (() => { try { Object.setPrototypeOf(a, b) } catch (e) { return e.name } })(), Reflect.setPrototypeOf({}, null)].join() })()`, "true,TypeError,true"},
	"properties of text":  {`[/^\p{L}+$/u.test("añб漢"), /\p{L}/u.test("1p{L}"), /^\P{L}$/u.test("1"), /[^\p{Lu}\d]/u.exec("A1b")[0], /[\P{L}]/u.exec("a-")[0], new RegExp("\\p{Script=Greek}", "u").exec("aβ")[0], /\p{L}/.test("p{L}")].join()`, "true,true,true,b,-,β,true"},
	"spread calls":        {`((...a) => a.length + ":" + a.join())(1, ...[2, , 3], ...new Set([4]), ..."ab", ...(function* () { yield 5 })(), ...new Map([[6, 7]]))`, "9:1,2,,3,4,a,b,5,6,7"},
	"spread calls, this":  {`({ n: 1, f(...a) { return this.n + a.length } }).f?.(...[1, 2])`, "3"},
	"spread super":        {`new (class extends Array { constructor(...a) { super(...a) } })(1, 2).length`, "2"},
	"spread of nothing":   {`(() => { try { Math.max(...null) } catch (e) { return e.name } })()`, "TypeError"},
	"BigInt member":       {`(() => { const o = { x: 3n, k: [1n] }, i = 0; o.x <<= 2n; o.x **= 2n; o.k[i] <<= 3n; o.x >>= 1n; return [o.x, o.k[0], 9 >> 1, -9n >> 1n, 1n >> -2n] })()`, "72,8,4,-5,4"},
	"unknown property":    {`(() => { try { return /\p{Emoji}/u.test("a") } catch (e) { return e.name + ": " + e.message.slice(0, 30) } })()`, "SyntaxError: RegExp: \\p{Emoji} is not known"},
}

// TestChecksChangeNothingElse runs what stays below the limits.
func TestChecksChangeNothingElse(t *testing.T) {
	for name, c := range sameAsEver {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := app(t, Config{}, "start_response('200 OK', []); return String("+c.expr+")")
			s.want("/", 200, c.want)
		})
	}
}
