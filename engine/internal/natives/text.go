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
	"normalize":  method(normalize),
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
