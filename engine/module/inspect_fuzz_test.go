package module

import (
	"strconv"
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// FuzzInspect builds values from bytes. However they are put together, describing them must not
// panic, not run what lies in them, and stay within its bounds; and it must say the same again.
func FuzzInspect(f *testing.F) {
	for _, seed := range []string{"", "a", "\x00\x01\x02\x03", "\x0b\x0c\x0d\x0e\x0f\x10\x11\x12", "\x20\x21\x22\x23\x24\x25\x26", strings.Repeat("\x07\x0b", 50)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rt := goja.New()
		src := (&valueBuilder{data: data}).program()
		v, err := rt.RunString(src)
		if err != nil {
			t.Skip(err)
		}
		if err := rt.Set("ran", 0); err != nil {
			t.Fatal(err)
		}
		got := Inspect(rt, v)
		if len(got) > maxInspect+len("…") || got == "" || strings.Contains(got, "unreadable") {
			t.Errorf("%s\n%d bytes: %s", src, len(got), cut(got, 500))
		}
		if again := Inspect(rt, v); again != got {
			t.Errorf("%s\nfirst %s\n then %s", src, cut(got, 500), cut(again, 500))
		}
		if n := rt.Get("ran").ToInteger(); n != 0 {
			t.Errorf("%s\nran code of the page %d times, for %s", src, n, cut(got, 500))
		}
	})
}

// valueBuilder writes a program that builds a value, by a choice for each byte.
type valueBuilder struct {
	data  []byte
	depth int
}

func (b *valueBuilder) next(n int) int {
	if len(b.data) == 0 {
		return 0
	}
	c := b.data[0]
	b.data = b.data[1:]
	return int(c) % n
}

func (b *valueBuilder) program() string {
	return `var ran = 0, made = [], hit = () => { ran++; throw 1 };
		var traps = new Proxy({}, {get: hit});
		var keep = v => { made.push(v); return v };
		var again = i => made.length ? made[i % made.length] : null;
		` + b.value()
}

// value writes an expression.
func (b *valueBuilder) value() string {
	if b.depth++; b.depth > 40 {
		b.data = nil
	}
	defer func() { b.depth-- }()
	s := b.shape()
	switch b.next(12) {
	case 1:
		return "keep(" + s + ")"
	case 2:
		return "Object.create(Object(" + s + "))"
	case 3:
		return "Object.setPrototypeOf(Object(" + s + "), Object(" + b.value() + "))"
	case 4:
		return "(o => { try { Object.defineProperty(o, " + b.name() + ", {get: hit, enumerable: true}) } catch {} return o })(Object(" + s + "))"
	case 5:
		return "(o => { try { Object.defineProperty(o, " + b.name() + ", {value: " + b.value() + "}) } catch {} return o })(Object(" + s + "))"
	case 6:
		return "(o => { try { o[" + b.name() + "] = o } catch {} return o })(Object(" + s + "))"
	}
	return s
}

func (b *valueBuilder) name() string {
	return []string{`"a"`, `"name"`, `"message"`, `"stack"`, `"length"`, `"constructor"`, `"0"`, `"__proto__"`, `"size"`,
		`Symbol.toStringTag`, `Symbol.iterator`, `Symbol()`, `"toString"`, `"cause"`, `"flags"`, `"prototype"`}[b.next(16)]
}

func (b *valueBuilder) shape() string {
	n := strconv.Itoa(b.next(256))
	switch b.next(32) {
	case 0:
		return []string{"1", "undefined", "null", "-0", "NaN", "true", "10n", "Symbol('s')"}[b.next(8)]
	case 1:
		return `"` + []string{"", "x", "'", "\\n", "\\uD800", "😀", "é"}[b.next(7)] + `".repeat(` + n + `)`
	case 2, 3, 4:
		return "[" + b.list() + "]"
	case 5, 6, 7:
		return "({a: " + b.value() + ", [" + b.name() + "]: " + b.value() + "})"
	case 8:
		return "new Map([[" + b.value() + ", " + b.value() + "]])"
	case 9:
		return "new Set([" + b.list() + "])"
	case 10:
		return "new Array(" + n + " ** 2)"
	case 11:
		return "new Proxy(Object(" + b.value() + "), traps)"
	case 12:
		return "Proxy.revocable(() => {}, {}).proxy"
	case 13:
		return "new (class A extends Error { get name() { hit() } })(" + n + ")"
	case 14:
		return "new TypeError(" + n + ", {cause: " + b.value() + "})"
	case 15:
		return "Object.assign(() => {}, {a: " + b.value() + "})"
	case 16:
		return "(class B { static s = " + b.value() + " })"
	case 17:
		return "new (class C { x = " + b.value() + " })"
	case 18:
		return "new Uint16Array(" + n + ")"
	case 19:
		return "new ArrayBuffer(" + n + ")"
	case 20:
		return "new Promise(r => r([" + b.value() + "]))"
	case 21:
		return "Object(" + []string{"1", "'s'", "true", "1n", "Symbol()"}[b.next(5)] + ")"
	case 22:
		return "/x/gi"
	case 23:
		return "new Date(" + n + " * 1e12)"
	case 24:
		return "(function () { return arguments })(" + b.list() + ")"
	case 25:
		return "Object.create(null)"
	case 26:
		return "again(" + n + ")"
	case 27:
		return "new DataView(new ArrayBuffer(" + n + "))"
	case 28:
		return "(function* () {})()"
	case 29:
		return "[[1, 2], , " + b.value() + "].values()"
	case 30:
		return "new WeakMap()"
	}
	return "new AggregateError([" + b.list() + "], '" + n + "')"
}

func (b *valueBuilder) list() string {
	items := make([]string, b.next(5))
	for i := range items {
		items[i] = b.value()
	}
	return strings.Join(items, ", ")
}
