package polyfill

import (
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// TestAdditions compares what is added with what ECMA-262 has.
func TestAdditions(t *testing.T) {
	for src, want := range map[string]string{
		`Object.groupBy([1, 2, 3], x => x % 2 ? "odd" : "even")`:                                                  `{"odd":[1,3],"even":[2]}`,
		`Object.getPrototypeOf(Object.groupBy([], x => x))`:                                                       `null`,
		`Object.keys(Object.groupBy("abc", (c, i) => i))`:                                                         `["0","1","2"]`,
		`[...Map.groupBy([1, 2, 3], x => x > 1)]`:                                                                 `[[false,[1]],[true,[2,3]]]`,
		`[Object.groupBy.name, Object.groupBy.length, Object.keys(Object).length]`:                                `["groupBy",2,0]`,
		`{ const { promise, resolve } = Promise.withResolvers(); resolve(5); promise }`:                           `5`,
		`Promise.try((a, b) => a + b, 1, 2)`:                                                                      `3`,
		`Promise.try(() => { throw "no" }).catch(e => e)`:                                                         `"no"`,
		`[Promise.try.name, Promise.try.length]`:                                                                  `["try",1]`,
		`Array.fromAsync([1, Promise.resolve(2)])`:                                                                `[1,2]`,
		`Array.fromAsync(new Set([1, 2]), async x => x * 2)`:                                                      `[2,4]`,
		`Array.fromAsync({ length: 2, 0: "a", 1: Promise.resolve("b") })`:                                         `["a","b"]`,
		`Array.fromAsync(null).catch(e => e.name)`:                                                                `"TypeError"`,
		`RegExp.escape("1a.b*c-d \n/é")`:                                                                          `"\\x31a\\.b\\*c\\x2dd\\x20\\n\\/é"`,
		`new RegExp(RegExp.escape("a+b (c)")).test("a+b (c)")`:                                                    `true`,
		`["a\ud800b".isWellFormed(), "a😀".isWellFormed(), "\udc00x\ud800".toWellFormed()]`:                        `[false,true,"�x�"]`,
		`[1, 2, 3, 4].values().filter(x => x % 2).map(x => x * 10).toArray()`:                                     `[10,30]`,
		`(function* () { for (let i = 0; ; i++) yield i })().drop(2).take(3).toArray()`:                           `[2,3,4]`,
		`new Map([[1, 2]]).entries().flatMap(x => x).toArray()`:                                                   `[1,2]`,
		`[[1, 2].values().reduce((a, b) => a + b), [1].values().reduce((a, b) => a + b, 5)]`:                      `[3,6]`,
		`[[1, 2].values().some(x => x > 1), [1, 2].values().every(x => x > 1), [1, 2].values().find(x => x > 1)]`: `[true,false,2]`,
		`{ let n = 0; [1, 2].values().forEach((x, i) => n += x * i); n }`:                                         `2`,
		`{ let ended = 0; const it = { __proto__: Iterator.prototype, next: () => ({ done: false, value: 1 }), return: () => { ended++; return {} } }; [it.take(2).toArray(), it.find(x => x), ended] }`: `[[1,1],1,2]`,
		`Iterator.from({ next() { return { done: true } } }).toArray()`: `[]`,
		`Iterator.from("ab").toArray()`:                                 `["a","b"]`,
		`{ class Own extends Iterator { next() { return { done: true } } } [new Own() instanceof Iterator, new Own().toArray()] }`:                                                                     `[true,[]]`,
		`[[].values() instanceof Iterator, (function* () {})() instanceof Iterator]`:                                                                                                                   `[true,true]`,
		`{ try { new Iterator() } catch (e) { e.name } }`:                                                                                                                                              `"TypeError"`,
		`{ try { [].values().take(-1) } catch (e) { e.name } }`:                                                                                                                                        `"RangeError"`,
		`{ const o = {}; [new WeakRef(o).deref() === o, String(new WeakRef(o))] }`:                                                                                                                     `[true,"[object WeakRef]"]`,
		`{ try { new WeakRef(1) } catch (e) { e.name } }`:                                                                                                                                              `"TypeError"`,
		`{ const r = new FinalizationRegistry(() => {}), t = {}; r.register({}, 1, t); [r.unregister(t), r.unregister(t)] }`:                                                                           `[true,false]`,
		`{ const o = { name: "Mine", message: "m" }; (function f() { Error.captureStackTrace(o) })(); o.stack.split("\n").slice(0, 2).map(s => s.trim().split(" (")[0]) }`:                             `["Mine: m","at f"]`,
		`{ class Own extends Error { constructor(m) { super(m); Error.captureStackTrace(this, Own) } } function f() { return new Own("m") } f().stack.split("\n")[0] + f().stack.includes("at Own") }`: `"Error: mfalse"`,
	} {
		vm := goja.New()
		var all []string
		for _, a := range additions {
			all = append(all, a.part)
		}
		if err := Install(vm, all); err != nil {
			t.Fatal(err)
		}
		v, err := vm.RunString(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if p, ok := v.Export().(*goja.Promise); ok {
			v = p.Result()
		}
		vm.Set("v", v)
		if got := vm.Get("JSON").ToObject(vm).Get("stringify"); got != nil {
			text, _ := vm.RunString("JSON.stringify(v)")
			if text.String() != want {
				t.Errorf("%s: got %s, want %s", src, text, want)
			}
		}
		if parts := strings.Join(In(src), " "); parts == "" {
			t.Errorf("%s: nothing is added", src)
		}
	}
}

func TestNothingIsAddedUnasked(t *testing.T) {
	for _, src := range []string{"", "const list = [1].map(x => x);", "f().map(x => x); const o = { take: 1 };", "for (const x of list) {}"} {
		if parts := In(src); parts != nil {
			t.Errorf("%s: %v", src, parts)
		}
	}
}
