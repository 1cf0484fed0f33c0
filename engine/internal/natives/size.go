package natives

import (
	"reflect"

	"github.com/dop251/goja"
)

// One string may stand in many places, so that what a built-in function makes of them is far larger than
// what the page has. While it does that nothing looks at the page, and copying gigabytes holds up the
// collector of garbage, and with that everybody. So the sizes are added up first.

// sum adds up the sizes of what is to be put together.
type sum struct {
	c    *Checks
	what string // that does it
	size float64
}

// add throws if it is too much.
func (s *sum) add(size float64) {
	if s.size += size; s.size > float64(s.c.Max) {
		s.c.text(s.what, s.size)
	}
}

// textSize returns how long a value is that is a string, or an object that stands for one, and 0 for all
// others.
func textSize(v goja.Value) int {
	if n := inside.length(v); n > 0 {
		return n
	}
	switch v := v.(type) {
	case goja.String:
		return v.Length()
	case *goja.Object:
		if v.ClassName() == "String" {
			return int(v.Get("length").ToInteger())
		}
	}
	return 0
}

// concatText is for the concat of strings. What is no string yet is made one, once.
func concatText(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	s, call := c.this(call)
	if s == nil {
		return call
	}
	total := sum{c, quote(s) + ".concat", float64(s.Length())}
	for i := range call.Arguments {
		var part goja.String
		if part, call = c.toText(call, i); part != nil {
			total.add(float64(part.Length()))
		}
	}
	return call
}

// raw is for String.raw, which asks how many pieces there are before it looks at them.
func raw(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	template, ok := call.Argument(0).(*goja.Object)
	if !ok {
		return call
	}
	pieces, ok := template.Get("raw").(*goja.Object)
	if !ok {
		return call
	}
	length := lengthOf(pieces)
	c.list("String.raw", length)
	total := sum{c: c, what: "String.raw"}
	values, _, _ := inside.elements(pieces)
	for i := range int(length) {
		if i < len(values) {
			total.add(float64(textSize(values[i])))
		}
		if i+1 < int(length) && i+1 < len(call.Arguments) {
			total.add(float64(textSize(call.Arguments[i+1])))
		}
	}
	return call
}

// names is for functions that list or copy what an object has: a string has as much as it is long.
func names(what string) before {
	return func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
		for _, v := range call.Arguments {
			c.list(what, float64(textSize(v)))
			if o, ok := v.(*goja.Object); ok && isTyped(o) {
				c.length(what, lengthOf(o))
			}
		}
		return call
	}
}

var stringType = reflect.TypeFor[string]()
