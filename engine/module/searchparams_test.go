package module

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestURLSearchParams(t *testing.T) {
	runEvalCases(t, []evalCase{
		{"of nothing", `[new URLSearchParams(), new URLSearchParams(undefined), new URLSearchParams("")].join("|")`, "||"},
		{"of text", `new URLSearchParams("?a=b&c&=d&&e=f=g&%61=+%2B").toString()`, "a=b&c=&=d&e=f%3Dg&a=+%2B"},
		{"of text with two marks", `new URLSearchParams("??a=b").toString()`, "%3Fa=b"},
		{"of null", `new URLSearchParams(null).toString()`, "null="},
		{"of pairs", `new URLSearchParams([["a", 1], ["a", 2], new Set(["b", null])]).toString()`, "a=1&a=2&b=null"},
		{"of a map", `new URLSearchParams(new Map([["a", "b"]])).toString()`, "a=b"},
		{"of a generator", `new URLSearchParams((function* () { yield ["a", "b"]; yield ["c", "d"] })()).toString()`, "a=b&c=d"},
		{"of itself", `new URLSearchParams(new URLSearchParams("a=b&a=c")).toString()`, "a=b&a=c"},
		{"of an object", `new URLSearchParams({a: 1, b: [2, 3], c: undefined, ü: "ß"}).toString()`, "a=1&b=2%2C3&c=undefined&%C3%BC=%C3%9F"},
		{"of an object with accessor", `new URLSearchParams({get a() { return "x" }}).toString()`, "a=x"},
		{"of an object, names that become the same", `new URLSearchParams({"\ud800": 1, "\udfff": 2}).toString()`, "%EF%BF%BD=2"},
		{"of an object that can be iterated", `var o = {a: 1}; o[Symbol.iterator] = function* () { yield ["x", "y"] }; new URLSearchParams(o).toString()`, "x=y"},
		{"of form data", `new URLSearchParams(new URL("http://a/?x=y").search).get("x")`, "y"},
		{"of no pairs", `new URLSearchParams([["a"]])`, "TypeError: URLSearchParams: each item of a list must be a pair [name, value], got [ 'a' ]"},
		{"of bytes", `new URLSearchParams(new Uint8Array([97]))`, "TypeError: URLSearchParams: each item of a list must be a pair [name, value], got 97; of bytes new TextDecoder().decode(bytes) makes the text that is wanted"},
		{"of triples", `new URLSearchParams([["a", "b", "c"]])`, "TypeError: URLSearchParams: each item of a list must be a pair [name, value], got [ 'a', 'b', 'c' ]"},
		{"of a list of texts", `new URLSearchParams(["ab"])`, "TypeError: URLSearchParams: each item of a list must be a pair [name, value], got 'ab'"},
		{"of what throws", `new URLSearchParams({get a() { throw new RangeError("no") }})`, "RangeError: no"},
		{"of a symbol", `new URLSearchParams(Symbol())`, "TypeError: Cannot convert a Symbol value to a string"},

		{"decoding", `[...new URLSearchParams("a=%zz%4&b=%C3%BC%FF&%F0%9F=%2")].join("|")`, "a,%zz%4|b,ü\ufffd|\ufffd,%2"},
		{"byte order mark", `new URLSearchParams("a=%EF%BB%BFx").get("a").length`, "2"},
		{"encoding", `new URLSearchParams([["a-b*c.d_e~", " !'()+&=#%/?\u0000€😀"]]).toString()`,
			"a-b*c.d_e%7E=+%21%27%28%29%2B%26%3D%23%25%2F%3F%00%E2%82%AC%F0%9F%98%80"},

		{"get", `var p = new URLSearchParams("a=1&b=&a=2"); [p.get("a"), p.get("b"), p.get("c") === null].join()`, "1,,true"},
		{"getAll", `var p = new URLSearchParams("a=1&b=&a=2"); JSON.stringify([p.getAll("a"), p.getAll("c")])`, `[["1","2"],[]]`},
		{"has", `var p = new URLSearchParams("a=1&a=2"); [p.has("a"), p.has("b"), p.has("a", 2), p.has("a", "3"), p.has("a", undefined)].join()`, "true,false,true,false,true"},
		{"append", `var p = new URLSearchParams("a=1"); p.append("a", null); p.append(1, true); p.toString()`, "a=1&a=null&1=true"},
		{"delete", `var p = new URLSearchParams("a=1&b=2&a=3"); p.delete("a"); p.delete("x"); p.toString()`, "b=2"},
		{"delete a value", `var p = new URLSearchParams("a=1&a=2&a=1"); p.delete("a", 1); p.toString()`, "a=2"},
		{"delete an undefined value", `var p = new URLSearchParams("a=1&a=undefined"); p.delete("a", undefined); p.toString()`, ""},
		{"set", `var p = new URLSearchParams("a=1&b=2&a=3&c=4&a=5"); p.set("a", 6); p.set("d", 7); p.toString()`, "a=6&b=2&c=4&d=7"},
		{"sort", `var p = new URLSearchParams("z=1&a=1&ﬃ&🌈&z=0&a=0&é"); p.sort(); decodeURIComponent(p)`, "a=1&a=0&z=1&z=0&é=&🌈=&ﬃ="},
		{"size", `var p = new URLSearchParams("a&b&a"); p.append("c", ""); p.size`, "4"},
		{"missing arguments", `new URLSearchParams().set("a")`, "TypeError: URLSearchParams.set: needs 2 arguments, got 1"},

		{"forEach", `var out = [], p = new URLSearchParams("a=1&b=2"), t = {}; p.forEach(function (v, k, q) { out.push(k + v, q === p, this === t) }, t); out.join()`, "a1,true,true,b2,true,true"},
		{"forEach of no function", `new URLSearchParams().forEach(1)`, "TypeError: URLSearchParams.forEach: the argument must be a function, got 1"},
		{"forEach that throws", `new URLSearchParams("a").forEach(() => { throw new RangeError("no") })`, "RangeError: no"},
		{"iteration", `var p = new URLSearchParams("a=1&b=2"); [[...p.keys()], [...p.values()], [...p.entries()], [...p]].join("|")`, "a,b|1,2|a,1,b,2|a,1,b,2"},
		{"iteration while it changes", `var p = new URLSearchParams("a=1&b=2&c=3"), out = []; for (const [k] of p) { out.push(k); if (k === "a") p.delete("b"); if (k === "c") p.append("d", "") } out.join()`, "a,c,d"},
		{"iteration that is over stays over only while nothing is added", `var p = new URLSearchParams("a"), i = p.keys(); [i.next().value, i.next().done, i.next().value === undefined].join()`, "a,true,true"},
		{"iterators", `var i = new URLSearchParams("a").keys(); [Object.prototype.toString.call(i), i[Symbol.iterator]() === i, Object.keys(i).length, typeof i.map].join()`,
			"[object URLSearchParams Iterator],true,0,undefined"},
		{"next of something else", `new URLSearchParams().keys().next.call({})`, "TypeError: next: called on what is no iterator of a URLSearchParams"},
		{"iterator of the class", `URLSearchParams.prototype[Symbol.iterator] === URLSearchParams.prototype.entries`, "true"},
		{"Object.fromEntries", `JSON.stringify(Object.fromEntries(new URLSearchParams("a=1&b=2&a=3")))`, `{"a":"3","b":"2"}`},

		{"class", `[URLSearchParams.name, URLSearchParams.length, String(Object.prototype.toString.call(new URLSearchParams())), JSON.stringify(new URLSearchParams("a=b"))].join()`,
			"URLSearchParams,0,[object URLSearchParams],{}"},
		{"needs new", `URLSearchParams("a")`, "TypeError: Class constructor cannot be invoked without 'new'"},
		{"subclass", `class P extends URLSearchParams { first() { return [...this][0] } } new P("a=b").first().join()`, "a,b"},
	})
}

