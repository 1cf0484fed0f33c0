package module

import (
	"context"
	"math"
	"time"

	"github.com/dop251/goja"
)

// timers are one runtime's timers, as the page sees them (HTML Standard, 8.7 "Timers").
type timers struct {
	host Host

	// repeats maps the id that setInterval returned to the id of the host's timer for the next
	// turn. It belongs to the request of ctx: the host drops what a request leaves behind.
	repeats map[int64]int64
	ctx     context.Context
}

// timersKey finds a runtime's timers in its Host.State.
type timersKey struct{}

// timer returns the Load of the global name, which does what call does with length arguments or
// more.
func timer(name string, length int, call func(*timers, goja.FunctionCall) goja.Value) func(Host) (goja.Value, error) {
	return func(host Host) (goja.Value, error) {
		t := host.State(timersKey{}, func() any { return &timers{host: host} }).(*timers)
		return newFunction(host.Runtime(), name, length, func(c goja.FunctionCall) goja.Value {
			return call(t, c)
		}), nil
	}
}

func (t *timers) setTimeout(call goja.FunctionCall) goja.Value {
	run := t.callback("setTimeout", call.Arguments, 2)
	return t.id(t.host.After(delay(call.Argument(1)), run))
}

func (t *timers) setImmediate(call goja.FunctionCall) goja.Value {
	return t.id(t.host.After(0, t.callback("setImmediate", call.Arguments, 1)))
}

// setInterval makes a timer of the host for each turn, under the id of the first.
func (t *timers) setInterval(call goja.FunctionCall) goja.Value {
	run := t.callback("setInterval", call.Arguments, 2)
	// A page that counts on 0 means "soon, again and again", and must leave room for others.
	d := max(delay(call.Argument(1)), time.Millisecond)
	repeats := t.ofRequest()
	var id int64
	var turn func() error
	turn = func() error {
		if err := run(); err != nil {
			return err
		}
		if _, ok := repeats[id]; ok {
			repeats[id] = t.host.After(d, turn)
		}
		return nil
	}
	id = t.host.After(d, turn)
	repeats[id] = id
	return t.id(id)
}

// clear is clearTimeout, clearInterval and clearImmediate, which are one function in the standard.
func (t *timers) clear(call goja.FunctionCall) goja.Value {
	id := call.Argument(0).ToInteger()
	if len(t.repeats) > 0 {
		if turn, ok := t.repeats[id]; ok {
			delete(t.repeats, id)
			id = turn
		}
	}
	t.host.Cancel(id)
	return goja.Undefined()
}

// ofRequest returns the repeating timers of the request that is being answered.
func (t *timers) ofRequest() map[int64]int64 {
	if ctx := t.host.Context(); t.repeats == nil || ctx != t.ctx {
		t.repeats, t.ctx = map[int64]int64{}, ctx
	}
	return t.repeats
}

// callback returns the call of args[0] with those arguments that follow the first n.
func (t *timers) callback(name string, args []goja.Value, n int) func() error {
	var first goja.Value = goja.Undefined()
	if len(args) > 0 {
		first = args[0]
	}
	f, ok := goja.AssertFunction(first)
	if !ok {
		rt := t.host.Runtime()
		if goja.IsString(first) {
			throw(rt, "%s: code in a string is not run, pass a function: %s(() => { … }, delay)", name, name)
		}
		throw(rt, "%s: the first argument must be a function, got %s", name, Inspect(rt, first))
	}
	var rest []goja.Value
	if len(args) > n {
		rest = append(rest, args[n:]...)
	}
	return func() error {
		_, err := f(goja.Undefined(), rest...)
		return err
	}
}

func (t *timers) id(id int64) goja.Value { return t.host.Runtime().ToValue(id) }

// delay is v as a number of milliseconds: what is no number, negative or more than 31 bits is 0
// or, as in browsers, 1.
func delay(v goja.Value) time.Duration {
	ms := v.ToFloat()
	switch {
	case math.IsNaN(ms) || ms < 0:
		return 0
	case ms > math.MaxInt32:
		return time.Millisecond
	}
	return time.Duration(ms) * time.Millisecond
}
