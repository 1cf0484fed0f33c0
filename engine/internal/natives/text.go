package natives

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// strings_ are the methods of strings whose result may be many times longer.
var strings_ = table{
	"repeat":     method(repeat),
	"padStart":   method(pad("padStart")),
	"padEnd":     method(pad("padEnd")),
	"concat":     method(concatText),
	"split":      method(split),
	"replace":    either(replaceText(1), replace("replace")),
	"replaceAll": either(replaceText(-1), replaceAll),
	"match":      method(search(goja.SymMatch)),
	"matchAll":   method(search(goja.SymMatchAll)),
	"search":     method(search(goja.SymSearch)),
}

func repeat(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	s, call := c.this(call)
	if s == nil {
		return call
	}
	n, call := toNumber(call, 0)
	if n = math.Trunc(n); n > 0 && !math.IsInf(n, 0) && s.Length() > 0 {
		if n*float64(s.Length()) > float64(c.Max) {
			c.text(fmt.Sprintf("%s.repeat(%s)", quote(s), number(n)), n*float64(s.Length()))
		}
	}
	return call
}

func pad(name string) before {
	return func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
		s, call := c.this(call)
		if s == nil {
			return call
		}
		n, call := toNumber(call, 0)
		if n > float64(c.Max) && n > float64(s.Length()) {
			if fill, ok := call.Argument(1).(goja.String); ok && fill.Length() == 0 {
				return call
			}
			c.text(fmt.Sprintf("%s.%s(%s)", quote(s), name, number(n)), n)
		}
		return call
	}
}

func concatText(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	s, call := c.this(call)
	if s == nil {
		return call
	}
	total := float64(s.Length())
	for _, v := range call.Arguments {
		if part, ok := v.(goja.String); ok {
			total += float64(part.Length())
		}
	}
	if total > float64(c.Max) {
		c.text(quote(s)+".concat", total)
	}
	return call
}

// raw is String.raw, which asks how many pieces there are before it looks at them.
func raw(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	if o, ok := call.Argument(0).(*goja.Object); ok {
		if pieces, ok := o.Get("raw").(*goja.Object); ok {
			c.list("String.raw", lengthOf(pieces))
		}
	}
	return call
}

// split makes an array, which takes more room than the string does.
func split(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	s, ok := call.This.(goja.String)
	if !ok || int64(s.Length()) <= c.slots() {
		return call
	}
	limit := call.Argument(1)
	if !goja.IsUndefined(limit) && limit.ToNumber().ToFloat() <= float64(c.slots()) {
		return call
	}
	if by, ok := call.Argument(0).(goja.String); ok {
		parts := float64(s.Length())
		if by.Length() > 0 {
			parts = float64(strings.Count(s.String(), by.String())) + 1
		}
		c.list(quote(s)+".split", parts)
	}
	return call
}

// search is for the methods that make a regular expression of a text.
func search(symbol *goja.Symbol) before {
	return func(c *Checks, call goja.FunctionCall) goja.FunctionCall { return c.matched(call, symbol) }
}

// replace bounds what becomes of a string in which each piece is replaced by a long one.
func replace(name string) before {
	return func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
		s, ok := call.This.(goja.String)
		if !ok {
			return call
		}
		with, ok := call.Argument(1).(goja.String)
		if !ok {
			return call // a function is interrupted like any other code
		}
		length := float64(s.Length())
		each := float64(with.Length())
		if text := with.String(); strings.Contains(text, "$") {
			each += float64(strings.Count(text, "$")) * length // $& and the like
		}
		if length+(length+1)*each <= float64(c.Max) {
			return call
		}
		return c.replace(name, s, with, each, call)
	}
}

func replaceAll(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	return between(c, replace("replaceAll")(c, call))
}

// replace looks closer at a replacement that may be too long.
func (c *Checks) replace(name string, s, with goja.String, each float64, call goja.FunctionCall) goja.FunctionCall {
	what := quote(s) + "." + name
	if by, ok := call.Argument(0).(goja.String); ok {
		count := 1.0
		if name == "replaceAll" {
			count = float64(strings.Count(s.String(), by.String()))
		}
		c.text(what, float64(s.Length())+count*each)
		return call
	}
	if strings.Contains(with.String(), "$") {
		return call
	}
	total := float64(s.Length())
	counting := c.vm.ToValue(func(match goja.FunctionCall) goja.Value {
		total += float64(with.Length())
		if found, ok := match.Argument(0).(goja.String); ok {
			total -= float64(found.Length())
		}
		c.text(what, total)
		return with
	})
	call.Arguments = []goja.Value{call.Argument(0), counting}
	return call
}

// encode is for the functions that write a character as %E2%82%AC: three characters for each of
// its bytes. A few that stay what they are may be counted three times, or those that do not once.
func encode(name string) before {
	return func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
		s, call := c.toText(call, 0)
		if s == nil || float64(s.Length())*9 <= float64(c.Max) {
			return call
		}
		length := 0
		for _, r := range s.String() {
			if r == ' ' || r == '%' || r == '"' || r >= utf8.RuneSelf {
				length += 3 * len(string(r))
			} else {
				length++
			}
		}
		c.text(name, float64(length))
		return call
	}
}

// quote shows the beginning of a string.
func quote(s goja.String) string {
	if s.Length() > 20 {
		return fmt.Sprintf("%q…", s.Substring(0, 20).String())
	}
	return fmt.Sprintf("%q", s.String())
}
