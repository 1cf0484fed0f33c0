package natives

import (
	"regexp"
	"slices"
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

// leads has what in a program leads to a global that it need not name. Programs are as esbuild prints them.
var leads = map[string]func(program string) bool{
	"RegExp":  hasPattern,
	"Promise": regexp.MustCompile(`\b(async|then|finally|import)\b|Promise`).MatchString,
	"Error":   regexp.MustCompile(`\b(catch|then|reason)\b|Error`).MatchString,
}

var (
	generatorText = regexp.MustCompile(`\bfunction\s*\*|\byield\b|\*\s*["'\w$\[#]`)
	makerText     = regexp.MustCompile(`\b(eval|Function|constructor)\b`)
)

// Most programs have nothing of that, and to find out by a pattern takes a third of what it takes to compile a small
// one: so the words are looked for first.
var words = map[string][]string{
	"Promise": {"async", "then", "finally", "import", "Promise"},
	"Error":   {"catch", "then", "reason", "Error"},
}

// mayMatch reports whether it is worth while to look for what leads to a global.
func mayMatch(program, name string) bool {
	return words[name] == nil || hasAny(program, words[name]...)
}

func hasAny(program string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(program, w) })
}

// hasPattern reports whether a program may have a regular expression: a slash that is no division, and begins
// no comment.
func hasPattern(program string) bool {
	for at := 0; ; at += 2 {
		i := strings.IndexByte(program[at:], '/')
		if i < 0 || at+i+1 >= len(program) {
			return false
		}
		at += i
		next := program[at+1]
		if next != '/' && next != '*' && mayBegin(program[:at]) {
			return true
		}
	}
}

// mayBegin reports whether a regular expression may stand behind a text, where a division, the end of an
// element or a path in a string may be.
func mayBegin(before string) bool {
	text := strings.TrimRight(before, " \t")
	if text == "" {
		return true
	}
	switch last := text[len(text)-1]; {
	case last == '<': // of an element, unless it is followed by a space
		return len(text) < len(before)
	case strings.IndexByte(")]\"'`/", last) >= 0:
		return false
	case isWord(last):
		start := len(text)
		for start > 0 && isWord(text[start-1]) {
			start--
		}
		return slices.Contains(beforePattern, text[start:])
	}
	return true
}

// beforePattern has the words behind which no division stands.
var beforePattern = []string{"return", "typeof", "case", "do", "else", "in", "of", "void", "delete", "throw", "new",
	"instanceof", "yield", "await"}

func isWord(b byte) bool {
	return b == '_' || b == '$' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}

// HiddenIn returns what a program may use.
func HiddenIn(program string) Hidden {
	h := Hidden{generators: hasAny(program, "*", "yield") && generatorText.MatchString(program), arguments: strings.Contains(program, "arguments")}
	maker := hasAny(program, "eval", "Function", "constructor") && makerText.MatchString(program) // what it makes may have anything
	for name, lead := range leads {
		if maker || mayMatch(program, name) && lead(program) {
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
