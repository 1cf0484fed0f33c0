package natives

import (
	"testing"

	"github.com/dop251/goja"
)

// holder is above the globals of a runtime that is checked.
type holder struct{ *Checks }

func (h holder) Natives() *Checks            { return h.Checks }
func (h holder) Get(string) goja.Value       { return nil }
func (h holder) Set(string, goja.Value) bool { return false }
func (h holder) Has(string) bool             { return false }
func (h holder) Delete(string) bool          { return false }
func (h holder) Keys() []string              { return nil }

// checkedRuntime makes a runtime that is checked as a page's is whose text is given.
func checkedRuntime(t testing.TB, text string) (*goja.Runtime, *Checks) {
	t.Helper()
	if err := Install(); err != nil {
		t.Fatal(err)
	}
	vm, c := goja.New(), &Checks{Max: DefaultMax, Depth: 100}
	if err := vm.GlobalObject().SetPrototype(vm.NewDynamicObject(holder{c})); err != nil {
		t.Fatal(err)
	}
	if err := c.CheckHidden(vm, HiddenIn(text)); err != nil {
		t.Fatal(err)
	}
	return vm, c
}

// everything goes from some values to all functions that can be reached from them.
const everything = `
const functions = [], seen = new Set();
const visit = (value, path) => {
	if (Object(value) !== value || seen.has(value)) return;
	seen.add(value);
	if (typeof value === "function") functions.push([path, value]);
	visit(Object.getPrototypeOf(value), path + ".__proto__");
	for (const key of Reflect.ownKeys(value)) {
		const p = Object.getOwnPropertyDescriptor(value, key), at = path + "." + String(key);
		visit(p.value, at);
		visit(p.get, at + " get");
		visit(p.set, at + " set");
	}
};
`

// harmless are those that call nothing that a page could choose, or cannot be given what they call by
// one another.
var harmless = map[string]bool{
	"error.__proto__.constructor": true,
	"boolean.toString":            true, "boolean.valueOf": true, "boolean.constructor": true,
}

// TestEachFunctionOfTheInterpreterCountsItsCalls goes through all that a page can reach, with and without
// the names that lead there.
func TestEachFunctionOfTheInterpreterCountsItsCalls(t *testing.T) {
	for name, from := range map[string]string{
		"globals":     `visit(globalThis, "globalThis")`,
		"expression":  `visit(/a/, "/a/")`,
		"async":       `visit((async () => { })(), "promise")`,
		"async then":  `visit((async () => { })().then(() => { }), "promise")`,
		"error":       `try { null.x } catch (e) { visit(e, "error") }`,
		"generator":   `function* g() { yield 1 } visit(g(), "generator")`,
		"arguments":   `(function () { visit(arguments, "arguments"); visit(arguments[Symbol.iterator](), "iterator") })()`,
		"array":       `visit([].values(), "iterator"); visit([][Symbol.iterator](), "iterator")`,
		"entries":     `visit([].entries(), "iterator")`,
		"string":      `visit("a"[Symbol.iterator](), "iterator"); visit("a".matchAll("a"), "iterator")`,
		"matchAll":    `visit(/a/g[Symbol.matchAll]("a"), "iterator")`,
		"typed array": `visit(new Uint8Array(1).keys(), "iterator")`,
		"map":         `visit(new Map().entries(), "iterator"); visit(new Map()[Symbol.iterator](), "iterator")`,
		"set":         `visit(new Set().values(), "iterator"); visit(new Set()[Symbol.iterator](), "iterator")`,
		"constructor": `visit((function* () { }).constructor, "constructor"); visit((async () => { }).constructor, "constructor")`,
		"bound":       `visit(parseInt.bind(), "bound"); visit(class { }.bind(), "bound")`,
		"primitives":  `for (const v of ["", 1, 1n, true, Symbol()]) visit(Object.getPrototypeOf(Object(v)), typeof v)`,
	} {
		t.Run(name, func(t *testing.T) {
			text := everything + from + "\nfunctions"
			vm, _ := checkedRuntime(t, from)
			v, err := vm.RunString(text)
			if err != nil {
				t.Fatal(err)
			}
			list := v.(*goja.Object)
			n := int(list.Get("length").ToInteger())
			if n == 0 {
				t.Error("there is no function")
			}
			for i := range n {
				pair := list.Get(vm.ToValue(i).String()).(*goja.Object)
				call, construct := inside.function(pair.Get("1").(*goja.Object))
				switch {
				case call == nil: // in JavaScript
				case harmless[pair.Get("0").String()]:
				case *call != nil && codeOf(*call) != inside.counted:
					t.Errorf("%s is not counted", pair.Get("0"))
				case *construct != nil && codeOf(*construct) != inside.countedNew:
					t.Errorf("new %s is not counted", pair.Get("0"))
				}
			}
		})
	}
}
