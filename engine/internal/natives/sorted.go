package natives

import (
	"slices"

	"github.com/dop251/goja"
)

// sort is for Array.prototype.sort. It sorts a copy, as ECMA-262 has it (SortIndexedProperties): a
// function that compares may change the array, and the interpreter would look for elements that are not
// there any more.
func sort(c *Checks, made goja.Value) {
	method(visit("sort"))(c, made)
	o, ok := made.(*goja.Object)
	if !ok {
		return
	}
	f, _ := inside.function(o)
	if f == nil || *f == nil {
		return
	}
	original := *f
	*f = func(call goja.FunctionCall) goja.Value {
		if _, compares := goja.AssertFunction(call.Argument(0)); compares {
			if o, ok := call.This.(*goja.Object); ok && c.sortCopy(o, call, original) {
				return o
			}
		}
		return original(call)
	}
}

// sortCopy sorts an array that has all its elements, and is false for what is none.
func (c *Checks) sortCopy(o *goja.Object, call goja.FunctionCall, original nativeCall) bool {
	values, length, ok := inside.elements(o)
	if !ok || int(length) != len(values) || slices.Contains(values, nil) {
		return false
	}
	items := make([]any, len(values))
	for i, v := range values {
		items[i] = v
	}
	list := c.vm.NewArray(items...)
	original(goja.FunctionCall{This: list, Arguments: call.Arguments})
	done, _, _ := inside.elements(list)
	if now, length, ok := inside.elements(o); ok && int(length) == len(done) && len(now) == len(done) && !slices.Contains(now, nil) {
		copy(now, done)
		return true
	}
	for i, v := range done {
		if err := o.Set(number(float64(i)), v); err != nil {
			panic(err)
		}
	}
	return true
}
