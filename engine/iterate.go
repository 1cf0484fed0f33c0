package engine

import (
	"errors"

	"github.com/dop251/goja"
)

// errNoMore ends the body early, in order: nothing more of it is wanted.
var errNoMore = errors.New("no more of the body is wanted")

// sendResult sends what application returned, unless it is a string.
func (c *call) sendResult(v goja.Value) error {
	for {
		p, err := c.thenable(v)
		if err != nil {
			return err
		}
		if p == nil {
			break
		}
		if v, err = c.rt.await(p); err != nil {
			return c.abandon(p, err)
		}
	}
	if goja.IsString(v) {
		return c.sendText(v.String())
	}
	result, ok := v.(*goja.Object)
	if !ok {
		return c.wrongResult(v)
	}
	var part chunk
	var isChunk bool
	if err := c.rt.inside(func() { part, isChunk = c.chunkOf(result) }); err != nil {
		return err
	}
	if isChunk {
		if err := c.ready(!part.empty()); err != nil {
			return err
		}
		return c.sendAll(part)
	}
	return c.sendObject(result)
}

// abandon ends what is to settle a promise, after a failure.
func (c *call) abandon(p *goja.Promise, failure error) error {
	if p.State() != goja.PromiseStatePending {
		return failure
	}
	failure = c.rt.explainError(failure) // while the guard knows why it fired
	c.rt.tidyUp(c)
	c.rt.unwind(p)
	return failure
}

// thenable returns v as a promise if it is one, or has a method then; otherwise nil.
func (c *call) thenable(v goja.Value) (*goja.Promise, error) {
	if p := promiseOf(v); p != nil {
		return p, nil
	}
	o, ok := v.(*goja.Object)
	if !ok {
		return nil, nil
	}
	var p *goja.Promise
	var resolved error
	err := c.rt.inside(func() {
		if _, ok := goja.AssertFunction(o.Get("then")); ok {
			promise, resolve, _ := c.rt.vm.NewPromise()
			p, resolved = promise, resolve(o)
		}
	})
	if err == nil {
		err = resolved
	}
	return p, err
}

// sendObject sends what can be iterated, and closes it.
func (c *call) sendObject(result *goja.Object) (err error) {
	it := iteration{c: c, result: result}
	defer func() { err = it.close(err) }()
	plain, err := it.open()
	if err != nil {
		return err
	}
	if plain {
		return c.sendArray(result)
	}
	if it.iterator == nil {
		return c.wrongResult(result)
	}
	for {
		part, done, err := it.next()
		if err != nil {
			return err
		}
		if done {
			return c.end()
		}
		if ctx := c.r.Context(); ctx.Err() != nil {
			return ended(ctx)
		}
		if part.empty() {
			continue
		}
		switch err := c.send(part, -1); {
		case err == errNoMore:
			return nil
		case err != nil:
			return err
		}
		if cause := c.rt.guard.fired(); cause != nil {
			return cause
		}
		c.rt.guard.renew()
	}
}

func (c *call) wrongResult(v goja.Value) error {
	hint := "return a string, bytes, an array of them, or what can be iterated"
	if o, ok := v.(*goja.Object); ok {
		if _, isFunc := goja.AssertFunction(o); isFunc {
			hint = "call it, or let application be that function"
		} else {
			hint += "; an object becomes text with JSON.stringify"
		}
	} else if goja.IsUndefined(v) {
		hint = "is a return missing? " + hint
	}
	return &Error{File: c.rt.page.name, Message: "application returned " + c.show(v) + ", which is no body", Hint: hint}
}

// iteration is the iteration over a body, which is closed exactly once.
type iteration struct {
	c        *call
	result   *goja.Object
	iterator *goja.Object
	step     goja.Callable
	async    bool
	done     bool
	pending  *goja.Promise // what next gave, if it was not waited for to its end
	stopped  bool          // next was stopped from outside: a generator cannot be ended then
}

