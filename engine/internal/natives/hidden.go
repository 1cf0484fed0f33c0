package natives

import (
	"regexp"
	"strings"

	"github.com/dop251/goja"
)

// Some built-ins are there without being named: a regular expression has the methods of all of them,
// and what async functions return those of promises. Those of generators, and the constructors of such
// functions, have no name at all. A page that does not say what leads there need not have them made.

// Hidden says which of those a program may use.
type Hidden struct {
	globals    []string
	arguments  bool
	generators bool
	functions  bool // the constructors of functions that are async or generators
}

// beforePattern is what may stand before a regular expression, and not before a division, a comment or
// the end of an element.
const beforePattern = `(^|[^\s\w$)\]"'` + "`" + `/<]|<[ \t]|\n|\b(return|typeof|case|do|else|in|of|void|delete|throw|new|instanceof|yield|await))`

// leads has what in a program leads to a global that it need not name. Programs are as esbuild prints them.
var leads = map[string]*regexp.Regexp{
	"RegExp":  regexp.MustCompile(beforePattern + `[ \t]*/[^/*]`),
	"Promise": regexp.MustCompile(`\b(async|then|finally|import)\b|Promise`),
	"Error":   regexp.MustCompile(`\b(catch|then|reason)\b|Error`),
}

var (
	generatorText = regexp.MustCompile(`\bfunction\s*\*|\byield\b|\*\s*["'\w$\[#]`)
	makerText     = regexp.MustCompile(`\b(eval|Function|constructor)\b`)
)

// HiddenIn returns what a program may use.
func HiddenIn(program string) Hidden {
	h := Hidden{generators: generatorText.MatchString(program), arguments: strings.Contains(program, "arguments")}
	maker := makerText.MatchString(program) // what it makes may have anything
	for name, lead := range leads {
		if maker || lead.MatchString(program) {
			h.globals = append(h.globals, name)
		}
	}
	if maker {
		h.generators, h.arguments = true, true
		h.functions = strings.Contains(program, "async") || strings.Contains(program, "function*")
	}
	return h
}

var hidden = goja.MustCompile("", `[function* () { }, async () => { }]`, true)

// CheckHidden checks what a program may use of that, and counts its calls.
func (c *Checks) CheckHidden(vm *goja.Runtime, may Hidden) error {
	for _, name := range may.globals {
		vm.Get(name)
	}
	if may.arguments { // which have the iterator of arrays
		vm.NewArray().GetSymbol(goja.SymIterator)
	}
	if !may.generators && !may.functions {
		return nil
	}
	c.of(vm)
	made, err := vm.RunProgram(hidden)
	if err != nil {
		return err
	}
	list := made.(*goja.Object)
	generator, async := list.Get("0").(*goja.Object).Prototype(), list.Get("1").(*goja.Object).Prototype()
	if c.Max > 0 && may.functions {
		constructor(source("GeneratorFunction"), nil)(c, generator.Get("constructor"))
		constructor(source("AsyncFunction"), nil)(c, async.Get("constructor"))
	}
	c.count(generator)
	if may.functions {
		c.count(async)
	}
	return nil
}