// FuzzURLSearchParams: what is written is read again as it was, and text that was read comes out
// in one form.
func FuzzURLSearchParams(f *testing.F) {
	for _, seed := range []string{"", "a=b&c=d", "?a+b=%20%zz", "%FF=%F0%9F%98%80&&=&=", "a=b=c&\x00\ufffd"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		pairs := formDecode(query)
		for _, p := range pairs {
			if utf8.ValidString(query) && (!utf8.ValidString(p.name) || !utf8.ValidString(p.value)) {
				t.Errorf("%q: %q is no text", query, p)
			}
		}
		text := formEncode(pairs)
		again := formDecode(text)
		if utf8.ValidString(query) && !slices.Equal(again, pairs) {
			t.Errorf("%q: read as %q, written as %q, read as %q", query, pairs, text, again)
		}
		if strings.ContainsFunc(text, func(c rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*-._+%&=", c)
		}) {
			t.Errorf("%q: written as %q", query, text)
		}
	})
}

func TestFormDecodeIsLinear(t *testing.T) {
	fastest := time.Hour
	for tries := 0; tries < 5 && fastest > 3*time.Second; tries++ { // the machine may be busy
		start := time.Now()
		if n := len(formDecode(strings.Repeat("a%20b=c+d&", 200_000))); n != 200_000 {
			t.Errorf("%d pairs", n)
		}
		fastest = min(fastest, time.Since(start))
	}
	if fastest > 3*time.Second {
		t.Errorf("2 MB took %v", fastest)
	}
}
