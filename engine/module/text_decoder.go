package module

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

// textDecoder is a TextDecoder (Encoding Standard, 7.2).
type textDecoder struct {
	opaque
	name             string // of the encoding, in lower case
	encoding         encoding.Encoding
	fatal, ignoreBOM bool

	// Of a stream that has begun:
	decoder transform.Transformer // nil before its first bytes
	pending []byte                // the begin of a character whose rest is still to come
	started bool                  // its first character, which may be a byte order mark, was seen
}

// loadTextDecoder makes the class TextDecoder.
func loadTextDecoder(host Host) (goja.Value, error) {
	rt := host.Runtime()
	c, err := newClass(rt, "TextDecoder", 0, func(label, options goja.Value) *textDecoder {
		d := &textDecoder{}
		name := "utf-8"
		if !goja.IsUndefined(label) {
			name = text(rt, label)
		}
		if d.name, d.encoding = encodingOf(name); d.encoding == nil {
			throwRange(rt, "TextDecoder: no such encoding: "+quote(cut(name, maxName), 0))
		}
		d.fatal, d.ignoreBOM = option(options, "fatal"), option(options, "ignoreBOM")
		return d
	})
	if err != nil {
		return nil, err
	}
	c.accessor("encoding", func(d *textDecoder) goja.Value { return rt.ToValue(d.name) }, nil)
	c.accessor("fatal", func(d *textDecoder) goja.Value { return rt.ToValue(d.fatal) }, nil)
	c.accessor("ignoreBOM", func(d *textDecoder) goja.Value { return rt.ToValue(d.ignoreBOM) }, nil)
	c.method("decode", 0, func(d *textDecoder, call goja.FunctionCall) goja.Value {
		var data []byte
		if v := call.Argument(0); !goja.IsUndefined(v) {
			var ok bool
			if data, ok = bufferSource(rt, readerOf(host), v); !ok {
				throw(rt, "TextDecoder.decode: the argument must be an ArrayBuffer, a typed array or a DataView, got %s", Inspect(rt, v))
			}
		}
		s, err := d.decode(data, option(call.Argument(1), "stream"))
		if err != nil {
			throw(rt, "TextDecoder.decode: the bytes are not valid %s", d.name)
		}
		return rt.ToValue(s)
	})
	return c.constructor, nil
}

// option reports whether options, an object or undefined, has name set.
func option(options goja.Value, name string) bool {
	o, ok := options.(*goja.Object)
	if !ok {
		return false
	}
	v := o.Get(name)
	return v != nil && v.ToBoolean()
}

// encodingOf finds an encoding by one of its labels (Encoding Standard, 4.2). It returns nil if
// there is none, or none that a page may have.
func encodingOf(label string) (name string, enc encoding.Encoding) {
	label = strings.Trim(label, "\t\n\f\r ")
	for i := range len(label) {
		if label[i] <= ' ' || label[i] >= utf8.RuneSelf {
			return "", nil
		}
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return "", nil
	}
	if name, err = htmlindex.Name(enc); err != nil || name == "replacement" {
		return "", nil
	}
	return name, enc
}

var errInvalid = errors.New("invalid bytes")

// decode returns the text of data. With more it keeps the begin of a character at the end of
// data for the next call.
func (d *textDecoder) decode(data []byte, more bool) (string, error) {
	if d.decoder == nil && !more && d.name == "utf-8" && utf8.Valid(data) {
		return d.withoutBOM(string(data)), nil
	}
	if d.decoder == nil {
		d.decoder = d.encoding.NewDecoder().Transformer
	}
	data = append(d.pending, data...)
	if !more {
		data = d.withoutOddByte(data)
	}
	out, n := transformAll(d.decoder, data, !more)
	if d.fatal && !d.isValid(data[:n], out) {
		d.reset()
		return "", errInvalid
	}
	d.pending = bytes.Clone(data[n:])
	s := string(out)
	if !d.started {
		d.started = s != ""
		s = d.withoutBOM(s)
	}
	if !more {
		d.reset()
	}
	return s, nil
}

func (d *textDecoder) reset() { d.decoder, d.pending, d.started = nil, nil, false }

// transformAll returns what t makes of data, and how much of data it used.
func transformAll(t transform.Transformer, data []byte, end bool) (out []byte, used int) {
	buf := make([]byte, 64+len(data)+len(data)/2)
	for {
		nDst, nSrc, err := t.Transform(buf, data[used:], end)
		out = append(out, buf[:nDst]...)
		used += nSrc
		if !errors.Is(err, transform.ErrShortDst) {
			return out, used
		}
	}
}

// isValid reports whether data has no errors in it, given the text out that was made of it.
func (d *textDecoder) isValid(data, out []byte) bool {
	switch d.name {
	case "utf-8":
		return utf8.Valid(data)
	case "utf-16le":
		return isUTF16(data, 0, 1)
	case "utf-16be":
		return isUTF16(data, 1, 0)
	}
	return !bytes.ContainsRune(out, utf8.RuneError)
}

// isUTF16 reports whether all surrogates in data are in pairs, given where in a unit its lower
// and its higher byte lie.
func isUTF16(data []byte, low, high int) bool {
	unit := func(i int) rune { return rune(data[i+low]) | rune(data[i+high])<<8 }
	for i := 0; i < len(data); i += 2 {
		if i+2 > len(data) {
			return false
		}
		if !utf16.IsSurrogate(unit(i)) {
			continue
		}
		if i+4 > len(data) || utf16.DecodeRune(unit(i), unit(i+2)) == utf8.RuneError {
			return false
		}
		i += 2
	}
	return true
}

// withoutOddByte cuts half of a unit behind half of a surrogate pair: they are one error, not two.
func (d *textDecoder) withoutOddByte(data []byte) []byte {
	n := len(data) - 1
	if n < 2 || n%2 != 0 || !strings.HasPrefix(d.name, "utf-16") {
		return data
	}
	high := data[n-1]
	if d.name == "utf-16be" {
		high = data[n-2]
	}
	if high&0xfc != 0xd8 || d.fatal {
		return data
	}
	return data[:n]
}

// withoutBOM cuts the byte order mark that the encodings of Unicode may begin with.
func (d *textDecoder) withoutBOM(s string) string {
	if d.ignoreBOM || !strings.HasPrefix(d.name, "utf-") {
		return s
	}
	return strings.TrimPrefix(s, "\ufeff")
}
