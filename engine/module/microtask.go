package module

import (
	"sync"

	"github.com/dop251/goja"
)

// microtaskProgram makes a function that runs job after the current job: await of an async
// function does not look at what the page may have put into Promise.
var microtaskProgram = sync.OnceValue(func() *goja.Program {
	return goja.MustCompile("wizgy:microtask", `(async job => { await undefined; job() })`, true)
})

// loadQueueMicrotask makes queueMicrotask (HTML Standard, 8.8 "Microtask queuing"). An exception
// that the callback throws ends the request.
func loadQueueMicrotask(host Host) (goja.Value, error) {
	rt := host.Runtime()
	v, err := rt.RunProgram(microtaskProgram())
	if err != nil {
		return nil, err
	}
	later, _ := goja.AssertFunction(v)
	return newFunction(rt, "queueMicrotask", 1, func(call goja.FunctionCall) goja.Value {
		callback, ok := goja.AssertFunction(call.Argument(0))
		if !ok {
			throw(rt, "queueMicrotask: the argument must be a function, got %s", Inspect(rt, call.Argument(0)))
		}
		job := func(goja.FunctionCall) goja.Value {
			if _, err := callback(goja.Undefined()); err != nil {
				host.Fail(err)
			}
			return goja.Undefined()
		}
		if _, err := later(goja.Undefined(), newFunction(rt, "queueMicrotask", 0, job)); err != nil {
			panic(err)
		}
		return goja.Undefined()
	}), nil
}
