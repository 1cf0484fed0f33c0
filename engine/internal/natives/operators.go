package natives

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"

	"github.com/dop251/goja"
)

// maxBigInt is how large a BigInt may be made by one operation, in bits. Its size is not what
// matters: to multiply two of these takes half a second, of ten times the length twenty.
const maxBigInt = 8 << 20

// MayHaveBigInts reports whether a program can make a BigInt: has BigInt, BigUint64Array or such a number as 10n.
func MayHaveBigInts(program string) bool {
	if strings.Contains(program, "BigInt") || strings.Contains(program, "BigUint") {
		return true
	}
	for i := 1; i < len(program); i++ {
		if program[i] == 'n' && isHexDigit(program[i-1]) && (i+1 == len(program) || !isWordByte(program[i+1])) {
			return true
		}
	}
	return false
}

func isHexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func isWordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// operators are the operators themselves, to be used when they were looked at.
var operators = goja.MustCompile("", `({ times: (a, b) => a * b, power: (a, b) => a ** b, shift: (a, b) => a << b, back: (a, b) => a >> b })`, true)

// SetOperators gives an object the functions of these names, that a program calls in place of what is
// no function: source looks at the argument of an eval and returns it, as the interpreter is to have it;
// sized does so with a string that was added to itself, spread with a list that is to become arguments,
// copy with what is copied into an object, and chain with what becomes a prototype; times, power, shift
// and back do what *, **, << and >> do; narrow makes an operand of | and the like one that is not too large; strings makes what a tag function gets first; property throws for
// a \p{…} that is not known.
func (c *Checks) SetOperators(vm *goja.Runtime, o *goja.Object, names []string) error {
	c.of(vm)
	for _, name := range names {
		f, err := c.operator(name)
		if err != nil {
			return err
		}
		if err := o.Set(name, f); err != nil {
			return err
		}
	}
	return nil
}

// operator returns the function of a name.
func (c *Checks) operator(name string) (func(goja.FunctionCall) goja.Value, error) {
	var look func(goja.FunctionCall)
	switch name {
	case "times", "power", "shift", "back":
		return c.arithmetic(name)
	case "strings":
		return c.strings()
	case "property":
		look = func(call goja.FunctionCall) { c.unknownProperty(call.Argument(0).String()) }
	case "sized":
		look = func(call goja.FunctionCall) {
			if text, ok := call.Argument(0).(goja.String); ok && c.Max > 0 {
				c.text("a string that is added to itself", float64(text.Length()))
			}
		}
	case "spread":
		look = func(call goja.FunctionCall) {
			if c.Max > 0 {
				c.arguments(call.Argument(0))
			}
		}
	case "copy":
		look = func(call goja.FunctionCall) {
			if c.Max > 0 {
				names("{...}")(c, call)
			}
		}
	case "chain":
		look = func(call goja.FunctionCall) {
			if c.Max > 0 {
				chain(c, call)
			}
		}
	case "narrow":
		return c.narrow, nil
	case "source":
		return c.Source, nil
	default:
		return nil, fmt.Errorf("there is no operator %s", name)
	}
	return func(call goja.FunctionCall) goja.Value {
		look(call)
		return call.Argument(0)
	}, nil
}

// narrow returns a number that is the same modulo 2**32, and below 2**63. What is no number is returned as it is, since
// to convert an object may do something.
func (c *Checks) narrow(call goja.FunctionCall) goja.Value {
	v := call.Argument(0)
	if goja.IsString(v) {
		v = v.ToNumber()
	}
	if !goja.IsNumber(v) {
		return v
	}
	if f := v.ToFloat(); math.Abs(f) >= 1<<63 {
		return c.vm.ToValue(math.Mod(f, 1<<32))
	}
	return v
}

// Source returns what is to be evaluated, as the interpreter is to have it.
func (c *Checks) Source(call goja.FunctionCall) goja.Value {
	if c.Max > 0 {
		call = evaluate(c, call)
	}
	return call.Argument(0)
}

// templates makes what a tag function gets first.
var templates = goja.MustCompile("", `(({ freeze, defineProperty }) =>
	(cooked, raw) => freeze(defineProperty(cooked, "raw", { value: freeze(raw) })))(Object)`, true)

