package natives

import "github.com/dop251/goja"

// checked lists every function that is checked, by the path of the object that has it, and all objects
// whose properties are made from a table.
func checked() map[string]table {
	return map[string]table{
		"String.prototype":   strings_,
		"Array.prototype":    arrays(),
		"Function.prototype": {"apply": method(apply), "bind": bind, "constructor": constructor(source("Function"), nil)},
		"Object": {
			"setPrototypeOf": method(setPrototype), "keys": method(names("Object.keys")),
			"values": method(names("Object.values")), "entries": method(names("Object.entries")),
			"create": method(chain), "assign": method(names("Object.assign")), "getOwnPropertyNames": method(names("Object.getOwnPropertyNames")),
			"getOwnPropertyDescriptors": method(names("Object.getOwnPropertyDescriptors")), "freeze": method(names("Object.freeze")),
			"seal": method(names("Object.seal")), "isFrozen": method(names("Object.isFrozen")), "isSealed": method(names("Object.isSealed")),
			"preventExtensions": method(names("Object.preventExtensions")), "defineProperties": method(define), "defineProperty": method(define),
		},
		"Math": nil, "Number": nil, "Date": nil, "Date.prototype": dates(),
		"Number.prototype":   {"toLocaleString": either(localeNumber, noLocale)},
		"BigInt.prototype":   {"toLocaleString": either(localeBigInt, noLocale)},
		"DataView.prototype": nil, "Uint8Array.__proto__.prototype": typedArrays(),
		"BigInt":           {"asIntN": method(bigIntWidth), "asUintN": method(bigIntWidth)},
		"Object.prototype": {"__proto__": method(assignPrototype)},
		"":                 globals(),
	}
}

func globals() table {
	t := table{
		"Array":       constructor(arrayLength, map[string]before{"from": arrayFrom}),
		"String":      members(map[string]before{"raw": raw}),
		"ArrayBuffer": constructor(bufferLength, nil),
		"JSON":        json,
		"Reflect": members(map[string]before{
			"apply": listAt(2, "Reflect.apply"), "construct": listAt(1, "Reflect.construct"),
			"setPrototypeOf": setPrototype, "defineProperty": define, "ownKeys": names("Reflect.ownKeys"),
		}),
		"Proxy": constructor(proxies, map[string]before{"revocable": func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
			proxies(c, call.Arguments)
			return call
		}}),
		"Function":  constructor(source("Function"), nil),
		"RegExp":    expressions,
		"Date":      dateClass,
		"eval":      method(evaluate),
		"escape":    method(encode("escape")),
		"encodeURI": method(encode("encodeURI")), "encodeURIComponent": method(encode("encodeURIComponent")),
		"BigInt": method(func(c *Checks, call goja.FunctionCall) goja.FunctionCall {
			bigIntDigits(c, call.Arguments)
			return call
		}),
	}
	for name, size := range elementSizes {
		t[name] = typedArray(name, size)
	}
	return t
}

// number returns an argument as a number. One that is an object is converted, once.
func toNumber(call goja.FunctionCall, i int) (float64, goja.FunctionCall) {
	v := call.Argument(i)
	if o, ok := v.(*goja.Object); ok {
		v = o.ToNumber()
		call.Arguments = append([]goja.Value(nil), call.Arguments...)
		call.Arguments[i] = v
	}
	if _, ok := v.(*goja.Symbol); ok || isBigInt(v) {
		return 0, call // the function itself throws
	}
	return v.ToFloat(), call
}

// toText returns an argument as a string. One that is none is converted, once.
func (c *Checks) toText(call goja.FunctionCall, i int) (goja.String, goja.FunctionCall) {
	v := call.Argument(i)
	if s, ok := v.(goja.String); ok || len(call.Arguments) <= i {
		return s, call
	}
	s := c.string(v)
	if s != nil {
		call.Arguments = append([]goja.Value(nil), call.Arguments...)
		call.Arguments[i] = s
	}
	return s, call
}

// this returns the string that a method of String.prototype is called on, or nil where the method
// itself throws.
func (c *Checks) this(call goja.FunctionCall) (goja.String, goja.FunctionCall) {
	if s, ok := call.This.(goja.String); ok {
		return s, call
	}
	if call.This == nil || goja.IsUndefined(call.This) || goja.IsNull(call.This) {
		return nil, call
	}
	s := c.string(call.This)
	if s != nil {
		call.This = s
	}
	return s, call
}

// string converts a value to a string. It returns nil for a symbol.
func (c *Checks) string(v goja.Value) goja.String {
	if o, ok := v.(*goja.Object); ok {
		v = o.ToString()
	}
	switch v := v.(type) {
	case goja.String:
		return v
	case *goja.Symbol:
		return nil
	}
	return c.vm.ToValue(v.String()).(goja.String)
}

// expressions checks the constructor of regular expressions, and their methods.
func expressions(c *Checks, made goja.Value) {
	regExp(c, made)
	proto, ok := made.(*goja.Object).Get("prototype").(*goja.Object)
	if !ok {
		return
	}
	for symbol, touch := range map[*goja.Symbol]touch{goja.SymReplace: replaceMatches, goja.SymSplit: listsMatches("split"), goja.SymMatch: listsMatches("match")} {
		if f, ok := proto.GetSymbol(symbol).(*goja.Object); ok && c.first(f) {
			touch(c, f)
		}
	}
}
