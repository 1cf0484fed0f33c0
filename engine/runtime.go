package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"wizgy/engine/internal/loop"
	"wizgy/engine/internal/natives"
	"wizgy/engine/module"
)

// maxDepth is how deep calls may be nested if nothing else is said. Without a limit the goroutine's stack grows until
// the process dies; with this one every style of recursion ends below 14 MB.
const maxDepth = 2000

// maxUnhandled is how many unhandled rejections of a request are logged.
const maxUnhandled = 10

// closeGrace is how long close() may take after a page has failed.
const closeGrace = time.Second

// runtime is one interpreter with one generation of a page loaded. It is used by one goroutine at
// a time; what ends well goes back to the page's pool.
type runtime struct {
	page      *page
	vm        *goja.Runtime
	loop      loop.Loop
	guard     guard
	host      host
	app       goja.Callable
	isolation goja.Value    // that the page exports, or nil
	inputMode goja.Value    // likewise
	inner     goja.Callable // see inside
	job       func()
	loaded    map[string]goja.Value
	state     map[any]any
	checks    natives.Checks

	usage         usage         // of application
	inputMethods  *goja.Object  // see inputPrototype
	starter       goja.Value    // start_response, if one is enough
	environ       *environ      // of the request, or for the next one
	environObject *goja.Object  // what the page sees of it
	functionText  goja.Callable // Function.prototype.toString

	call      *call           // the request that is being answered; nil while the page is loaded
	awaited   []*goja.Promise // see held
	sweep     int             // how many of those make it worth while to look which are settled
	throwings []throwing
	topLevel  uintptr // the program of the page's top level
	unhandled map[*goja.Promise]struct{}
	spoiled   bool // was interrupted, or has panicked: not to be used again
}

// newRuntime makes a runtime and runs the page's top level in it.
func newRuntime(ctx context.Context, p *page) (*runtime, error) {
	rt := &runtime{page: p, vm: goja.New()}
	rt.host.rt = rt
	rt.checks.Max, rt.checks.Depth = p.e.cfg.MaxValue, p.e.cfg.MaxDepth
	rt.checks.Words = rt.words
	rt.checks.CalleePlace = rt.calleePlace
	rt.checks.StandIn(rt.vm)
	rt.vm.SetMaxCallStackSize(p.e.cfg.MaxDepth)
	rt.vm.SetParserOptions(parser.WithDisableSourceMaps) // eval would open what its text names
	rt.vm.SetPromiseRejectionTracker(rt.trackRejection)
	if err := rt.setGlobals(); err != nil {
		return nil, err
	}
	inner := rt.vm.ToValue(func(goja.FunctionCall) goja.Value {
		rt.job()
		return goja.Undefined()
	})
	rt.inner, _ = goja.AssertFunction(inner)
	rt.functionText, _ = goja.AssertFunction(inner.(*goja.Object).Prototype().Get("toString")) // before the page can replace it
	rt.guard.page, rt.guard.loads = p.name, !p.loaded.Load()
	rt.guard.stop = func(cause error) { rt.vm.Interrupt(cause) }
	rt.guard.waiting = rt.loop.Waiting
	p.e.room.enter()
	p.e.dog.add(&rt.guard)
	err := rt.guarded(ctx, p.e.cfg.Timeout, func() error {
		if err := rt.start(); err != nil {
			return rt.explainError(err)
		}
		return nil
	})
	if err != nil {
		rt.close()
		return nil, err
	}
	rt.guard.loads = false
	rt.reset()
	return rt, nil
}

// close lets go of the runtime.
func (rt *runtime) close() {
	rt.page.e.dog.remove(&rt.guard)
	rt.page.e.room.leave()
}

// guarded runs f under the watchdog. A Go panic that comes out of f is an error.
func (rt *runtime) guarded(ctx context.Context, limit time.Duration, f func() error) (err error) {
	dog := rt.page.e.dog
	if dog.hunger != nil {
		rt.guard.slot = dog.slots.take() // nobody looks at it before it is armed
		defer dog.slots.leave(rt.guard.slot)
	}
	rt.guard.arm(ctx, limit, rt.call)
	dog.enter()
	defer func() {
		if v := recover(); v != nil {
			rt.spoiled = true
			err = rt.explainPanic(v)
		}
		dog.leave()
		if rt.guard.disarm() != nil {
			rt.spoiled = true
		}
	}()
	if dog.hunger == nil {
		return f()
	}
	return inSlot(rt.guard.slot, slotDigits, f)
}

