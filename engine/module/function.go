package module

import "github.com/dop251/goja"

// native is what goja takes for a function of JavaScript.
type native = func(goja.FunctionCall) goja.Value

// newFunction makes a function with a name and a length, as standards and stack traces want them.
func newFunction(rt *goja.Runtime, name string, length int, f native) *goja.Object {
	fn := rt.ToValue(f).(*goja.Object)
	define(fn, "name", rt.ToValue(name))
	if length > 0 {
		define(fn, "length", rt.ToValue(length))
	}
	return fn
}

// define sets name as class members and function properties are set: configurable, not enumerable.
func define(o *goja.Object, name string, v goja.Value) {
	if err := o.DefineDataProperty(name, v, goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
		panic(err)
	}
}

// tag sets what Object.prototype.toString says of o, and of what inherits from it.
func tag(o *goja.Object, name goja.Value) error {
	return o.DefineDataPropertySymbol(goja.SymToStringTag, name, goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// throw ends the native function that calls it with a TypeError.
func throw(rt *goja.Runtime, format string, args ...any) {
	panic(rt.NewTypeError(append([]any{format}, args...)...))
}

// methodOf returns the method name of o, which a page may have taken away.
func methodOf(rt *goja.Runtime, o *goja.Object, name string) goja.Callable {
	f, ok := goja.AssertFunction(orUndefined(o.Get(name)))
	if !ok {
		throw(rt, "%s is no longer a function", name)
	}
	return f
}

// arrayIterator returns an iterator over the items of array.
func arrayIterator(rt *goja.Runtime, array *goja.Object) (*goja.Object, error) {
	values, ok := goja.AssertFunction(orUndefined(array.GetSymbol(goja.SymIterator)))
	if !ok {
		return nil, rt.Try(func() { throw(rt, "Array.prototype[Symbol.iterator] is no longer a function") })
	}
	v, err := values(array)
	if err != nil {
		return nil, err
	}
	return v.ToObject(rt), nil
}

// orUndefined turns goja's nil for what is missing into a value.
func orUndefined(v goja.Value) goja.Value {
	if v == nil {
		return goja.Undefined()
	}
	return v
}

// argument returns the first argument of the function name as text; it must be there.
func argument(rt *goja.Runtime, name string, call goja.FunctionCall) string {
	if len(call.Arguments) == 0 {
		throw(rt, "%s: needs 1 argument, got 0", name)
	}
	return text(rt, call.Argument(0))
}

// text converts v to a string as JavaScript does, and that to Unicode: half of a surrogate pair
// becomes U+FFFD (Web IDL, 3.2.12 "USVString").
func text(rt *goja.Runtime, v goja.Value) string {
	if _, symbol := v.(*goja.Symbol); symbol {
		throw(rt, "Cannot convert a Symbol value to a string")
	}
	return v.String()
}

// throwRange ends the native function that calls it with a RangeError.
func throwRange(rt *goja.Runtime, message string) {
	ex, err := rt.New(rt.Get("RangeError"), rt.ToValue(message))
	if err != nil {
		throw(rt, "%s", message)
	}
	panic(ex)
}
