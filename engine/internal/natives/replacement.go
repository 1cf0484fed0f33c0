package natives

import (
	"strings"

	"github.com/dop251/goja"
)

// What replaces each piece of a string may be long, and with $` and $' in it as long as the string.

// replacement says what stands for a match.
type replacement struct {
	text                      int // what is there as it is, or nearly so
	matches, around, captures int // how often the match, what stands around it, and a part of it
}

// replacementOf reads a replacement (ECMA-262, GetSubstitution).
func replacementOf(with goja.String) replacement {
	r := replacement{text: with.Length()}
	parts := strings.Split(with.String(), "$")
	for i := 1; i < len(parts); i++ {
		switch next := parts[i]; {
		case next == "": // of $$, or the end
			i++
		case next[0] == '&':
			r.matches++
		case next[0] == '`' || next[0] == '\'':
			r.around++
		case next[0] == '<' || next[0] >= '0' && next[0] <= '9':
			r.captures++
		}
	}
	return r
}

// size is how long what stands for a match may be, in a string of a length.
func (r replacement) size(match, capture, length int) float64 {
	return float64(r.text) + float64(r.matches)*float64(match) + float64(r.captures)*float64(max(match, capture)) +
		float64(r.around)*float64(length-match)
}

// most is how long a string of a length may become at most: matches do not overlap, and nor does what is
// captured, unless the expression looks around.
func (r replacement) most(length int, looksAround bool) float64 {
	n, within, beyond := float64(length), r.matches+r.captures, r.around
	if looksAround {
		within, beyond = r.matches, r.around+r.captures
	}
	return n + (n+1)*float64(r.text) + n*float64(within) + n*(n+1)*float64(beyond)
}

// looksAround reports whether what an expression captures may lie outside of what it matches.
func looksAround(expression goja.Value, r replacement) bool {
	o, ok := expression.(*goja.Object)
	if !ok || r.captures == 0 {
		return false
	}
	source, ok := o.Get("source").(goja.String)
	return !ok || strings.Contains(source.String(), "(?")
}

// replace is for strings in which strings are replaced; where it is a regular expression that is, its own
// method does it.
func replace(name string) before {
	return func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
		s, ok := call.This.(goja.String)
		if !ok {
			return call
		}
		by, isText := call.Argument(0).(goja.String)
		with, isToo := call.Argument(1).(goja.String)
		// What a function returns for each is asked for when there is a list of all that were found.
		if isText && !isToo && name == "replaceAll" && int64(s.Length()) > c.slots() {
			c.list(quote(s)+".replaceAll", float64(strings.Count(s.String(), by.String())))
		}
		if !isText || !isToo {
			return call
		}
		each := replacementOf(with).size(by.Length(), 0, s.Length())
		if float64(s.Length())+float64(s.Length()+1)*each <= float64(c.Max) {
			return call
		}
		count := 1
		if name == "replaceAll" {
			count = strings.Count(s.String(), by.String())
			c.list(quote(s)+".replaceAll", float64(count))
		}
		c.text(quote(s)+"."+name, float64(s.Length())+float64(count)*(each-float64(by.Length())))
		return call
	}
}

func replaceAll(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	return between(c, replace("replaceAll")(c, call))
}

// replaceMatches is for the method of regular expressions that replaces what they match.
func replaceMatches(c *Checks, made goja.Value) {
	f, _ := inside.function(made.(*goja.Object))
	original := *f
	*f = func(call goja.FunctionCall) goja.Value {
		s, call := c.toText(call, 0)
		if s == nil || len(call.Arguments) < 2 {
			return original(call)
		}
		none := c.vm.ToValue("")
		c.inParts("replace", call.This, s, func(part goja.String) (found float64) {
			counting := func(goja.FunctionCall) goja.Value {
				found++
				return none
			}
			original(goja.FunctionCall{This: call.This, Arguments: []goja.Value{part, c.vm.ToValue(counting)}})
			return found
		})
		switch with := call.Arguments[1].(type) {
		case goja.String:
			if r := replacementOf(with); r.most(s.Length(), looksAround(call.This, r)) > float64(c.Max) {
				c.countMatches(original, call, s, r)
			}
		case *goja.Object:
			if g, _ := inside.function(with); g != nil && *g != nil { // any other is interrupted like any code
				args := append([]goja.Value(nil), call.Arguments...)
				args[1] = c.adding(s, *g)
				call.Arguments = args
			}
		}
		return original(call)
	}
}

// countMatches goes through all matches before anything is replaced, and throws if that would be too much.
func (c *Checks) countMatches(original nativeCall, call goja.FunctionCall, s goja.String, r replacement) {
	expression, ok := call.This.(*goja.Object)
	if !ok {
		return
	}
	total := sum{c, quote(s) + ".replace", float64(s.Length())}
	none := c.vm.ToValue("")
	counting := func(match goja.FunctionCall) goja.Value {
		found, longest := textSize(match.Argument(0)), 0
		for _, capture := range match.Arguments[1:] {
			if capture != nil && capture.ExportType() == stringType && !goja.IsUndefined(capture) {
				if n := textSize(capture); n < s.Length() { // the last one is s itself
					longest = max(longest, n)
				}
			}
		}
		total.add(r.size(found, longest, s.Length()) - float64(found))
		return none
	}
	last := expression.Get("lastIndex")
	original(goja.FunctionCall{This: expression, Arguments: []goja.Value{s, c.vm.ToValue(counting)}})
	if err := expression.Set("lastIndex", last); err != nil {
		panic(err)
	}
}

// adding returns a function that adds up what another one returns.
func (c *Checks) adding(s goja.String, f nativeCall) goja.Value {
	total := sum{c, quote(s) + ".replace", float64(s.Length())}
	return c.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		v := f(call)
		total.add(float64(textSize(v)))
		return v
	})
}
