// Package natives checks what a page asks of the interpreter's built-in functions, where the
// answer could take the whole process with it: a string of a terabyte, an array with four
// billion holes, a text nested so deep that the stack ends. Such a call throws a RangeError that
// says what was asked, what is allowed and what to do. Everything else reaches the function as
// it is, and the functions stay what they were: the same objects, with the same properties.
//
// A check is put into a function when a runtime makes that function, which is when a page first
// touches it. A runtime that needs none of them pays nothing.
package natives

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// DefaultMax is the size of a single value, in bytes, where nothing else is said.
const DefaultMax = 64 << 20

// Unlimited is a size that nothing has. What does not depend on a size is checked all the same.
const Unlimited = 1 << 60

// Checks are the limits of one runtime. The zero value has none.
type Checks struct {
	// Max is how large one value may be, in bytes: a string (a byte a character), a buffer, and
	// an array (slot bytes an element). 0 checks nothing at all.
	Max int64

	// Depth is how deep calls of native functions may be nested. 0 is no limit.
	Depth int

	// Words, if it is not nil, returns what an error says that the interpreter makes by itself, by
	// its class and by what the interpreter would have it say; "" for that.
	Words func(class, message string) string

	// CalleePlace, if it is not nil, returns where in its program an error belongs that the interpreter makes
	// by itself, or -1 for where the interpreter would have it.
	CalleePlace func() int

	standIns [standIns]goja.Object

	// Watched tells that the page has put something on Object.prototype that may get to
	// see each object.
	Watched bool

	vm   *goja.Runtime
	done []*goja.Object // what is checked already

	parseDate nativeCall // Date.parse, if the page has touched Date

	level       int            // how deep calls of native functions are nested
	interrupted *uint32        // is not 0 when the page is to end
	overflows   bool           // the end of a page is being made for that
	joined      int            // how many Proxies got below an object in this request
	iterators   []*goja.Object // their prototypes, those whose functions are counted

	above      *goja.Object // Object.prototype; nil until something is defined
	top, asked *goja.Object // Object.prototype, and what is put above it; nil until JSON.stringify is called
}

// slot is what an element of an array takes.
const slot = 16

// Holder is what the prototype of a runtime's global object is, if the runtime is to be checked.
type Holder interface {
	// Natives returns the runtime's limits.
	Natives() *Checks
}

// Install puts the checks into the interpreter. Runtimes that have no Holder are not changed. An
// error says what this version of the interpreter lacks: then nothing is checked.
func Install() error { return install() }

// The tables that are changed are those of the process, so they are changed once.
var (
	inside  layout
	install = sync.OnceValue(func() error {
		vm := goja.New()
		if err := inside.find(vm); err != nil {
			return fmt.Errorf("look into the interpreter: %w", err)
		}
		if err := inside.installErrors(vm); err != nil {
			return fmt.Errorf("look into the interpreter: %w", err)
		}
		for path, checks := range checked() {
			if err := checks.install(holderAt(vm, path)); err != nil {
				return fmt.Errorf("look into the interpreter: %w", err)
			}
		}
		return nil
	})
)

// holderAt returns the object at a path, such as String.prototype.
func holderAt(vm *goja.Runtime, path string) *goja.Object {
	holder := vm.GlobalObject()
	for name := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '.' }) {
		holder = holder.Get(name).(*goja.Object)
	}
	return holder
}

// of returns the limits of a runtime, or nil.
func of(vm *goja.Runtime) *Checks {
	proto := vm.GlobalObject().Prototype()
	if proto == nil {
		return nil
	}
	h, ok := proto.Export().(Holder)
	if !ok {
		return nil
	}
	c := h.Natives()
	if c.Max <= 0 {
		return nil
	}
	c.of(vm)
	return c
}

// before looks at a call of a built-in, and returns the call that is to be made: the same, or one
// in which what had to be converted is converted.
type before func(c *Checks, call goja.FunctionCall) goja.FunctionCall

// table says what is done to the properties of one built-in object.
type table map[string]touch

// touch is done when a runtime has made a property.
type touch func(c *Checks, made goja.Value)

// install makes the factories of an object's properties touch what they have made, and have its calls
// counted.
func (t table) install(holder *goja.Object) error {
	made, err := inside.template(holder)
	if err != nil {
		return err
	}
	for name := range t {
		if name != iterator && made.strings[unistring.NewFromString(name)] == nil {
			return fmt.Errorf("%s has no %s", holder.ClassName(), name)
		}
	}
	for name, original := range made.strings {
		made.strings[name] = touched(original, t[name.String()], makesIterator[name.String()])
	}
	for symbol, original := range made.symbols {
		is := symbol == goja.SymIterator
		made.symbols[symbol] = touched(original, map[bool]touch{true: t[iterator]}[is], is)
	}
	made.replace(made.strings, made.symbols)
	return nil
}

