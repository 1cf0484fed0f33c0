package natives

import (
	"strings"

	"github.com/dop251/goja"
)

// What can only be reached by way of a function is in no table, and each runtime makes its own: the
// methods of generators, and the constructors of functions that are async or generators. A page that
// does not name what leads there need not have them made.

// Hidden says which of those a program may use.
type Hidden struct {
	Delegates    bool // yield*
	Constructors bool // of functions that are async or generators
}

// HiddenIn returns what a program may use.
func HiddenIn(program string) Hidden {
	return Hidden{
		Delegates:    strings.Contains(program, "yield*"),
		Constructors: strings.Contains(program, "constructor") && (strings.Contains(program, "async") || strings.Contains(program, "function*")),
	}
}

var hidden = goja.MustCompile("", `[function* () { }, async () => { }]`, true)

// CheckHidden checks what a program may use of that. Calls by yield* are nested at most depth deep:
// the interpreter does not count them, and calls them one inside of the other.
func (c *Checks) CheckHidden(vm *goja.Runtime, may Hidden, depth int) error {
	if !may.Delegates && !may.Constructors {
		return nil
	}
	c.vm = vm
	made, err := vm.RunProgram(hidden)
	if err != nil {
		return err
	}
	list := made.(*goja.Object)
	generator, async := list.Get("0").(*goja.Object).Prototype(), list.Get("1").(*goja.Object).Prototype()
	if may.Delegates {
		next, ok := generator.Get("prototype").(*goja.Object).Get("next").(*goja.Object)
		if ok {
			c.nested(next, depth)
		}
	}
	if may.Constructors && c.Max > 0 {
		constructor(source("GeneratorFunction"), nil)(c, generator.Get("constructor"))
		constructor(source("AsyncFunction"), nil)(c, async.Get("constructor"))
	}
	return nil
}

// nested throws when a function is called inside of itself more than depth deep.
func (c *Checks) nested(o *goja.Object, depth int) {
	f, _ := inside.function(o)
	if f == nil || *f == nil {
		return
	}
	original, level := *f, 0
	*f = func(call goja.FunctionCall) goja.Value {
		if level >= depth {
			c.fail("the generators are nested more than %d deep by yield* (does one call itself without end?)", depth)
		}
		level++
		defer func() { level-- }()
		return original(call)
	}
}
