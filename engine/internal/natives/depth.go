package natives

import (
	"math"
	"slices"
	"sync/atomic"

	"github.com/dop251/goja"
)

// The interpreter counts how deep calls are nested of functions that are written in JavaScript. Its
// built-ins call one another without being counted: an array whose join is its toString does so until
// the stack of the process is full, and nothing can recover from that. So each native function that a
// page can get hold of counts its calls too.

// Count has the calls counted of what a built-in module gives to a page.
func (c *Checks) Count(vm *goja.Runtime, v goja.Value) {
	c.of(vm)
	c.count(v)
}

// of notes which runtime the limits are of.
func (c *Checks) of(vm *goja.Runtime) {
	if c.vm == nil {
		c.vm, c.interrupted = vm, inside.interrupted(vm)
	}
}

// count has the calls of a native function counted, and of those that it has or that stand in a
// prototype of its. What is made from a table is left out: its functions are counted when they are made.
func (c *Checks) count(v goja.Value) { c.countAll(v, nil) }

func (c *Checks) countAll(v goja.Value, seen map[*goja.Object]bool) {
	o, ok := v.(*goja.Object)
	if !ok || o == nil || seen[o] {
		return
	}
	native := c.countCalls(o, false)
	names, symbol := inside.properties(o)
	if native && len(names) <= 2 && symbol == nil { // most have a length and a name
		return
	}
	if seen == nil {
		seen = map[*goja.Object]bool{}
	}
	seen[o] = true
	for name, made := range names {
		c.countParts(made, makesIterator[name.String()], seen)
	}
	for ; symbol != nil; symbol = symbol.next {
		c.countParts(symbol.value, symbol.key == goja.SymIterator || symbol.key == goja.SymMatchAll, seen)
	}
	c.countAll(o.Prototype(), seen)
}

// countParts is countAll for a property. What it makes may be iterators.
func (c *Checks) countParts(made goja.Value, iterators bool, seen map[*goja.Object]bool) {
	for _, part := range inside.parts(made) {
		if f, ok := part.(*goja.Object); ok && iterators {
			c.countCalls(f, true)
		}
		c.countAll(part, seen)
	}
}

// makesIterator has the names of functions whose results have a prototype that a page reaches only by
// way of them.
var makesIterator = map[string]bool{"keys": true, "values": true, "entries": true, "matchAll": true}

// countCalls has the calls of one function counted, if it is a native one, which it reports.
func (c *Checks) countCalls(o *goja.Object, iterators bool) bool {
	call, construct := inside.function(o)
	if call == nil {
		return false
	}
	if *call != nil && codeOf(*call) != inside.counted {
		*call = c.counted(*call, iterators)
	}
	if *construct != nil && codeOf(*construct) != inside.countedNew {
		*construct = c.countedNew(*construct)
	}
	return true
}

// counted is not to be inlined, so that all that it returns has the same code, by which it is known.
//
//go:noinline
func (c *Checks) counted(original nativeCall, iterators bool) nativeCall {
	if iterators {
		plain := original
		original = func(call goja.FunctionCall) goja.Value {
			v := plain(call)
			c.countIterator(v)
			return v
		}
	}
	return func(call goja.FunctionCall) goja.Value {
		c.enter()
		defer c.leave()
		v := original(call)
		if length := inside.length(v); int64(length) > c.Max {
			c.text("a string", float64(length))
		}
		return v
	}
}

//go:noinline
func (c *Checks) countedNew(original nativeMake) nativeMake {
	return func(args []goja.Value, newTarget *goja.Object) *goja.Object {
		c.enter()
		defer c.leave()
		return original(args, newTarget)
	}
}

// countIterator has the methods of an iterator counted, which are those of all of its kind.
func (c *Checks) countIterator(v goja.Value) {
	o, ok := v.(*goja.Object)
	if !ok {
		return
	}
	if kind := o.Prototype(); kind != nil && !slices.Contains(c.iterators, kind) {
		c.iterators = append(c.iterators, kind)
		c.count(kind)
	}
}

// maxBound is how many bound functions may stand behind one another. Their calls are counted, but each
// has a name that is longer by a word.
const maxBound = 1000

// bind has the calls of the functions that it makes counted.
func bind(c *Checks, made goja.Value) {
	f, _ := inside.function(made.(*goja.Object))
	original := *f
	*f = func(call goja.FunctionCall) goja.Value {
		behind, _ := call.This.(*goja.Object)
		for n := 0; behind != nil; n++ {
			if n == maxBound {
				c.fail("more than %d bound functions stand behind one another", maxBound)
			}
			behind = inside.boundTo(behind)
		}
		v := original(call)
		if o, ok := v.(*goja.Object); ok {
			c.countCalls(o, false)
		}
		return v
	}
}

// enter begins a call of a native function. One that is nested too deep ends as one of a function in
// JavaScript does: no code of the page gets to see that, which might try again at every level. And what
// is to end is ended here too: functions that call one another may go on for as long as they like.
func (c *Checks) enter() {
	if c.level >= c.Depth && c.Depth > 0 {
		c.overflow()
	}
	if atomic.LoadUint32(c.interrupted) != 0 {
		c.interrupt()
	}
	c.level++
}

func (c *Checks) leave() { c.level-- }

// overflow has the interpreter do what it does when calls are nested too deep.
func (c *Checks) overflow() {
	if c.overflows { // it asks the functions for their names
		panic(&goja.StackOverflowError{})
	}
	c.overflows = true
	defer func() { c.overflows = false }()
	defer c.vm.SetMaxCallStackSize(c.Depth)
	c.vm.SetMaxCallStackSize(math.MaxInt32)
	code, err := c.vm.RunProgram(nothing)
	if err != nil {
		panic(err)
	}
	f, _ := goja.AssertFunction(code)
	c.vm.SetMaxCallStackSize(-1)
	_, err = f(goja.Undefined())
	panic(err)
}

// interrupt ends a page that is to end.
func (c *Checks) interrupt() {
	if _, err := c.vm.RunProgram(nothing); err != nil {
		panic(err)
	}
}
