package natives

import (
	"math"
	"reflect"

	"github.com/dop251/goja"
)

// arrays are the methods of arrays that visit each element, or each hole, in one step of the
// interpreter. An array that has its elements is as long as it was made; what is refused is a
// length that is only a number.
func arrays() table {
	t := table{
		"concat": method(concatLists), "flat": either(flat, nil), "join": method(join), "toString": method(join), "toLocaleString": method(join),
		"values": method(visit("values")), iterator: method(visit("values")),
		"constructor": constructor(arrayLength, map[string]before{"from": arrayFrom}),
	}
	for _, name := range []string{"copyWithin", "every", "fill", "filter", "find", "findIndex", "findLast",
		"findLastIndex", "flatMap", "forEach", "includes", "indexOf", "lastIndexOf", "map", "reduce", "reduceRight",
		"reverse", "shift", "slice", "some", "splice", "unshift", "with", "toReversed",
		"toSorted", "toSpliced"} {
		t[name] = method(visit(name))
	}
	t["sort"] = sort
	return t
}

// visit is for methods that go through the whole length.
func visit(name string) before {
	return func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
		if o, ok := call.This.(*goja.Object); ok {
			c.visit("Array.prototype."+name, o)
		}
		return call
	}
}

// visit throws if an object says that it is longer than an array may be, and has not got the
// elements.
func (c *Checks) visit(what string, o *goja.Object) {
	if values, length, ok := inside.elements(o); ok {
		if int64(length) <= c.slots() || len(values) >= int(length) {
			return
		}
		c.length(what, float64(length))
	}
	if o.ClassName() == "Array" || o.ExportType() == plainObject || isTyped(o) {
		c.length(what, lengthOf(o))
	}
}

var plainObject = reflect.TypeFor[map[string]any]()

// length throws if an array or what resembles one is too long to be gone through.
func (c *Checks) length(what string, length float64) {
	if length > float64(c.slots()) {
		c.fail("%s: the length is %s, and an array may have %d elements (%s)", what, number(length), c.slots(), raise)
	}
}

// lengthOf returns the length that an object says it has.
func lengthOf(o *goja.Object) float64 {
	v := o.Get("length")
	if v == nil {
		return 0
	}
	if o, ok := v.(*goja.Object); ok {
		v = o.ToNumber() // and the function does so again: what is converted cannot be put in its place
	}
	if _, ok := v.(*goja.Symbol); ok || isBigInt(v) {
		return 0 // the function itself throws
	}
	n := v.ToFloat()
	if math.IsNaN(n) {
		return 0
	}
	return n
}

func isBigInt(v goja.Value) bool { return v.ExportType() == bigInt }

// arrayLength is for Array(n).
func arrayLength(c *Checks, args []goja.Value) []goja.Value {
	if len(args) == 1 {
		if n, ok := plainNumber(args[0]); ok && n > float64(c.slots()) && n < 1<<32 {
			c.list("new Array("+number(n)+")", n)
		}
	}
	return args
}

// plainNumber returns the number that a value is.
func plainNumber(v goja.Value) (float64, bool) {
	if v == nil || v.ExportType() == nil {
		return 0, false
	}
	switch v.ExportType().Kind() {
	case reflect.Int64, reflect.Float64:
		return v.ToFloat(), true
	}
	return 0, false
}

func arrayFrom(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	switch v := call.Argument(0).(type) {
	case goja.String:
		c.list("Array.from", float64(v.Length()))
	case *goja.Object:
		c.visit("Array.from", v)
	}
	return call
}

// concatLists adds up what is put together.
func concatLists(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	total := 0.0
	add := func(v goja.Value) {
		if o, ok := v.(*goja.Object); ok && spreads(o) {
			c.visit("Array.prototype.concat", o)
			total += lengthOf(o)
		}
	}
	add(call.This)
	for _, v := range call.Arguments {
		add(v)
	}
	c.list("Array.prototype.concat", total)
	return call
}

// spreads reports whether concat takes an object's elements, and not the object.
func spreads(o *goja.Object) bool {
	if o.ClassName() == "Array" {
		return true
	}
	if o.ExportType() != plainObject && !isTyped(o) {
		return false
	}
	own := o.GetSymbol(goja.SymIsConcatSpreadable)
	return own != nil && own.ToBoolean()
}

// listAt is for functions that take their arguments as an array.
func listAt(i int, what string) before {
	return func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
		if o, ok := call.Argument(i).(*goja.Object); ok {
			if _, length, ok := inside.elements(o); ok {
				c.length(what, float64(length))
			} else {
				c.length(what, lengthOf(o))
			}
		}
		return call
	}
}

var apply = listAt(1, "Function.prototype.apply")

// isTyped reports whether an object is a typed array.
func isTyped(o *goja.Object) bool {
	t := o.ExportType()
	return t != nil && t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Interface && o.ClassName() != "Array"
}
