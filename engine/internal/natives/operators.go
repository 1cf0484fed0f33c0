package natives

import (
	"math/big"
	"regexp"

	"github.com/dop251/goja"
)

// maxBigInt is how large a BigInt may be made by one operation, in bits. Its size is not what
// matters: to multiply two of these takes half a second, of ten times the length twenty.
const maxBigInt = 8 << 20

var bigIntText = regexp.MustCompile(`\dn\b|[A-Fa-f]n\b|BigInt|BigUint`)

// MayHaveBigInts reports whether a program can make a BigInt.
func MayHaveBigInts(program string) bool { return bigIntText.MatchString(program) }

// operators are the operators themselves, to be used when they were looked at.
var operators = goja.MustCompile("", `({ power: (a, b) => a ** b, shift: (a, b) => a << b, back: (a, b) => a >> b })`, true)

// SetOperators gives an object the functions that a program calls in place of what is no
// function: source looks at the argument of an eval and returns it; sized does so with a string
// that was added to itself; power, shift and back do what **, << and >> do; property throws for a \p{…} that
// is not known.
func (c *Checks) SetOperators(vm *goja.Runtime, o *goja.Object) error {
	c.vm = vm
	made, err := vm.RunProgram(operators)
	if err != nil {
		return err
	}
	for name, bits := range map[string]func(x, y *big.Int) *big.Int{
		"power": func(x, y *big.Int) *big.Int { return new(big.Int).Mul(y, big.NewInt(int64(x.BitLen()))) },
		"shift": func(x, y *big.Int) *big.Int { return new(big.Int).Add(y, big.NewInt(int64(x.BitLen()))) },
		"back":  func(x, y *big.Int) *big.Int { return new(big.Int).Sub(big.NewInt(int64(x.BitLen())), y) },
	} {
		operator, _ := goja.AssertFunction(made.(*goja.Object).Get(name))
		err := o.Set(name, func(call goja.FunctionCall) goja.Value {
			x, y := bigOf(call.Argument(0)), bigOf(call.Argument(1))
			if c.Max > 0 && x != nil && y != nil && (x.BitLen() > 1 || name != "power" && x.Sign() != 0) {
				c.bits(bits(x, y))
			}
			v, err := operator(goja.Undefined(), call.Argument(0), call.Argument(1))
			if err != nil {
				panic(err)
			}
			return v
		})
		if err != nil {
			return err
		}
	}
	err = o.Set("property", func(call goja.FunctionCall) goja.Value {
		c.unknownProperty(call.Argument(0).String())
		return nil
	})
	if err != nil {
		return err
	}
	err = o.Set("sized", func(call goja.FunctionCall) goja.Value {
		if text, ok := call.Argument(0).(goja.String); ok && c.Max > 0 {
			c.text("a string that is added to itself", float64(text.Length()))
		}
		return call.Argument(0)
	})
	if err != nil {
		return err
	}
	return o.Set("source", func(call goja.FunctionCall) goja.Value {
		if c.Max > 0 {
			evaluate(c, call)
		}
		return call.Argument(0)
	})
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
