package leftover

import (
	"strings"
	"testing"

	"github.com/dop251/goja/parser"
)

func TestForgottenDeclarations(t *testing.T) {
	for code, want := range map[string]string{
		"function application(e) { visitor = e.x; return [visitor] }":                   "visitor",
		"const application = e => [n++, --m]":                                           "n m",
		"function f(l) { for (x of l) ; for (y in l) ; for (i = 0; i < 3; i++) ; }":     "x y i",
		"class A { m() { inMethod = 1 } static s() { return () => { inArrow += 1 } } }": "inMethod inArrow",
		"const o = { m() { a = 1 }, get b() { return c = 1 } }":                         "a c",
		"version = 1; function f() { return version }":                                  "",
		"version = 1; function f() { version = 2 }":                                     "version",
		"let a, [b] = c, {d, e: g} = h; function f() { a = b = d = g = 1 }":             "",
		"function f(a, {b}, [c], d = 1, ...e) { a = b = c = d = e = 1 }":                "",
		"function f() { f = 1; try {} catch (e) { e = 1 } }":                            "",
		"function f() { for (const x of a) { } for (let y in b) y = 1; x = 1 }":         "",
		"function f() { known = 1; a.b = 1; a[0] = 1; a.c++ }":                          "",
		"var f = function g() { g = 1 }; class A { m() { A = 1 } }":                     "",
		"function f() { user = 1; return page({ user }) }":                              "user",
		"function f() { later = 1 } var later":                                          "",
	} {
		p, err := parser.ParseFile(nil, "", code, 0)
		if err != nil {
			t.Fatal(err)
		}
		declared := Declared(p)
		var got []string
		for _, k := range Undeclared(p.Body, func(name string) bool { return name == "known" || declared[name] }) {
			got = append(got, k.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s\ngot %v; want %q", code, got, want)
		}
	}
}
