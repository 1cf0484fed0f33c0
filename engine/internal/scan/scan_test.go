package scan

import (
	"strings"
	"testing"
)

// nests are ways to stand in one another: what is repeated, what is in the middle, and what is repeated
// after it.
var nests = map[string][3]string{
	"parentheses": {"(", "1", ")"}, "arrays": {"[", "1", "]"}, "blocks": {"{", "", "}"}, "objects": {"({a:", "1", "})"},
	"if": {"if(1)", ";", ""}, "if lines": {"if (a)\n", ";", ""}, "if else": {"if(1);else ", ";", ""},
	"if block else": {"if (a) { b } else\n", ";", ""}, "if comma else": {"if(1)a,b;else ", ";", ""},
	"while": {"while(a)\n", ";", ""}, "for": {"for(;;)", ";", ""}, "for in": {"for(a in b)\n", ";", ""}, "for of": {"for (a of b) ", ";", ""},
	"with": {"with(a)", ";", ""}, "do": {"do ", ";", " while(1)\n"}, "do while else": {"if(1)do;while(1);else ", ";", ""},
	"do while no semicolon": {"if(1)do;while(1)else ", ";", ""}, "do if else": {"if(1)do if(1)a;else b;while(1);else ", ";", ""},
	"labels": {"a:", ";", ""}, "label lines": {"a:\n", ";", ""},
	"not": {"!", "1", ""}, "minus": {"- ", "1", ""}, "minus minus": {"- -", "1", ""}, "increment": {"++", "a", ""}, "new": {"new ", "a", ""}, "new lines": {"new\n", "a", ""},
	"typeof lines": {"typeof\n", "1", ""}, "await": {"await ", "1", ""}, "yield": {"yield ", "1", ""},
	"arrows": {"a=>", "1", ""}, "async arrows": {"async a => ", "1", ""}, "arrows in parameters": {"(a=", "1", ")=>1"},
	"plus": {"1+", "1", ""}, "plus lines": {"a +\n", "1", ""}, "less": {"1<", "1", ""}, "in": {"a in ", "b", ""}, "instanceof lines": {"a\ninstanceof\n", "b", ""},
	"and": {"a&&", "1", ""}, "power": {"a**", "1", ""}, "ternary": {"a?b:", "1", ""}, "ternary in the middle": {"a?", "1", ":b"},
	"ternary of objects": {"a?b:{}+\n", "1", ""}, "assignments": {"a=", "1", ""}, "objects added": {"{}\n+", "1", ""},
	"members": {"a.", "b", ""}, "calls": {"", "a", "()"}, "indexes": {"", "a", "[0]"}, "of lines": {"", "a", "\n[0]"}, "optional": {"", "a", "?.b"}, "tags": {"", "a", "``"},
	"templates": {"`${", "1", "}`"}, "templates with text": {"`'${", "1", "}`"}, "classes": {"class extends ", "a", "{}"}, "class lines": {"class\nextends\n", "a", "{}"},
	"functions": {"function f(){", "", "}"}, "methods": {"class a{b(){", "", "}}"}, "fields": {"(class{a=", "1", "})"}, "try": {"try{", "", "}finally{}"},
	"switch": {"switch(1){case 1:", "", "}"}, "spread": {"[...", "a", "]"}, "regexp after if": {"if(1)/'(/;else ", "1", ""},
	"regexp and strings": {"1</a/+", "1", ""}, "groups": {"/" + strings.Repeat("(", 600), "", ""},
	"keyword as name": {"a.if(1)/2+", "1", ""}, "regexp after await": {"await/'(/.a+", "1", ""}, "comment after yield": {"yield/1/*'*/+", "1", ""},
	"after a block": {"{}/'/+'/';", strings.Repeat("(", 1e5), ""}, "html comment": {"<!-- `\n", strings.Repeat("(", 1e5), ""},
	"bom": {"\ufeff/'/+", "1", ""}, "a line separator": {"a\u2028/'/+'/('\n;", strings.Repeat("(", 1e5), ""},
	"debugger": {"debugger\n/'/;", strings.Repeat("(", 1e5), ""}, "numbers": {"1./2+", "1", ""},
	"elements": {"<a>", "", "</a>"}, "fragments": {"<>", "", "</>"}, "elements with text": {"<a>;,'\"`//", "", "</a>"}, "element attributes": {"<a b=", "<c/>", "/>"},
	"elements in braces": {"<a>{", "", "}</a>"}, "elements with strings": {"<a b='>' c=\"/>\">", "", "</a>"}, "closed elements": {"<a/>+", "1", ""},
	"types": {"type T = A<0,", "1", ""}, "as": {"", "a", " as any"}, "as lines": {"", "a", "\nas any"}, "not null": {"", "a", "!"}, "keyof": {"type T = ", strings.Repeat("keyof\n", 1e5) + "A", ";"},
	"conditional types": {"type T = A extends B ? C : ", "1", ""}, "namespaces": {"namespace a", strings.Repeat(".b", 1e5), "{}"}, "angles": {"<a>", "1", ""},
	"two names": {"a b /'/;", strings.Repeat("(", 1e5), ""}, "a carriage return": {"//\r", strings.Repeat("(", 1e5), ""}, "a line separator in a comment": {"//\u2028", strings.Repeat("(", 1e5), ""},
	"an open string": {"'\r", strings.Repeat("(", 1e5), ""}, "an open template": {"1", "`" + strings.Repeat("(", 1e5), ""}, "an open comment": {"1;", "/*" + strings.Repeat("(", 1e5), ""}, "an open regexp": {"1;", "/" + strings.Repeat("(", 1e5), ""},
	"union": {"|", "A", ""}, "not null and divided": {"a!/2+", "1", ""},
}

