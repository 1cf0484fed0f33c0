package natives

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"

	"wizgy/engine/internal/mend"
	"wizgy/engine/internal/scan"
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

// functionHeads is how the text of a function begins that is made of texts, as the interpreter puts it
// together.
var functionHeads = map[string]string{
	"Function": "(function anonymous(", "GeneratorFunction": "(function* anonymous(", "AsyncFunction": "(async function anonymous(",
}

// functionBody is what stands between its parameters and its body.
const functionBody = "\n) {\n"

// source is for functions that are made of texts.
func source(what string) func(c *Checks, args []goja.Value) []goja.Value {
	return func(c *Checks, args []goja.Value) []goja.Value {
		if len(args) == 0 {
			return args
		}
		call := goja.FunctionCall{Arguments: args}
		parts := make([]string, len(args))
		for i := range args {
			var s goja.String
			if s, call = c.toText(call, i); s == nil {
				return call.Arguments
			}
			c.sourceSize(what, s)
			parts[i] = s.String()
		}
		params := strings.Join(parts[:len(parts)-1], ",")
		head := functionHeads[what] + params + functionBody
		text := head + parts[len(parts)-1] + "\n})"
		done := c.source(what, text)
		if done == text {
			return call.Arguments
		}
		done = strings.TrimSuffix(strings.TrimPrefix(done, functionHeads[what]), "\n})")
		params, body, ok := cutAfter(done, functionBody, strings.Count(params, functionBody))
		if !ok {
			return call.Arguments
		}
		return []goja.Value{c.vm.ToValue(params), c.vm.ToValue(body)}
	}
}

// cutAfter is strings.Cut at a separator that comes after some others.
func cutAfter(text, sep string, others int) (before, after string, ok bool) {
	at := 0
	for range others {
		i := strings.Index(text[at:], sep)
		if i < 0 {
			return "", "", false
		}
		at += i + len(sep)
	}
	before, after, ok = strings.Cut(text[at:], sep)
	return text[:at] + before, after, ok
}

// evaluate is for eval; what is no string is returned by it as it is.
func evaluate(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	s, ok := call.Argument(0).(goja.String)
	if !ok {
		return call
	}
	c.sourceSize("eval", s)
	text := s.String()
	if done := c.source("eval", text); done != text {
		call.Arguments = []goja.Value{c.vm.ToValue(done)}
	}
	return call
}

func (c *Checks) sourceSize(what string, s goja.String) {
	if s.Length() > maxSource {
		c.fail("%s: the text has %s, and %s is allowed", what, bytes(float64(s.Length())), bytes(maxSource))
	}
}

// source throws if a text is not to be compiled. It returns the text as the interpreter is to have it.
func (c *Checks) source(what, text string) string {
	found := scan.Text(text, scan.Dialect{})
	if found.Wrong != "" {
		c.fail("%s: %s", what, found.Wrong)
	}
	if strings.ContainsRune(text, utf8.RuneError) { // it may have been something else
		return text
	}
	return mend.Source(found)
}

// maxSource is how long a text for eval, or for a regular expression, may be.
const maxSource = 1 << 20

// regExp is for RegExp, and for the method compile, which does the same.
func regExp(c *Checks, made goja.Value) {
	constructor(pattern, nil)(c, made)
	o, _ := made.(*goja.Object)
	if proto, ok := o.Get("prototype").(*goja.Object); ok {
		if compile, ok := proto.Get("compile").(*goja.Object); ok && c.first(compile) {
			c.method(compile, func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
				call.Arguments = pattern(c, call.Arguments)
				return call
			})
		}
	}
}

// pattern is for RegExp.
func pattern(c *Checks, args []goja.Value) []goja.Value {
	if len(args) == 0 {
		return args
	}
	args = c.patternOf(args)
	if _, ok := args[0].(*goja.Object); ok {
		return args
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

// patternOf returns the arguments of RegExp with a text in place of an object, unless that is a regular
// expression, which is compiled already. What only says that it is one has a source.
func (c *Checks) patternOf(args []goja.Value) []goja.Value {
	o, ok := args[0].(*goja.Object)
	if !ok || o.ClassName() == "RegExp" {
		return args
	}
	args = slices.Clone(args)
	match := o.GetSymbol(goja.SymMatch)
	if match == nil || !match.ToBoolean() {
		args[0] = o.ToString()
		return args
	}
	args[0] = textOf(o.Get("source"))
	if len(args) < 2 || goja.IsUndefined(args[1]) {
		args = append(args[:1], textOf(o.Get("flags")))
	}
	return args
}

func textOf(v goja.Value) goja.Value {
	if v == nil {
		v = goja.Undefined()
	}
	return v.ToString()
}

// matched is for the methods of strings that make a regular expression of what is none.
func (c *Checks) matched(call goja.FunctionCall, symbol *goja.Symbol) goja.FunctionCall {
	if len(call.Arguments) == 0 {
		return call
	}
	if o, ok := call.Arguments[0].(*goja.Object); ok {
		if o.ClassName() == "RegExp" {
			return call
		}
		if own := o.GetSymbol(symbol); own != nil && !goja.IsUndefined(own) && !goja.IsNull(own) {
			return call
		}
		call.Arguments = slices.Clone(call.Arguments)
		call.Arguments[0] = o.ToString()
	}
	if text, ok := call.Arguments[0].(goja.String); ok {
		c.pattern(text.String())
	}
	return call
}

// pattern throws if a regular expression is not to be compiled.
func (c *Checks) pattern(text string) {
	if len(text) < scan.MaxGroups {
		return
	}
	if len(text) > maxSource {
		c.fail("RegExp: the text has %s, and %s is allowed", bytes(float64(len(text))), bytes(maxSource))
	}
	if scan.GroupsDeep(text) {
		c.fail("RegExp: groups are nested more than %d deep", scan.MaxGroups)
	}
}

func (c *Checks) unknownProperty(name string) {
	c.throw("SyntaxError", "RegExp: "+name+" is not known here: name a general category, such as L, a script, such as Script=Greek, or list the characters")
}
