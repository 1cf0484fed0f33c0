package module

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/dop251/goja"
	"golang.org/x/net/html"
)

// h is what the cases call: h(type, properties, ...children).
const jsxPrelude = `
	var {jsx: one, jsxs: many, Fragment} = jsx;
	var h = (type, props, ...children) =>
		children.length > 1 ? many(type, {...props, children}) : children.length ? one(type, {...props, children: children[0]}) : one(type, props ?? {});
`

func TestJSX(t *testing.T) {
	for _, tt := range []evalCase{
		{"element", `h("p", {id: "a"}, "x")`, `<p id="a">x</p>`},
		{"empty element", `h("p")`, `<p></p>`},
		{"children", `h("ul", null, h("li", null, 1), h("li", null, "b"))`, `<ul><li>1</li><li>b</li></ul>`},
		{"what shows nothing", `h("p", null, null, undefined, true, false, "", [])`, `<p></p>`},
		{"numbers", `h("p", null, 0, -1.5, 10n, NaN)`, `<p>0-1.510NaN</p>`},
		{"text is escaped", `h("p", null, "<b> & \"q\" 'a'")`, `<p>&lt;b&gt; &amp; "q" 'a'</p>`},
		{"text in other scripts", `h("p", null, "é€😀<", "\ud800")`, "<p>é€😀&lt;\ufffd</p>"},
		{"lists in lists", `h("p", null, [1, [2, [h("b"), new Set([3, 4])]], (function* () { yield 5 })()])`, `<p>12<b></b>345</p>`},
		{"list with holes", `h("p", null, [1, , 2])`, `<p>12</p>`},
		{"fragment", `h(Fragment, null, 1, h("b"), "<")`, `1<b></b>&lt;`},
		{"void elements", `h("p", null, h("br"), h("img", {src: "a"}), h("input", {children: null}))`, `<p><br><img src="a"><input></p>`},
		{"document", `h("html", {lang: "en"}, h("body"))`, `<!DOCTYPE html><html lang="en"><body></body></html>`},
		{"names of elements", `h("my-element.x:y_1", null)`, `<my-element.x:y_1></my-element.x:y_1>`},
		{"key", `one("p", {ref: 1}, "k")`, `<p></p>`},
		{"jsxDEV", `jsx.jsxDEV("p", {children: "x"}, undefined, false, {}, this)`, `<p>x</p>`},
		{"line end after the tag", `h(Fragment, null, h("pre", null, "\nx"), h("textarea", null, "y"))`, "<pre>\n\nx</pre><textarea>y</textarea>"},

		{"attributes", `h("p", {id: 1, title: "a&<>\"'", "data-x": "", lang: undefined, dir: null})`, `<p id="1" title="a&amp;&lt;&gt;&quot;'" data-x=""></p>`},
		{"names from JavaScript", `h("label", {className: "a b", htmlFor: "c"})`, `<label class="a b" for="c"></label>`},
		{"names of HTML", `h("meta", {httpEquiv: "x", "http-equiv": "y", acceptCharset: "z", tabIndex: 1})`, `<meta http-equiv="x" http-equiv="y" accept-charset="z" tabIndex="1">`},
		{"true and false", `h("input", {disabled: true, checked: false, hidden: ""})`, `<input disabled hidden="">`},
		{"true and false in words", `h("p", {"aria-hidden": false, "data-on": true, contentEditable: false, draggable: true})`, `<p aria-hidden="false" data-on="true" contentEditable="false" draggable="true"></p>`},
		{"values with a text", `h("a", {href: new URL("http://a/?b&c"), rel: ["x", "y"]})`, `<a href="http://a/?b&amp;c" rel="x,y"></a>`},
		{"names of libraries", `h("p", {"@click": "a", ":class": "b", "x-on:click.prevent": "c", "hx-get": "d", "v-slot#x[y]": "e"})`,
			`<p @click="a" :class="b" x-on:click.prevent="c" hx-get="d" v-slot#x[y]="e"></p>`},
		{"style", `h("p", {style: {backgroundColor: "red", "--my-x": 1, marginTop: 3, lineHeight: 2, width: 0, WebkitLineClamp: 2, msFlex: 1, color: null, top: "", content: '"a"', flex: true}})`,
			`<p style="background-color:red;--my-x:1;margin-top:3px;line-height:2;width:0;-webkit-line-clamp:2;-ms-flex:1px;content:&quot;a&quot;"></p>`},
		{"style as text", `h("p", {style: "color: red"})`, `<p style="color: red"></p>`},

		{"inner HTML", `h("p", {dangerouslySetInnerHTML: {__html: "<b>&</b>"}})`, `<p><b>&</b></p>`},
		{"inner HTML that is missing", `h("p", {dangerouslySetInnerHTML: null})` + `+` + `h("p", {dangerouslySetInnerHTML: {__html: null}})`, `<p></p><p></p>`},
		{"inner HTML that is HTML", `h("p", {dangerouslySetInnerHTML: {__html: h("b")}})`, `<p><b></b></p>`},

		{"script", `h("script", null, "if (a < b && c) x = \"</script><!--<SCRIPT\";")`, `<script>if (a < b && c) x = "\u003c/script>\u003c!--\u003cSCRIPT";</script>`},
		{"script of parts", `h("script", {type: "module"}, "x = ", JSON.stringify({a: "</script>"}), ";")`, `<script type="module">x = {"a":"\u003c/script>"};</script>`},
		{"style sheet", `h("style", null, "a > b { content: \"</style>\" }")`, `<style>a > b { content: "\3c /style>" }</style>`},

		{"component", `var A = ({n, children}) => h("b", {id: n}, children); h(A, {n: 1}, "x", "<")`, `<b id="1">x&lt;</b>`},
		{"component without properties", `h(props => h("i", null, typeof props), null)`, `<i>object</i>`},
		{"component that returns text", `h(() => "<", null)`, `&lt;`},
		{"component that returns a list", `h(() => [1, h("b"), null], null)`, `1<b></b>`},
		{"component that returns nothing", `h("p", null, h(() => null), h(() => undefined), h(() => false))`, `<p></p>`},
		{"component of components", `var A = p => h("a", null, p.children), B = p => h(A, null, h("b", null, p.children)); h(B, null, 1)`, `<a><b>1</b></a>`},
		{"component that makes elements while others are written", `h("p", {get title() { return h("i") + "" }}, (function* () { yield h("a"); yield h("b", null, h("c")) })())`,
			`<p title="&lt;i&gt;&lt;/i&gt;"><a></a><b><c></c></b></p>`},
		{"element as a value", `h("p", {title: h("b")})`, `<p title="&lt;b&gt;&lt;/b&gt;"></p>`},

		{"iteration", `[...h("p")].length + " " + [...h("p")][0]`, `1 <p></p>`},
		{"text", `"" + h("p") + String(h("b")) + h("i").toString()`, `<p></p><b></b><i></i>`},
		{"JSON", `JSON.stringify({x: h("p")})`, `{"x":"<p></p>"}`},
		{"class", `Object.prototype.toString.call(h("p"))`, `[object HTML]`},
		{"it does not change", `var p = h("p"); p.x = 1; p.toString = () => "no"; delete p.toString; [p, p.x, Object.keys(p).length].join()`, `<p></p>,,0`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Helper()
			if got := newTestHost(t).eval(jsxPrelude + tt.src); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

func TestJSXRefuses(t *testing.T) {
	for _, tt := range []evalCase{
		{"promises", `h("p", null, Promise.resolve(1))`, "TypeError: jsx: a child is a Promise: await it before it is used, {await f()}"},
		{"promises in lists", `h("p", null, [[1, Promise.resolve(1)]])`, "TypeError: jsx: a child is a Promise: await it before it is used, {await f()}"},
		{"promises of libraries", `h("p", null, {then() {}})`, "TypeError: jsx: a child is a Promise: await it before it is used, {await f()}"},
		{"promises as values", `h("p", {title: Promise.resolve(1)})`, "TypeError: jsx: title of <p> is a Promise: await it first"},
		{"components that are async", `h(async function A() {})`, "TypeError: jsx: [AsyncFunction: A] is async: await it before it is used, {await f(props)}"},
		{"components that are classes", `h(class A {})`, "TypeError: jsx: [class A] is a class: a component must be a function that returns elements"},
		{"components that are missing", `h(undefined)`, "TypeError: jsx: undefined is no element: a component must be imported, and exported under that name"},
		{"components that are objects", `h({a: 1})`, "TypeError: jsx: { a: 1 } is no element: a component must be a function"},
		{"components that throw", `h(() => { throw new RangeError("no") })`, "RangeError: no"},
		{"objects", `h("p", null, {a: 1})`, "TypeError: jsx: an object cannot be shown, make text of it: { a: 1 }"},
		{"dates", `h("p", null, new Date(0))`, "TypeError: jsx: an object cannot be shown, make text of it: 1970-01-01T00:00:00.000Z"},
		{"functions", `h("p", null, function f() {})`, "TypeError: jsx: a child is the function [Function: f]: call it, {f()}"},
		{"symbols", `h("p", null, Symbol("x"))`, "TypeError: jsx: Symbol(x) cannot be shown"},
		{"symbols as values", `h("p", {id: Symbol("x")})`, "TypeError: jsx: Symbol(x) cannot be the value of id, in <p>"},
		{"functions as values", `h("p", {onClick: () => 1})`, "TypeError: jsx: onClick of <p> is a function, which HTML cannot hold: pass the text of a script"},
		{"children of void elements", `h("br", null, "x")`, "TypeError: jsx: <br> cannot have children"},
		{"inner HTML of void elements", `h("br", {dangerouslySetInnerHTML: {__html: ""}})`, "TypeError: jsx: <br> cannot have children"},
		{"children and inner HTML", `h("p", {dangerouslySetInnerHTML: {__html: "x"}}, "y")`, "TypeError: jsx: <p> has both children and dangerouslySetInnerHTML"},
		{"inner HTML of another form", `h("p", {dangerouslySetInnerHTML: "x"})`, "TypeError: jsx: dangerouslySetInnerHTML of <p> must be {__html: …}, got 'x'"},
		{"circles of children", `var a = []; a.push(a); h("p", null, a)`, "TypeError: jsx: lists of children are nested too deep"},
		{"names of style", `h("p", {style: {"a;b": 1}})`, "TypeError: jsx: 'a;b' is no name of a property of style, in <p>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := newTestHost(t).eval(jsxPrelude + tt.src); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
	h := newTestHost(t)
	h.eval(jsxPrelude)
	for _, name := range []string{"", "p x", "p>", "1p", "-p", "p/", "p\n", "p\x00", "p\x10", "p\x19", "<p", "!--", "?x", "é", "p\"", "p\u00a0"} {
		h.set("name", name)
		if got := h.eval(`h(name)`); !strings.HasPrefix(got, "TypeError: jsx: ") || !strings.HasSuffix(got, "is no name of an element") {
			t.Errorf("element %q: %s", name, got)
		}
	}
	for _, name := range []string{"", "a b", "a=b", "a>", "a/", "a\"", "a'", "a<", "a\n", "a\x00", "a`", "a\u0085", "\ufffd"} {
		h.set("name", name)
		if got := h.eval(`h("p", {[name]: null})`); !strings.HasPrefix(got, "TypeError: jsx: ") || !strings.HasSuffix(got, "is no name of an attribute, in <p>") {
			t.Errorf("attribute %q: %s", name, got)
		}
	}
}

func TestJSXErrorInStrictCode(t *testing.T) {
	got := newTestHost(t).eval(jsxPrelude + `(() => { "use strict"; h("p").x = 1 })()`)
	if !strings.HasPrefix(got, "TypeError: ") {
		t.Errorf("got %s", got)
	}
}

// TestJSXIsLinear: neither what is nested nor what is long may cost the square of its size.
func TestJSXIsLinear(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		size      int
	}{
		{"deep", `let p = ""; for (let i = 0; i < 50_000; i++) p = one("p", {children: p}); return p.toString().length`, 50_000 * 7},
		{"deep and long", `const s = "x".repeat(10_000); let p = ""; for (let i = 0; i < 2_000; i++) p = many("p", {children: [s, p]}); return p.toString().length`, 2_000 * 10_007},
		{"long text", `return one("p", {children: "<".repeat(500_000)}).toString().length`, 500_000*4 + 7},
		{"long value", `return one("p", {title: "\"".repeat(500_000)}).toString().length`, 500_000*6 + 16},
		{"many", `return many("p", {children: Array(50_000).fill(one("b", {}))}).toString().length`, 50_000*7 + 7},
		{"the same often", `const s = one("p", {children: "x".repeat(10_000)}); return many("p", {children: Array(500).fill(s)}).toString().length`, 500*10_007 + 7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fastest := time.Hour
			for tries := 0; tries < 5 && fastest > 5*time.Second; tries++ { // the machine may be busy
				start := time.Now()
				h := newTestHost(t)
				h.eval(jsxPrelude)
				v, err := h.rt.RunString("(() => { " + tt.src + " })()")
				if err != nil {
					t.Fatal(err)
				}
				if got := int(v.ToInteger()); got != tt.size {
					t.Errorf("%d bytes, want %d", got, tt.size)
				}
				fastest = min(fastest, time.Since(start))
			}
			if fastest > 5*time.Second {
				t.Errorf("it took %v", fastest)
			}
		})
	}
}

// FuzzJSX: whatever text a page puts into elements, a parser of HTML finds that text there, and
// nothing else.
func FuzzJSX(f *testing.F) {
	for _, seed := range []string{"x", "<script>", "\"><b>", "&amp;", "]]>", "<!--", "\x00", "é\ufffd", "'`=", "\n\r"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		if strings.ContainsAny(text+value, "\x00\r") || !utf8.ValidString(text) || !utf8.ValidString(value) {
			t.Skip("parsers change these")
		}
		h := newTestHost(t)
		h.set("text", text)
		h.set("value", value)
		got := h.eval(jsxPrelude + `h("div", {title: value, "data-x": value}, text, h("b", null, [text]))`)
		nodes, err := html.ParseFragment(strings.NewReader(got), nil)
		if err != nil {
			t.Fatal(err)
		}
		var tags, found []string
		var walk func(*html.Node)
		walk = func(n *html.Node) {
			switch n.Type {
			case html.ElementNode:
				tags = append(tags, n.Data)
				for _, a := range n.Attr {
					found = append(found, a.Val)
				}
			case html.TextNode:
				found = append(found, n.Data)
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c)
			}
		}
		for _, n := range nodes {
			walk(n)
		}
		var want []string
		for _, s := range []string{value, value, text, text} {
			if s != "" || len(want) < 2 {
				want = append(want, s)
			}
		}
		if strings.Join(tags, " ") != "html head body div b" || strings.Join(found, "\x00") != strings.Join(want, "\x00") {
			t.Errorf("%q, %q became %s: %q, %q", text, value, got, tags, found)
		}
	})
}

func BenchmarkJSX(b *testing.B) {
	h := newTestHost(b)
	h.eval(`
		var {jsx, jsxs} = jsx;
		var rows = Array.from({length: 100}, (_, i) => ({id: i, name: "name <" + i + ">", mail: "m" + i + "@example.com"}));
		var row = r => jsxs("tr", {children: [
			jsx("td", {children: r.id}),
			jsx("td", {children: r.name}),
			jsx("td", {children: jsx("a", {href: "mailto:" + r.mail, children: r.mail})}),
		]}, r.id);
		function page() { return jsx("table", {className: "t", children: jsx("tbody", {children: rows.map(row)})}).toString() }
	`)
	page, _ := goja.AssertFunction(h.rt.Get("page"))
	b.Run("100 rows", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v, err := page(goja.Undefined())
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(v.String())))
		}
	})
	b.Run("escape", func(b *testing.B) {
		text := strings.Repeat("some text with <few> & seldom \"marks\" in it, as text is; ", 1000)
		var buf []byte
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			buf = appendEscaped(buf[:0], text, true)
		}
	})
}