// TestNestingIsSeenInEveryForm has texts that are nested 100,000 times, which would end the process.
func TestNestingIsSeenInEveryForm(t *testing.T) {
	elements := map[string]bool{"elements": true, "fragments": true, "elements with text": true, "element attributes": true,
		"elements in braces": true, "elements with strings": true, "closed elements": true}
	types := map[string]bool{"types": true, "as": true, "as lines": true, "not null": true, "keyof": true, "conditional types": true, "namespaces": true,
		"angles": true, "union": true, "not null and divided": true}
	for name, n := range nests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat(n[0], 1e5) + n[1] + strings.Repeat(n[2], 1e5)
			for _, d := range []Dialect{{}, {Types: true}, {Elements: true}, {Types: true, Elements: true}} {
				if elements[name] && !d.Elements || types[name] && !d.Types || name == "angles" && d.Elements {
					continue
				}
				if Text("x = 1;\n"+text, d).Wrong == "" {
					t.Errorf("%+v: nothing is seen", d)
				}
			}
		})
	}
}

// flatTexts are texts that look nested and are not.
var flatTexts = map[string]string{
	"statements": "if (a) b; else c;\n", "else if": "if (a) { b } else if (c) { d } else { e }\n", "no semicolons": "a = b + c\n", "loops": "while (a) { b }\n", "do": "do { a } while (b)\n",
	"do without blocks": "do a; while (b)\n", "functions": "function f(a = {}) { return a / 2 }\n", "arrows": "x = (a) => { return a }\n", "classes": "class A extends B { c = 1; d() { } }\n",
	"strings": `x = "((([[[" + '{{{';` + "\n", "comments": "// don't (((\n/* ((( ' */\n", "regexps": "x = /[/'\"(]/g.test(y) || /\\(/.exec(z);\n", "templates": "x = `((( ' ${a + `}`} \" {{{ `;\n",
	"labels": "a: for (;;) { break a }\n", "data": "x.push(-1, +2, !3, ~4);\n", "switch": "switch (a) { case 1: b; break; default: c }\n", "divisions": "x = (a) / b / c[0] / 2 / d;\n",
	"words as properties": "x.if(1) / 2; ({ if: 1, class: 2, function: 3 });\n", "continued strings": "x = 'a\\\r\nb(';\n", "regexps in conditions": "if (/'/.test(a)) /\"/.exec(b);\n",
}

// TestFlatTextIsNotNested has texts of many lines, as generated files have them.
func TestFlatTextIsNotNested(t *testing.T) {
	for name, line := range flatTexts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, d := range []Dialect{{}, {Types: true}, {Elements: true}, {Types: true, Elements: true}} {
				if wrong := Text(strings.Repeat(line, 30000), d).Wrong; wrong != "" {
					t.Errorf("%+v: %s", d, wrong)
				}
			}
		})
	}
	for name, line := range map[string]string{
		"elements": "x = <a b='c' {...d} e={f / 2}>don't ((( ; , {g}<br/><>h</></a>;\n", "attributes": "x = <a b=<c/> d=\"'\">//</a>;\n",
	} {
		if wrong := Text(strings.Repeat(line, 30000), Dialect{Elements: true, Types: true}).Wrong; wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
	}
	for name, line := range map[string]string{
		"types":    "const x: Map<string, Array<A<B>>> = new Map<string, Array<A<B>>>();\n",
		"generics": "const f = <T,>(a: T): T => a!;\nfunction g<T extends A<B>>(a: T, b?: C): a is D { return a! / 2 > 1 }\n",
		"enums":    "enum A { B = 1, C = 2 }\ninterface D { e: string\n f?: () => void }\n", "as": "x = a as any as B;\n",
	} {
		for _, elements := range []bool{false, true} {
			if wrong := Text(strings.Repeat(line, 30000), Dialect{Types: true, Elements: elements}).Wrong; wrong != "" {
				t.Errorf("%s: %s", name, wrong)
			}
		}
	}
}

// FuzzText looks for texts that the scan itself cannot stand.
func FuzzText(f *testing.F) {
	for _, n := range nests {
		f.Add(n[0]+n[0]+n[1]+n[2]+n[2], true, true)
	}
	for _, line := range flatTexts {
		f.Add(line, true, true)
	}
	f.Fuzz(func(t *testing.T, text string, types, elements bool) {
		f := Text(text, Dialect{Types: types, Elements: elements})
		f.HideMaps()
		f.SpellLast()
	})
}
