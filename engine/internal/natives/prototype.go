package natives

import (
	"reflect"

	"github.com/dop251/goja"
)

var proxyType = reflect.TypeFor[goja.Proxy]()

// A Proxy may stand in its own prototype chain, which the interpreter follows without end. The
// language allows to make such a chain, and says that looking along it ends in a stack overflow;
// here that would be the process's. So it is refused when it is made.

// maxChain is how many objects are looked at.
const maxChain = 10000

func setPrototype(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	c.prototype(call.Argument(0), call.Argument(1))
	return call
}

// assignPrototype is for the setter of __proto__.
func assignPrototype(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	c.prototype(call.This, call.Argument(0))
	return call
}

// prototype throws if proto must not become the prototype of an object.
func (c *Checks) prototype(of, proto goja.Value) {
	o, ok := of.(*goja.Object)
	if !ok {
		return
	}
	if o == c.vm.GlobalObject() {
		panic(c.vm.NewTypeError("the prototype of globalThis cannot be changed"))
	}
	above, ok := proto.(*goja.Object)
	if !ok {
		return
	}
	// What the object stands for, if it is a Proxy itself.
	places := map[*goja.Object]bool{o: true}
	for p, isProxy := proxyOf(o); isProxy; p, isProxy = proxyOf(p.Target()) {
		places[p.Target()] = true
		if p.Target() == nil || len(places) > maxChain {
			break
		}
	}
	if proxies := c.leads(above, places); proxies {
		panic(c.vm.NewTypeError("Cyclic __proto__ value: a Proxy would stand in its own prototype chain"))
	}
}

// leads reports whether the way from an object, along prototypes and the targets and handlers of
// Proxies, comes to one of the places by way of a Proxy.
func (c *Checks) leads(from *goja.Object, places map[*goja.Object]bool) bool {
	type step struct {
		o       *goja.Object
		proxied bool
	}
	seen := map[*goja.Object]bool{}
	for todo := []step{{from, false}}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if at.o == nil || seen[at.o] {
			continue
		}
		if places[at.o] {
			if _, is := proxyOf(at.o); at.proxied || is {
				return true
			}
			continue // the interpreter finds it itself
		}
		if seen[at.o] = true; len(seen) > maxChain {
			c.fail("more than %d objects stand in one prototype chain", maxChain)
		}
		if p, ok := proxyOf(at.o); ok {
			todo = append(todo, step{p.Target(), true}, step{p.Handler(), true})
		} else {
			todo = append(todo, step{at.o.Prototype(), at.proxied})
		}
	}
	return false
}

// proxyOf returns the Proxy that an object is.
func proxyOf(o *goja.Object) (goja.Proxy, bool) {
	if o == nil || o.ExportType() != proxyType {
		return goja.Proxy{}, false
	}
	p, ok := o.Export().(goja.Proxy)
	return p, ok
}
