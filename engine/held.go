package engine

import (
	"context"
	"errors"

	"github.com/dop251/goja"

	"wizgy/engine/internal/natives"
)

// A page that waits for a promise which will not settle any more, or which is not waited for because the
// client has gone, does not get to its finally by itself. So the promises are noted that are awaited where
// something is to be tidied up afterwards: in a try that has a finally, and in async generators, which may
// be between two of them. When the request has failed those that are still open are rejected, the oldest
// first, which is what the innermost function waits for. Everything that waits for that comes to its end
// in good order then, from the inside out.

// held notes a promise that is awaited, and returns it. It is $wizgy.held of a page.
func (rt *runtime) held(call goja.FunctionCall) goja.Value {
	v := call.Argument(0)
	p := promiseOf(v)
	if p == nil {
		o, ok := v.(*goja.Object)
		if !ok {
			return v
		}
		promise, resolve, _ := rt.vm.NewPromise() // as await does with what has a method then
		if err := resolve(o); err != nil {
			panic(err)
		}
		p, v = promise, rt.vm.ToValue(promise)
	}
	if p.State() == goja.PromiseStatePending {
		if len(rt.awaited) >= rt.sweep { // most are settled soon
			rt.awaited = unsettled(rt.awaited)
			rt.sweep = 2*len(rt.awaited) + 64
		}
		rt.awaited = append(rt.awaited, p)
	}
	return v
}

// unsettled leaves those of a list that are not settled.
func unsettled(list []*goja.Promise) []*goja.Promise {
	left := list[:0]
	for _, p := range list {
		if p.State() == goja.PromiseStatePending {
			left = append(left, p)
		}
	}
	clear(list[len(left):])
	return left
}

// tidyUp gives the page time for its finally, after a failure. Whoever sleeps is woken up.
func (rt *runtime) tidyUp(c *call) {
	if rt.guard.disarm() != nil {
		rt.spoiled = true
		rt.vm.ClearInterrupt()
	}
	rt.guard.arm(context.WithoutCancel(c.r.Context()), closeGrace, c)
	rt.loop.Hurry()
}

// errGivenUp is what a page gets from what it awaits, when its request has failed.
var errGivenUp = errors.New("the request has failed: nobody waits for this any more")

// unwind brings to an end what is to settle p. A runtime in which that cannot be done is not used again:
// the rest of this request might be run as a part of another one.
func (rt *runtime) unwind(p *goja.Promise) {
	settled := func() bool { return p.State() != goja.PromiseStatePending }
	for rt.guard.late() == nil {
		if rt.loop.RunReady(settled); settled() {
			delete(rt.unhandled, p)
			return
		}
		rt.awaited = unsettled(rt.awaited)
		if len(rt.awaited) == 0 {
			break
		}
		oldest := rt.awaited[0]
		rt.awaited = rt.awaited[1:]
		err := rt.inside(func() {
			other, _, reject := rt.vm.NewPromise()
			natives.MoveReactions(oldest, other)
			reject(rt.vm.NewGoError(errGivenUp))
		})
		if err != nil {
			break
		}
	}
	rt.spoiled = true
}
