package module

import (
	"sync"

	"github.com/dop251/goja"
)

// stateKey is the symbol under which an object of a built-in class keeps its Go side.
var stateKey = goja.NewSymbol("wizgy")

// A class is a class of JavaScript whose members are written in Go. What Go knows of an object is
// a T, which lies in the object behind a symbol, out of the page's reach.
type class[T goja.DynamicObject] struct {
	rt          *goja.Runtime
	name        string
	constructor *goja.Object
	prototype   *goja.Object
}

// classProgram makes a class: only those that the language makes insist on new.
var classProgram = sync.OnceValue(func() *goja.Program {
	return goja.MustCompile("wizgy:class",
		`(init => class { constructor(a, b) { init(this, a, b) } })`, true)
})

// newClass makes the class name without members. Its constructor has length required arguments
// of at most two, from which construct makes the Go side of a new object.
func newClass[T goja.DynamicObject](rt *goja.Runtime, name string, length int, construct func(a, b goja.Value) T) (*class[T], error) {
	v, err := rt.RunProgram(classProgram())
	if err != nil {
		return nil, err
	}
	makeClass, _ := goja.AssertFunction(v)
	init := func(call goja.FunctionCall) goja.Value {
		attach(rt, call.Argument(0).(*goja.Object), construct(call.Argument(1), call.Argument(2)))
		return goja.Undefined()
	}
	ctor, err := makeClass(goja.Undefined(), newFunction(rt, name, length, init))
	if err != nil {
		return nil, err
	}
	c := &class[T]{rt: rt, name: name, constructor: ctor.(*goja.Object)}
	c.prototype = c.constructor.Get("prototype").(*goja.Object)
	define(c.constructor, "name", rt.ToValue(name))
	define(c.constructor, "length", rt.ToValue(length))
	err = tag(c.prototype, rt.ToValue(name))
	return c, err
}

// method adds a method that needs length arguments.
func (c *class[T]) method(name string, length int, f func(t T, call goja.FunctionCall) goja.Value) *goja.Object {
	fn := newFunction(c.rt, name, length, func(call goja.FunctionCall) goja.Value {
		if len(call.Arguments) < length {
			throw(c.rt, "%s.%s: needs %s, got %d", c.name, name, count(int64(length), "argument", "arguments"), len(call.Arguments))
		}
		return f(c.of(call.This, name), call)
	})
	define(c.prototype, name, fn)
	return fn
}

// accessor adds a property that get reads and set, unless it is nil, writes.
func (c *class[T]) accessor(name string, get func(t T) goja.Value, set func(t T, v goja.Value)) {
	getter := newFunction(c.rt, "get "+name, 0, func(call goja.FunctionCall) goja.Value {
		return get(c.of(call.This, name))
	})
	var setter goja.Value = goja.Undefined()
	if set != nil {
		setter = newFunction(c.rt, "set "+name, 1, func(call goja.FunctionCall) goja.Value {
			set(c.of(call.This, name), call.Argument(0))
			return goja.Undefined()
		})
	}
	if err := c.prototype.DefineAccessorProperty(name, getter, setter, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
		panic(err)
	}
}

// static adds a function of the class itself.
func (c *class[T]) static(name string, length int, f native) {
	define(c.constructor, name, newFunction(c.rt, name, length, f))
}

// wrap makes an object of the class without its constructor.
func (c *class[T]) wrap(t T) *goja.Object {
	o := c.rt.CreateObject(c.prototype)
	attach(c.rt, o, t)
	return o
}

// of returns the Go side of v, the this of member.
func (c *class[T]) of(v goja.Value, member string) T {
	t, ok := goSideOf[T](v)
	if !ok {
		throw(c.rt, "%s.%s: called on what is no %s", c.name, member, c.name)
	}
	return t
}

// goSideOf returns the Go side of v, if v has a T for one.
func goSideOf[T any](v goja.Value) (t T, ok bool) {
	o, ok := v.(*goja.Object)
	if !ok {
		return t, false
	}
	state, ok := o.GetSymbol(stateKey).(*goja.Object)
	if !ok {
		return t, false
	}
	t, ok = state.Export().(T)
	return t, ok
}

// attach makes t the Go side of o.
func attach(rt *goja.Runtime, o *goja.Object, t goja.DynamicObject) {
	err := o.DefineDataPropertySymbol(stateKey, rt.NewDynamicObject(t), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
	if err != nil {
		panic(err)
	}
}

// opaque makes what it is embedded in a goja.DynamicObject that a page can hold, but neither look
// into nor change.
type opaque struct{}

func (opaque) Get(string) goja.Value       { return nil }
func (opaque) Set(string, goja.Value) bool { return false }
func (opaque) Has(string) bool             { return false }
func (opaque) Delete(string) bool          { return false }
func (opaque) Keys() []string              { return nil }
