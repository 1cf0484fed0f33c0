package natives

import "github.com/dop251/goja"

// JSON.stringify takes the square of the depth for what is nested deep, and for what stands in itself
// many times over takes longer than anybody waits; and nothing interrupts it. But of each object it
// asks for toJSON, which next to none has, so that Object.prototype is asked, and what is above it:
// nothing, but while it runs this.

// asked is above Object.prototype while JSON.stringify runs.
type asked struct {
	times int
	code  goja.Callable // does nothing, which can be interrupted
}

// askedEvery is after how many objects it is looked whether the page is to end.
const askedEvery = 64

func (a *asked) Get(string) goja.Value {
	if a.times++; a.times%askedEvery == 0 {
		if _, err := a.code(goja.Undefined()); err != nil {
			panic(err)
		}
	}
	return nil
}

func (a *asked) Has(string) bool             { return false }
func (a *asked) Set(string, goja.Value) bool { return false }
func (a *asked) Delete(string) bool          { return true }
func (a *asked) Keys() []string              { return nil }

var nothing = goja.MustCompile("", "() => { }", true)

// json checks the functions of JSON.
func json(c *Checks, made goja.Value) {
	if o, ok := made.(*goja.Object); ok {
		members(map[string]before{"parse": parseJSON, "stringify": stringify})(c, made)
		if f, ok := o.Get("stringify").(*goja.Object); ok {
			c.askable(f)
		}
	}
}

// askable makes a native function one that can be interrupted at each object it asks for something
// that it has not.
func (c *Checks) askable(o *goja.Object) {
	f, _ := inside.function(o)
	if f == nil || *f == nil {
		return
	}
	original := *f
	*f = func(call goja.FunctionCall) goja.Value {
		if _, ok := call.Argument(0).(*goja.Object); !ok {
			return original(call)
		}
		above := c.aboveAll()
		if above == nil || *above != nil { // it is there already
			return original(call)
		}
		*above = c.asked
		defer func() { *above = nil }()
		return original(call)
	}
}

// aboveAll returns where what asks is to be, or nil.
func (c *Checks) aboveAll() **goja.Object {
	if c.top == nil {
		code, err := c.vm.RunProgram(nothing)
		if err != nil {
			panic(err)
		}
		a := &asked{}
		a.code, _ = goja.AssertFunction(code)
		c.asked = c.vm.NewDynamicObject(a)
		if err := c.asked.SetPrototype(nil); err != nil {
			panic(err)
		}
		c.top = c.vm.NewObject().Prototype()
	}
	return inside.above(c.top)
}
