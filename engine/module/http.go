package module

import "github.com/dop251/goja"

// ParamsKey is the key of environ under which the engine puts an object of the route's
// parameters: {slug: "hello"} for the page blog/[slug].js.
const ParamsKey = "wizgy.params"

// loadHTTP makes the module "wizgy:http": what a page asks about a request, given its environ.
func loadHTTP(host Host) (*goja.Object, error) {
	rt := host.Runtime()
	exports := rt.NewObject()
	for _, f := range []struct {
		name string
		call func(rt *goja.Runtime, environ *goja.Object) goja.Value
	}{
		{"params", params},
	} {
		err := exports.Set(f.name, newFunction(rt, f.name, 1, func(call goja.FunctionCall) goja.Value {
			return f.call(rt, environArgument(rt, f.name, call))
		}))
		if err != nil {
			return nil, err
		}
	}
	return exports, nil
}

// environArgument returns the first argument of the function name, which must be an object.
func environArgument(rt *goja.Runtime, name string, call goja.FunctionCall) *goja.Object {
	environ, ok := call.Argument(0).(*goja.Object)
	if !ok {
		throw(rt, "%[1]s: pass the environ of application(environ, start_response): %[1]s(environ), got %[2]s",
			name, Inspect(rt, call.Argument(0)))
	}
	return environ
}

// params returns the object of route parameters in environ.
func params(rt *goja.Runtime, environ *goja.Object) goja.Value {
	p, ok := environ.Get(ParamsKey).(*goja.Object)
	if !ok {
		throw(rt, "params: this object has no %q: pass the environ of application(environ, start_response), or a copy of all of it",
			ParamsKey)
	}
	return p
}
