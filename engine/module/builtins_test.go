package module

import (
	"strings"
	"testing"

	"github.com/dop251/goja"
)

func TestBuiltinsHaveDistinctNames(t *testing.T) {
	seen := map[string]bool{}
	check := func(name string) {
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
	}
	for _, g := range Globals() {
		check(g.Name)
	}
	for _, m := range Builtins() {
		check(m.Name)
		if !strings.HasPrefix(m.Name, "wizgy:") {
			t.Errorf("the name of the module %s lacks the prefix", m.Name)
		}
	}
}

func TestGlobalsLoadInAnyOrder(t *testing.T) {
	globals := Globals()
	for i := range globals {
		h := &testHost{t: t, rt: goja.New(), ctx: t.Context(), state: map[any]any{}}
		for j := range globals {
			g := globals[(i+j)%len(globals)]
			if _, err := g.Load(h); err != nil {
				t.Fatalf("%s, after %d others: %v", g.Name, j, err)
			}
		}
	}
}

func TestGlobalsWorkAfterThePageTamperedWithPrototypes(t *testing.T) {
	h := newTestHost(t)
	const tamper = `
		for (const C of [Object, Array, Map, Set, String, RegExp, Promise, Function, Symbol, Date, Error])
			for (const of of [C, C.prototype])
				for (const name of Reflect.ownKeys(of))
					if (name !== "prototype" && name !== "constructor" && name !== "set" && name !== "add" && name !== Symbol.iterator)
						try { of[name] = () => { throw "tampered" } } catch {}
	`
	if got := h.eval("'use strict';" + tamper); strings.Contains(got, "Error") {
		t.Fatal(got)
	}
	for _, tt := range []evalCase{
		{"URL", `new URL("http://a/?b=c").searchParams.get("b")`, "c"},
		{"structuredClone", `structuredClone(new Map([[1, 2]])).size`, "1"},
		{"TextEncoder", `new TextEncoder().encode("a")[0]`, "97"},
		{"timer", `setTimeout(() => {})`, "1"},
		{"queueMicrotask", `queueMicrotask(() => {})`, "undefined"},
		{"JSX", `jsx.jsx("p", {children: ["a", 1]}).toString()`, "<p>a1</p>"},
		{"console", `console.log("%s", {a: [1]}, new Map([[1, 2]]), /x/g, new Date(0))`, "undefined"},
	} {
		if got := h.eval(tt.src); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	if want := "{ a: [Array] } Map(1) { 1 => 2 } /x/g 1970-01-01T00:00:00.000Z"; !strings.Contains(h.log.String(), want) {
		t.Errorf("log %s lacks %s", h.log.String(), want)
	}
}

// BenchmarkLoad is the cost of the first touch of each name in a new runtime.
func BenchmarkLoad(b *testing.B) {
	h := &testHost{t: b, ctx: b.Context()}
	fresh := func() Host {
		h.rt, h.state = goja.New(), map[any]any{}
		return h
	}
	for _, g := range Globals() {
		b.Run(g.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Load(fresh()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, m := range Builtins() {
		b.Run(m.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Load(fresh()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