// open finds out how the result is iterated. plain reports an array, as it was made.
func (it *iteration) open() (plain bool, err error) {
	vm := it.c.rt.vm
	inside := it.c.rt.inside(func() {
		method, ok := goja.AssertFunction(it.result.GetSymbol(symAsyncIterator))
		it.async = ok
		if !ok {
			if it.c.array(it.result) != nil {
				plain = true
				return
			}
			if method, ok = goja.AssertFunction(it.result.GetSymbol(goja.SymIterator)); !ok {
				return
			}
		}
		v, e := method(it.result)
		if e != nil {
			err = e
			return
		}
		if it.iterator, ok = v.(*goja.Object); !ok {
			panic(vm.NewTypeError("the iterator of what application returned is not an object"))
		}
		if it.step, ok = goja.AssertFunction(it.iterator.Get("next")); !ok {
			panic(vm.NewTypeError("the iterator of what application returned has no method next"))
		}
	})
	if err == nil {
		err = inside
	}
	return plain, err
}

// next asks for the next chunk.
func (it *iteration) next() (part chunk, done bool, err error) {
	v, err := it.step(it.iterator)
	if err != nil {
		_, it.stopped = err.(*goja.InterruptedError)
		return chunk{}, false, err
	}
	if it.async {
		p, err := it.c.thenable(v)
		if err != nil {
			return chunk{}, false, err
		}
		if p != nil {
			it.pending = p
			if v, err = it.c.rt.await(p); err != nil {
				return chunk{}, false, err
			}
			it.pending = nil
		}
	}
	var wrong error
	err = it.c.rt.inside(func() {
		o, ok := v.(*goja.Object)
		if !ok {
			panic(it.c.rt.vm.NewTypeError("next() of what application returned gave no object"))
		}
		if d := o.Get("done"); d != nil && d.ToBoolean() {
			done = true
			return
		}
		value := o.Get("value")
		if value == nil {
			value = goja.Undefined()
		}
		if part, ok = it.c.chunkOf(value); !ok {
			wrong = it.c.wrongChunk(value, false)
		}
	})
	it.done = done
	if err == nil {
		err = wrong
	}
	return part, done, err
}

// close calls close() of the result if it has one, else return() of its iterator: PEP 3333,
// "Specification Details". A generator that is not at its end is ended as well, so that its
// finally runs. After a failure that takes at most closeGrace, and whoever sleeps is woken up. It
// returns the first error.
func (it *iteration) close(failure error) error {
	rt := it.c.rt
	if failure == nil && rt.guard.fired() == nil {
		return it.end()
	}
	if failure != nil {
		failure = rt.explainError(failure) // while the guard knows why it fired
	}
	rt.tidyUp(it.c)
	if it.pending != nil {
		rt.unwind(it.pending)
	}
	err := it.end()
	if failure == nil {
		return err
	}
	if err != nil {
		it.c.logger().Error("closing the body failed too", "error", rt.explainError(err).Error())
	}
	return failure
}

// end calls what there is to call, each once, and returns the first error.
func (it *iteration) end() error {
	var closer, ender goja.Callable
	first := it.c.rt.inside(func() {
		closer, _ = goja.AssertFunction(it.result.Get("close"))
		if it.iterator != nil && (closer == nil || !it.done) {
			ender, _ = goja.AssertFunction(it.iterator.Get("return"))
		}
	})
	call := func(f goja.Callable, this *goja.Object) error {
		if f == nil {
			return nil
		}
		v, err := f(this)
		if p := promiseOf(v); err == nil && p != nil {
			if _, err = it.c.rt.await(p); err != nil && p.State() == goja.PromiseStatePending {
				it.c.rt.unwind(p)
			}
		}
		return err
	}
	if err := call(ender, it.iterator); first == nil && !it.stopped {
		first = err
	}
	if err := call(closer, it.result); first == nil {
		first = err
	}
	return first
}
