package module

import (
	"unicode/utf8"

	"github.com/dop251/goja"
)

// textEncoder is a TextEncoder (Encoding Standard, 7.4), which has nothing to remember.
type textEncoder struct{ opaque }

// loadTextEncoder makes the class TextEncoder.
func loadTextEncoder(host Host) (goja.Value, error) {
	rt := host.Runtime()
	newBytes(host, nil) // takes hold of Uint8Array
	c, err := newClass(rt, "TextEncoder", 0, func(goja.Value, goja.Value) *textEncoder { return &textEncoder{} })
	if err != nil {
		return nil, err
	}
	c.accessor("encoding", func(*textEncoder) goja.Value { return rt.ToValue("utf-8") }, nil)
	c.method("encode", 0, func(_ *textEncoder, call goja.FunctionCall) goja.Value {
		if goja.IsUndefined(call.Argument(0)) {
			return newBytes(host, nil)
		}
		return newBytes(host, []byte(text(rt, call.Argument(0))))
	})
	c.method("encodeInto", 2, func(_ *textEncoder, call goja.FunctionCall) goja.Value {
		source := text(rt, call.Argument(0))
		rd := readerOf(host)
		dst, ok := bufferSource(rt, rd, call.Argument(1))
		if !ok || rd.typedArrayKind(call.Argument(1).(*goja.Object)) != "Uint8Array" {
			throw(rt, "TextEncoder.encodeInto: the second argument must be a Uint8Array, got %s", Inspect(rt, call.Argument(1)))
		}
		read, written := encodeInto(dst, source)
		result := rt.NewObject()
		for name, n := range map[string]int{"read": read, "written": written} {
			if err := result.Set(name, n); err != nil {
				panic(err)
			}
		}
		return result
	})
	return c.constructor, nil
}

// encodeInto copies the characters of source that fit into dst, and returns how many UTF-16
// units it read and how many bytes it wrote.
func encodeInto(dst []byte, source string) (read, written int) {
	for _, c := range source {
		n := utf8.RuneLen(c)
		if written+n > len(dst) {
			break
		}
		utf8.EncodeRune(dst[written:], c)
		written += n
		read++
		if c > 0xffff {
			read++
		}
	}
	return read, written
}
