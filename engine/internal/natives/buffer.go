package natives

import (
	"math"
	"math/big"
	"reflect"

	"github.com/dop251/goja"
)

// elementSizes are the typed arrays, and what an element of each takes, in bytes.
var elementSizes = map[string]int{
	"Uint8Array": 1, "Uint8ClampedArray": 1, "Int8Array": 1, "Uint16Array": 2, "Int16Array": 2,
	"Uint32Array": 4, "Int32Array": 4, "Float32Array": 4, "Float64Array": 8,
	"BigInt64Array": 8, "BigUint64Array": 8,
}

var (
	bigInt      = reflect.TypeFor[*big.Int]()
	arrayBuffer = reflect.TypeFor[goja.ArrayBuffer]()
)

// bufferLength is for ArrayBuffer(n).
func bufferLength(c *Checks, args []goja.Value) []goja.Value {
	if len(args) == 0 {
		return args
	}
	n, call := toNumber(goja.FunctionCall{Arguments: args}, 0)
	c.buffer("new ArrayBuffer("+number(n)+")", n)
	return call.Arguments
}

// buffer throws if a buffer would be too large.
func (c *Checks) buffer(what string, size float64) {
	if size > float64(c.Max) && !math.IsInf(size, 0) {
		c.fail("%s would be %s: a buffer may have %s (%s)", what, bytes(size), bytes(float64(c.Max)), raise)
	}
}

// typedArrays are the methods of all of them that make a text, or a list of numbers as the interpreter
// has them.
func typedArrays() table {
	t := table{}
	for _, name := range []string{"join", "sort", "toSorted", "toLocaleString"} {
		t[name] = method(typedText("TypedArray.prototype." + name))
	}
	return t
}

// typedArray checks a constructor of typed arrays, and from, which it inherits.
func typedArray(name string, size int) touch {
	make := constructor(func(c *Checks, args []goja.Value) []goja.Value {
		if len(args) == 0 || args[0] == nil {
			return args
		}
		what := "new " + name
		if o, ok := args[0].(*goja.Object); ok {
			if o.ExportType() != arrayBuffer { // and not Export: of holes it would make a list
				c.buffer(what, listLength(o)*float64(size))
			}
			return args
		}
		n, call := toNumber(goja.FunctionCall{Arguments: args}, 0)
		c.buffer(what+"("+number(n)+")", n*float64(size))
		return call.Arguments
	}, nil)
	return func(c *Checks, made goja.Value) {
		make(c, made)
		base := made.(*goja.Object).Prototype()
		if base == nil || !c.first(base) {
			return
		}
		if from, ok := base.Get("from").(*goja.Object); ok {
			c.method(from, typedFrom)
		}
	}
}

// listLength returns the length of what a typed array is made from, without asking a Proxy or a
// page's own iterator for anything.
func listLength(o *goja.Object) float64 {
	if o.ClassName() == "Array" || o.ExportType() == plainObject || isTyped(o) {
		return lengthOf(o)
	}
	return 0
}

func typedFrom(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	if o, ok := call.Argument(0).(*goja.Object); ok {
		c.buffer("TypedArray.from", listLength(o))
		c.visit("TypedArray.from", o)
	}
	return call
}

func typedText(what string) before {
	return func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
		if o, ok := call.This.(*goja.Object); ok && isTyped(o) {
			c.length(what, lengthOf(o))
			if by, ok := call.Argument(0).(goja.String); ok { // of join
				c.text(what, lengthOf(o)*float64(by.Length()))
			}
		}
		return call
	}
}
