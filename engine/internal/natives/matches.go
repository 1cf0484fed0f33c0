package natives

import "github.com/dop251/goja"

// The interpreter collects all that a regular expression finds in a string before it does anything with
// it, which takes a hundred times the room of the string. So a long string is looked at in parts first:
// there may be as many matches as an array may have elements.

// window is how many characters are looked at at a time.
const window = 1 << 20

// inParts adds up how much is found in the parts of a long string, and throws if it is too much.
func (c *Checks) inParts(what string, expression goja.Value, s goja.String, found func(part goja.String) float64) {
	o, ok := expression.(*goja.Object)
	if !ok || s.Length() <= window {
		return
	}
	last, total := o.Get("lastIndex"), 0.0
	for at := 0; at < s.Length(); at += window {
		if o.Set("lastIndex", 0) != nil {
			return
		}
		total += found(s.Substring(at, min(at+window, s.Length())))
		c.list(quote(s)+"."+what, total)
	}
	o.Set("lastIndex", last)
}

// listsMatches checks a method of regular expressions that makes an array of what is found.
func listsMatches(name string) touch {
	return func(c *Checks, made goja.Value) {
		f, _ := inside.function(made.(*goja.Object))
		original := *f
		*f = func(call goja.FunctionCall) goja.Value {
			s, call := c.toText(call, 0)
			if s != nil {
				c.inParts(name, call.This, s, func(part goja.String) float64 {
					v := original(goja.FunctionCall{This: call.This, Arguments: []goja.Value{part}})
					if o, ok := v.(*goja.Object); ok {
						return lengthOf(o)
					}
					return 0
				})
			}
			return original(call)
		}
	}
}