// strings returns the function that makes the list of strings of a template with a tag.
func (c *Checks) strings() (func(goja.FunctionCall) goja.Value, error) {
	made, err := c.vm.RunProgram(templates)
	if err != nil {
		return nil, err
	}
	f, _ := goja.AssertFunction(made)
	return func(call goja.FunctionCall) goja.Value {
		v, err := f(goja.Undefined(), call.Arguments...)
		if err != nil {
			panic(err)
		}
		return v
	}, nil
}

// arithmetic returns the function that looks at two BigInts before it does what an operator does.
func (c *Checks) arithmetic(name string) (func(goja.FunctionCall) goja.Value, error) {
	made, err := c.vm.RunProgram(operators)
	if err != nil {
		return nil, err
	}
	operator, _ := goja.AssertFunction(made.(*goja.Object).Get(name))
	bits := map[string]func(x, y *big.Int) *big.Int{
		"times": func(x, y *big.Int) *big.Int { return big.NewInt(int64(x.BitLen()) + int64(y.BitLen())) },
		"power": func(x, y *big.Int) *big.Int { return new(big.Int).Mul(y, big.NewInt(int64(x.BitLen()))) },
		"shift": func(x, y *big.Int) *big.Int { return new(big.Int).Add(y, big.NewInt(int64(x.BitLen()))) },
		"back":  func(x, y *big.Int) *big.Int { return new(big.Int).Sub(big.NewInt(int64(x.BitLen())), y) },
	}[name]
	return func(call goja.FunctionCall) goja.Value {
		x, y := bigOf(call.Argument(0)), bigOf(call.Argument(1))
		if c.Max > 0 && x != nil && y != nil && (x.BitLen() > 1 || name != "power" && x.Sign() != 0) {
			c.bits(bits(x, y))
		}
		v, err := operator(goja.Undefined(), call.Argument(0), call.Argument(1))
		if err != nil {
			panic(err)
		}
		return v
	}, nil
}

// maxArguments is how many arguments f(...list) may have, about as many as in Node.js. The interpreter
// makes room for a thousand at a time and copies all of them each time: eight times as many take sixty
// times as long, and nothing interrupts that.
const maxArguments = 125_000

// What a Set and a Map export; an array, which exports the same as a Set, is known before.
var (
	setType = reflect.TypeFor[[]any]()
	mapType = reflect.TypeFor[[][2]any]()
)

// arguments throws if a list is too long to become arguments.
func (c *Checks) arguments(list goja.Value) {
	n := 0.0
	switch v := list.(type) {
	case goja.String:
		n = float64(v.Length())
	case *goja.Object:
		switch _, length, ok := inside.elements(v); {
		case ok:
			n = float64(length)
		case v.ClassName() == "Array" || isTyped(v):
			n = lengthOf(v)
		case v.ExportType() == setType || v.ExportType() == mapType:
			if size, ok := plainNumber(v.Get("size")); ok {
				n = size
			}
		}
	}
	if n > maxArguments {
		c.fail("a call would have %s arguments by ..., and %d are allowed (hand over the list itself, or use apply)", number(n), maxArguments)
	}
}

// bigOf returns the BigInt that a value is, or nil.
func bigOf(v goja.Value) *big.Int {
	if _, ok := v.(*goja.Object); ok || !isBigInt(v) {
		return nil
	}
	n, _ := v.Export().(*big.Int)
	return n
}

// bits throws if a BigInt would be too large.
func (c *Checks) bits(n *big.Int) {
	if n.IsInt64() && n.Int64() <= maxBigInt {
		return
	}
	size, _ := new(big.Float).SetInt(n).Float64()
	c.fail("a BigInt would have %s bits, and %d are allowed", number(size), maxBigInt)
}

// bigIntWidth is for BigInt.asIntN and asUintN, which make all the bits of a negative number.
func bigIntWidth(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	n, call := toNumber(call, 0)
	if x := bigOf(call.Argument(1)); x != nil && x.Sign() < 0 && n > maxBigInt {
		c.fail("a BigInt would have %s bits, and %d are allowed", number(n), maxBigInt)
	}
	return call
}

// bigIntDigits is for BigInt(text).
func bigIntDigits(c *Checks, args []goja.Value) []goja.Value {
	if len(args) > 0 {
		if s, ok := args[0].(goja.String); ok && s.Length() > maxBigInt/3 {
			c.fail("a BigInt would have %d digits, and %d are allowed", s.Length(), maxBigInt/3)
		}
	}
	return args
}
