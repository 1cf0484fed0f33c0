package module

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// Bounds of what Inspect writes.
const (
	maxInspect       = 8 << 10 // bytes
	maxInspectItems  = 100     // of an array, Map, Set or object
	maxInspectString = 2000    // UTF-16 units of a string that lies in something
	maxInspectDepth  = 2       // levels below the outermost object
	maxName          = 128     // UTF-16 units of a name: of a class, a function, a property
)

// Inspect describes v, a value of rt, much as console.log of Node.js does: { a: 1, b: [ 1, 2 ] }.
// It runs no code of the page: no getter, no toString, no trap of a Proxy. It never panics, and
// whatever v is, it returns soon and at most about 8 KiB.
func Inspect(rt *goja.Runtime, v goja.Value) string {
	return newInspector(nil).inspect(v, maxInspectDepth)
}

// An inspector writes descriptions that are together at most about maxInspect bytes long.
type inspector struct {
	rd    *reader // made when first needed
	left  int     // how many bytes may still be written
	depth int     // how many levels are shown below the outermost object

	path     []*goja.Object       // the objects that are being described, outermost first
	circular map[*goja.Object]int // those of them that contain themselves, with a number each
	deepest  int                  // the level of the object that was begun last

	manyKeys    map[*goja.Object][]string       // of large objects that were met
	manySymbols map[*goja.Object][]*goja.Symbol // likewise
}

// newInspector returns an inspector that looks at objects through rd, or through a reader of its
// own if rd is nil.
func newInspector(rd *reader) *inspector {
	return &inspector{rd: rd, left: maxInspect - 1<<10} // the rest is for spaces and braces
}

// inspect describes v down to depth levels below it.
func (in *inspector) inspect(v goja.Value, depth int) (s string) {
	in.depth, in.path, in.circular = depth, nil, nil
	defer func() {
		// A broken object is no reason to lose the message that it was to appear in.
		if x := recover(); x != nil {
			s = "[unreadable]"
		}
		s = cut(s, maxInspect)
	}()
	return in.value(v, 0)
}

// reader returns the reader, which only objects need.
func (in *inspector) reader() *reader {
	if in.rd == nil {
		in.rd = newReader()
	}
	return in.rd
}

// value describes v, which lies level levels below the outermost object.
func (in *inspector) value(v goja.Value, level int) string {
	switch v := v.(type) {
	case *goja.Object:
		return in.object(v, level)
	case goja.String:
		return in.write(quote(clipped(v, min(maxInspectString, in.left))))
	}
	return in.write(primitive(v))
}

// write takes s off what may still be written.
func (in *inspector) write(s string) string {
	in.left -= len(s)
	return s
}

// primitive describes anything but an object or a string, as a program would write it.
func primitive(v goja.Value) string {
	switch {
	case v == nil:
		return "undefined"
	case goja.IsBigInt(v):
		if n := v.Export().(*big.Int); n.BitLen() > 4096 {
			return "[BigInt of " + strconv.Itoa(n.BitLen()) + " bits]"
		}
		return v.String() + "n"
	case goja.IsNumber(v) && v.ToFloat() == 0 && math.Signbit(v.ToFloat()):
		return "-0"
	}
	if sym, ok := v.(*goja.Symbol); ok {
		return "Symbol(" + cut(sym.String(), maxName) + ")"
	}
	return v.String()
}

// clipped returns the first limit UTF-16 units of s, and how many follow.
func clipped(s goja.String, limit int) (text string, more int) {
	limit = max(limit, 0)
	if n := s.Length(); n > limit {
		return s.Substring(0, limit).String(), n - limit
	}
	return s.String(), 0
}

// clip returns at most the first limit UTF-16 units of s.
func clip(s goja.String, limit int) string {
	text, more := clipped(s, limit)
	if more > 0 {
		text += "…"
	}
	return text
}

// cut returns at most about the first limit bytes of s.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

// quote writes text, which more UTF-16 units followed, as a string literal, in the quotes that
// need no escape if there are such.
func quote(text string, more int) string {
	q := byte('\'')
	if strings.IndexByte(text, q) >= 0 {
		if strings.IndexByte(text, '"') < 0 {
			q = '"'
		} else if strings.IndexByte(text, '`') < 0 && !strings.Contains(text, "${") {
			q = '`'
		}
	}
	var b strings.Builder
	b.WriteByte(q)
	for i := range len(text) {
		c := text[i]
		switch short := strings.IndexByte("\b\t\n\f\r", c); {
		case c == q || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case short >= 0:
			b.WriteByte('\\')
			b.WriteByte("btnfr"[short])
		case c < ' ' || c == 0x7f:
			b.WriteString(`\x`)
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte(q)
	if more > 0 {
		b.WriteString("... " + strconv.Itoa(more) + " more characters")
	}
	return b.String()
}
