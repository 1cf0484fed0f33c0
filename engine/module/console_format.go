package module

import (
	"strings"
	"unicode/utf16"

	"github.com/dop251/goja"
)

// format writes args as console.log does: strings as they are, everything else inspected, with
// spaces between; a first argument that is a string may have formats such as %s, which take
// arguments (Console Standard, 2.2 "Formatter").
func format(in *inspector, args []goja.Value) string {
	if len(args) == 0 {
		return ""
	}
	first, ok := args[0].(goja.String)
	if !ok {
		return cut(item(in, args[0])+join(in, args[1:]), maxInspect)
	}
	text := item(in, first)
	if len(args) == 1 || strings.IndexByte(text, '%') < 0 {
		return cut(text+join(in, args[1:]), maxInspect)
	}
	var b strings.Builder
	args = args[1:]
	for {
		i := strings.IndexByte(text, '%')
		if i < 0 || i+1 == len(text) {
			break
		}
		b.WriteString(text[:i])
		verb := text[i+1]
		text = text[i+2:]
		switch {
		case verb == '%':
			b.WriteByte('%')
		case len(args) == 0 || strings.IndexByte("sdifjoOc", verb) < 0:
			b.WriteByte('%')
			b.WriteByte(verb)
		default:
			b.WriteString(formatted(in, verb, args[0]))
			args = args[1:]
		}
	}
	b.WriteString(text)
	return cut(b.String()+join(in, args), maxInspect)
}

// join writes args with a space before each.
func join(in *inspector, args []goja.Value) string {
	var b strings.Builder
	for _, v := range args {
		if in.left <= 0 {
			b.WriteString(" …")
			break
		}
		b.WriteByte(' ')
		b.WriteString(item(in, v))
	}
	return b.String()
}

// item writes v, one of the arguments of console.log.
func item(in *inspector, v goja.Value) string {
	s, ok := v.(goja.String)
	if !ok {
		return in.inspect(v, maxInspectDepth)
	}
	text, more := clipped(s, in.left)
	if n := fits(text, maxLogged-64); n < len(text) { // leaves room for saying so
		more += len(utf16.Encode([]rune(text[n:])))
		text = text[:n]
	}
	in.write(text)
	if more > 0 {
		text += "... " + count(int64(more), "more character", "more characters")
	}
	return text
}

// formatted writes v as the verb of a format asks.
func formatted(in *inspector, verb byte, v goja.Value) string {
	switch verb {
	case 's':
		if isObject(v) {
			return in.inspect(v, 0)
		}
		return item(in, v)
	case 'd', 'i', 'f':
		return numberText(in, verb, v)
	case 'j':
		return jsonText(in, v)
	case 'o':
		return in.inspect(v, 4)
	case 'O':
		return in.inspect(v, maxInspectDepth)
	}
	return "" // %c is for colours
}

// numberText writes v as a number, without asking an object for one.
func numberText(in *inspector, verb byte, v goja.Value) string {
	if _, symbol := v.(*goja.Symbol); symbol || isObject(v) {
		return "NaN"
	}
	if goja.IsBigInt(v) {
		return primitive(v)
	}
	switch verb {
	case 'i':
		v = in.reader().call("parseInt", goja.Undefined(), v)
	case 'f':
		v = in.reader().call("parseFloat", goja.Undefined(), v)
	default:
		v = v.ToNumber()
	}
	return primitive(v)
}
