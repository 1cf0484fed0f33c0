package natives

import (
	"reflect"
	"strings"

	"github.com/dop251/goja"
)

// Pages escape what they write, in strings that mostly have nothing to escape: five calls of
// replaceAll for each. The interpreter converts what is a string already, and makes a list of what
// it has found. So texts in which texts are replaced by texts have a way of their own.

// replaceText is for calls with strings alone, of which at most n are replaced; all if n is below 0.
func replaceText(n int) short {
	return func(c *Checks, call goja.FunctionCall) goja.Value {
		if len(call.Arguments) != 2 {
			return nil
		}
		s, _ := call.This.(goja.String)
		by, _ := call.Arguments[0].(goja.String)
		with, _ := call.Arguments[1].(goja.String)
		if s == nil || by == nil || with == nil {
			return nil
		}
		if lacks(s, by) {
			return s
		}
		if !isASCII(s) || !isASCII(by) || !isASCII(with) || by.Length() == 0 || strings.Contains(with.String(), "$") {
			return nil
		}
		text, old := s.String(), by.String()
		found := strings.Count(text, old)
		if n >= 0 {
			found = min(found, n)
		}
		length := len(text) + found*(with.Length()-len(old))
		if int64(length) > c.Max {
			return nil
		}
		// A string of Go's would have to be looked at again, each time that it is used.
		var b goja.StringBuilder
		b.Grow(length)
		rest := 0
		for range found {
			at := rest + strings.Index(text[rest:], old)
			b.WriteSubstring(s, rest, at)
			b.WriteString(with)
			rest = at + len(old)
		}
		b.WriteSubstring(s, rest, len(text))
		return b.String()
	}
}

// between is for replaceAll with an empty text, which stands between any two characters. In a string
// that is not of ASCII the interpreter finds it at the end without end; an empty expression it does
// not.
func between(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	by, ok := call.Argument(0).(goja.String)
	if !ok || by.Length() > 0 {
		return call
	}
	s, call := c.this(call)
	if s == nil || isASCII(s) {
		return call
	}
	expression, err := c.vm.RunProgram(emptyExpression)
	if err != nil {
		panic(err)
	}
	call.Arguments = append([]goja.Value{expression}, call.Arguments[1:]...)
	return call
}

var emptyExpression = goja.MustCompile("", "/(?:)/g", true)

// lacks reports whether it is seen at once that a text is not in another one.
func lacks(s, text goja.String) bool {
	if isASCII(s) && isASCII(text) {
		return !strings.Contains(s.String(), text.String())
	}
	if text.Length() != 1 {
		return false
	}
	char := text.CharAt(0)
	for i := range s.Length() {
		if s.CharAt(i) == char {
			return false
		}
	}
	return true
}

// isASCII reports whether the interpreter keeps a string as bytes, all of them below 128.
func isASCII(s goja.String) bool { return reflect.TypeOf(s) == inside.ascii }
