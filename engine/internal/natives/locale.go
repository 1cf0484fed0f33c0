package natives

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// The interpreter takes the locale of toLocaleString for a radix. Numbers are written as en-US has them,
// whatever is asked for: there are no others here.

// maxFraction is how many digits there are behind the point.
const maxFraction = 3

func localeNumber(c *Checks, call goja.FunctionCall) goja.Value {
	o, isObject := call.This.(*goja.Object)
	v := call.This
	if isObject && o.ClassName() == "Number" {
		v = o.ToNumber()
	} else if isObject {
		return nil
	}
	if _, ok := v.(*goja.Symbol); ok || v == nil || isBigInt(v) {
		return nil
	}
	switch n := v.Export().(type) {
	case int64:
		return c.vm.ToValue(grouped(strconv.FormatInt(n, 10)))
	case float64:
		return c.vm.ToValue(localeFloat(n))
	}
	return nil // which throws
}

func localeBigInt(c *Checks, call goja.FunctionCall) goja.Value {
	if n, ok := call.This.Export().(*big.Int); ok {
		return c.vm.ToValue(grouped(n.String()))
	}
	return nil
}

func localeFloat(n float64) string {
	switch {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 0):
		return map[bool]string{true: "-∞", false: "∞"}[n < 0]
	}
	whole, fraction, _ := strings.Cut(roundedAway(n), ".")
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		fraction = "." + fraction
	}
	return grouped(whole) + fraction
}

// roundedAway writes a number with its last digit rounded as ECMA-402 has it, half away from zero, by the
// digits that the number is written with.
func roundedAway(n float64) string {
	exact, ok := new(big.Rat).SetString(strconv.FormatFloat(n, 'g', -1, 64))
	if !ok {
		return strconv.FormatFloat(n, 'f', maxFraction, 64)
	}
	text := exact.FloatString(maxFraction)
	if math.Signbit(n) && !strings.HasPrefix(text, "-") {
		text = "-" + text
	}
	return text
}

// grouped puts commas between thousands.
func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// noLocale keeps the arguments from a function that takes them for something else.
func noLocale(_ *Checks, call goja.FunctionCall) goja.FunctionCall {
	call.Arguments = nil
	return call
}