// iterator stands for Symbol.iterator in a table.
const iterator = "@@iterator"

func touched(original propFactory, touch touch, iterators bool) propFactory {
	return func(vm *goja.Runtime) goja.Value {
		v := original(vm)
		c := of(vm)
		if c == nil {
			return v
		}
		if touch != nil {
			touch(c, inside.item(v))
		}
		c.countParts(v, iterators, nil)
		return v
	}
}

// first reports whether an object is met for the first time: some have two names.
func (c *Checks) first(o *goja.Object) bool {
	if slices.Contains(c.done, o) {
		return false
	}
	c.done = append(c.done, o)
	return true
}

// method checks the calls of a function.
func method(check before) touch {
	return func(c *Checks, made goja.Value) {
		o, ok := made.(*goja.Object)
		if !ok || !c.first(o) {
			return
		}
		c.method(o, check)
	}
}

func (c *Checks) method(o *goja.Object, check before) {
	if f, _ := inside.function(o); f != nil && *f != nil {
		original := *f
		*f = func(call goja.FunctionCall) goja.Value { return original(check(c, call)) }
	}
}

// short is a way to the answer of a built-in that is shorter than the built-in's own. It returns
// nil where it knows none; where it knows one, nothing else is checked.
type short func(c *Checks, call goja.FunctionCall) goja.Value

// either is method for a function that has a short way.
func either(short short, check before) touch {
	return func(c *Checks, made goja.Value) {
		o, ok := made.(*goja.Object)
		if !ok || !c.first(o) {
			return
		}
		if check != nil {
			c.method(o, check)
		}
		if f, _ := inside.function(o); f != nil && *f != nil {
			checked := *f
			*f = func(call goja.FunctionCall) goja.Value {
				if v := short(c, call); v != nil {
					return v
				}
				return checked(call)
			}
		}
	}
}

// members checks the functions that an object has, and leaves the object as it is.
func members(of map[string]before) touch {
	return func(c *Checks, made goja.Value) {
		o, ok := made.(*goja.Object)
		if !ok || !c.first(o) {
			return
		}
		for name, check := range of {
			if f, ok := o.Get(name).(*goja.Object); ok {
				c.method(f, check)
			}
		}
	}
}

// constructor checks calls of a function with and without new, and the functions that it has.
func constructor(check func(c *Checks, args []goja.Value) []goja.Value, of map[string]before) touch {
	own := members(of)
	return func(c *Checks, made goja.Value) {
		o, ok := made.(*goja.Object)
		if !ok || slices.Contains(c.done, o) {
			return
		}
		own(c, made)
		f, construct := inside.function(o)
		if construct != nil && *construct != nil {
			original := *construct
			*construct = func(args []goja.Value, newTarget *goja.Object) *goja.Object {
				return original(check(c, args), newTarget)
			}
		}
		if f != nil && *f != nil {
			original := *f
			*f = func(call goja.FunctionCall) goja.Value {
				call.Arguments = check(c, call.Arguments)
				return original(call)
			}
		}
	}
}

// Fail throws a RangeError.
func (c *Checks) fail(format string, args ...any) {
	c.throw("RangeError", fmt.Sprintf(format, args...))
}

func (c *Checks) throw(class, message string) {
	words := c.Words // has nothing to say about a message that is no message of the interpreter
	c.Words = nil
	defer func() { c.Words = words }()
	made, err := c.vm.New(c.vm.Get(class), c.vm.ToValue(message))
	if err != nil { // the page has put something else in its place
		panic(c.vm.NewTypeError("%s", message))
	}
	panic(made)
}

// slots is how many elements an array may have.
func (c *Checks) slots() int64 { return c.Max / slot }

// raise says how a limit is raised.
const raise = "ask for less, or raise --max-value"

// text throws if a string would be too long. what was called is part of the message.
func (c *Checks) text(what string, length float64) {
	if length > float64(c.Max) {
		c.fail("%s would be %s: a string may have %s (%s)", what, bytes(length), bytes(float64(c.Max)), raise)
	}
}

// list throws if an array would be too long.
func (c *Checks) list(what string, length float64) {
	if length > float64(c.slots()) {
		c.fail("%s would have %s elements: an array may have %d (%s)", what, number(length), c.slots(), raise)
	}
}

// bytes writes a size as people do.
func bytes(n float64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"}
	i := 0
	for n >= 1024 && i < len(units)-1 {
		n, i = n/1024, i+1
	}
	return fmt.Sprintf("%.4g %s", n, units[i])
}

func number(n float64) string {
	if math.Abs(n) < 1e21 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%g", n)
}
