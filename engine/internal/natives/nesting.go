package natives

import (
	"strings"

	"github.com/dop251/goja"
)

// Parsers go one level down for each bracket, each on the goroutine's stack, and a stack that is
// full ends the process. So whatever is to be parsed is looked through first.

// maxJSON is how deep arrays and objects may be nested in a text for JSON.parse.
const maxJSON = 5000

// jsonCost is about what an array or object takes, and a comma.
const (
	jsonNode  = 200
	jsonComma = 32
	jsonTimes = 4 // of Max
)

func parseJSON(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	s, call := c.toText(call, 0)
	if s == nil || s.Length() < maxJSON {
		return call
	}
	text := s.String()
	depth, deepest, nodes, commas := 0, 0, 0, 0
	quoted := false
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '[' || b == '{':
			depth++
			nodes++
			deepest = max(deepest, depth)
		case b == ']' || b == '}':
			depth--
		case b == ',':
			commas++
		}
	}
	if deepest > maxJSON {
		c.fail("JSON.parse: the text is nested %d deep, and %d is allowed", deepest, maxJSON)
	}
	if size := float64(nodes)*jsonNode + float64(commas)*jsonComma; size > jsonTimes*float64(c.Max) {
		c.fail("JSON.parse: %d arrays and objects and %d commas would take about %s, and %s is allowed (%s)", nodes, commas, bytes(size), bytes(jsonTimes*float64(c.Max)), raise)
	}
	return call
}

// source is for functions that are made of a text.
func source(what string) func(c *Checks, args []goja.Value) []goja.Value {
	return func(c *Checks, args []goja.Value) []goja.Value {
		call := goja.FunctionCall{Arguments: args}
		for i := range args {
			var s goja.String
			if s, call = c.toText(call, i); s != nil {
				c.source(what, s)
			}
		}
		return call.Arguments
	}
}

// evaluate is for eval; what is no string is returned by it as it is.
func evaluate(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	if s, ok := call.Argument(0).(goja.String); ok {
		c.source("eval", s)
	}
	return call
}

// source throws if a text is not to be compiled.
func (c *Checks) source(what string, s goja.String) {
	if s.Length() > maxSource {
		c.fail("%s: the text has %s, and %s is allowed", what, bytes(float64(s.Length())), bytes(maxSource))
	}
	if s.Length() < MaxNesting {
		return
	}
	if wrong := Nesting(s.String()); wrong != "" {
		c.fail("%s: %s", what, wrong)
	}
}

// maxSource is how long a text for eval, or for a regular expression, may be.
const maxSource = 1 << 20

// maxPattern is how deep groups may be nested in a regular expression.
const maxPattern = 500

// pattern is for RegExp.
func pattern(c *Checks, args []goja.Value) []goja.Value {
	if len(args) == 0 {
		return args
	}
	if _, ok := args[0].(*goja.Object); ok {
		return args // another regular expression
	}
	s, call := c.toText(goja.FunctionCall{Arguments: args}, 0)
	if s == nil {
		return call.Arguments
	}
	text := s.String()
	c.pattern(text)
	if flags, ok := call.Argument(1).(goja.String); ok && strings.Contains(flags.String(), "u") {
		spelled, unknown := SpellOut(text)
		if unknown != "" {
			c.unknownProperty(unknown)
		}
		if spelled != text {
			call.Arguments = []goja.Value{c.vm.ToValue(spelled), flags}
		}
	}
	return call.Arguments
}

// pattern throws if a regular expression is not to be compiled.
func (c *Checks) pattern(text string) {
	if len(text) < maxPattern {
		return
	}
	if len(text) > maxSource {
		c.fail("RegExp: the text has %s, and %s is allowed", bytes(float64(len(text))), bytes(maxSource))
	}
	if strings.Count(text, "(") <= maxPattern {
		return
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(':
			if depth++; depth > maxPattern {
				c.fail("RegExp: groups are nested more than %d deep", maxPattern)
			}
		case ')':
			depth--
		}
	}
}

func (c *Checks) unknownProperty(name string) {
	c.throw("SyntaxError", "RegExp: "+name+" is not known here: name a general category, such as L, a script, such as Script=Greek, or list the characters")
}