// inside runs f as if the page had called it: what f touches may run the page's code, and its
// exceptions and interruptions come back as errors.
func (rt *runtime) inside(f func()) error {
	outer := rt.job
	rt.job = f
	_, err := rt.inner(goja.Undefined())
	rt.job = outer
	return err
}

// run runs the event loop until done, under the deadline of the guard.
func (rt *runtime) run(done func() bool) error {
	if done() {
		return nil
	}
	for {
		request, deadline := rt.guard.due()
		ctx, cancel := context.WithDeadlineCause(request, deadline, errDeadline)
		err := rt.loop.Run(ctx, done)
		cancel()
		switch _, thrown := err.(*goja.Exception); {
		case err == nil:
			return nil
		case thrown: // by a timer; errors.Is would run the page's code
		case errors.Is(err, errDeadline):
			if _, now := rt.guard.due(); now.After(deadline) {
				continue // the deadline was moved meanwhile
			}
		case request.Err() != nil && (err == context.Cause(request) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)):
			err = ended(request)
		}
		rt.spoiled = rt.spoiled || err != loop.ErrIdle
		return err
	}
}

// await waits for a promise, and returns its value, or its rejection as an error.
func (rt *runtime) await(p *goja.Promise) (goja.Value, error) {
	err := rt.run(func() bool { return p.State() != goja.PromiseStatePending })
	if errors.Is(err, loop.ErrIdle) {
		return nil, &Error{File: rt.page.name, status: 504,
			Message: "the page waits for a promise that nothing can settle any more",
			Hint:    "no timer and no operation is left: is resolve() called on every path?"}
	}
	if err != nil {
		return nil, err
	}
	if p.State() == goja.PromiseStateRejected {
		delete(rt.unhandled, p)
		return nil, &rejection{p.Result()}
	}
	return p.Result(), nil
}

var promiseType = reflect.TypeFor[*goja.Promise]()

// promiseOf returns the promise that v is, or nil.
func promiseOf(v goja.Value) *goja.Promise {
	if o, ok := v.(*goja.Object); ok && o.ExportType() == promiseType {
		p, _ := o.Export().(*goja.Promise)
		return p
	}
	return nil
}

func (rt *runtime) trackRejection(p *goja.Promise, op goja.PromiseRejectionOperation) {
	if op == goja.PromiseRejectionHandle {
		delete(rt.unhandled, p)
		return
	}
	rt.noteRejection(p.Result())
	if rt.unhandled == nil {
		rt.unhandled = map[*goja.Promise]struct{}{}
	}
	rt.unhandled[p] = struct{}{}
}

// finish ends a request, or the load: what it left behind is dropped, and said.
func (rt *runtime) finish() {
	said := 0
	for p := range rt.unhandled {
		if said++; said > maxUnhandled {
			rt.logger().Error(fmt.Sprintf("%d more promises were rejected, and nothing handles that", len(rt.unhandled)-maxUnhandled))
			break
		}
		e := rt.explainError(&rejection{p.Result()})
		rt.logger().Error("a promise was rejected, and nothing handles that: await it, or catch", "error", module.Logged(e.Error()), "stack", cut(e.Stack(), 3<<10))
	}
	rt.reset()
}

// stillToCome says that n timers, or results from elsewhere, are dropped. last is where the last timer was
// set, if that is known.
func stillToCome(n int, last string) string {
	text := fmt.Sprintf("%d timers or operations were still to come when the answer was complete, and were dropped: await them in application", n)
	if n == 1 {
		text = "a timer or an operation was still to come when the answer was complete, and was dropped: await it in application"
	}
	if last != "" {
		text += " (the last timer was set at " + last + ")"
	}
	return text
}

func (rt *runtime) reset() {
	clear(rt.unhandled)
	clear(rt.throwings)
	rt.throwings = rt.throwings[:0]
	clear(rt.awaited)
	rt.awaited = rt.awaited[:0]
	if n := rt.loop.Reset(); n > 0 && !rt.spoiled {
		rt.logger().Warn(stillToCome(n, rt.host.timer))
	}
	rt.host.reset()
	rt.checks.EndRequest()
	rt.call = nil
}

// logger returns a logger that marks its lines with the page, and with the request if there is one.
func (rt *runtime) logger() *slog.Logger {
	if rt.call != nil {
		return rt.call.logger()
	}
	return rt.page.e.log.With("page", rt.page.name)
}
