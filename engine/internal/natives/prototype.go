package natives

import (
	"reflect"

	"github.com/dop251/goja"
)

// A Proxy may stand in its own prototype chain, which the interpreter follows without end, and so may
// an object whose properties come from Go, such as environ: there it does not look whether a chain ends.
// The language allows to make such a chain with a Proxy, and says that looking along it ends in a stack
// overflow; here that would be the process's. So it is refused when it is made, and so are Proxies of
// Proxies of Proxies without number.

const (
	// maxChain is how many objects may stand in a prototype chain. To look along one takes some hundred
	// bytes of the stack for each, and so it may do at each level of calls.
	maxChain = 2000
	// maxProxies is how many Proxies may stand behind one another.
	maxProxies = 200
	// maxJoined is how many Proxies may get below an object by a change of its prototype, in a request:
	// nobody knows how many stand in front of that object.
	maxJoined = 100_000
)

var (
	proxyType   = reflect.TypeFor[goja.Proxy]()
	dynamicType = reflect.TypeFor[goja.DynamicObject]()
)

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
	w := way{places: map[*goja.Object]bool{o: true}, unlooked: isDynamic(o)}
	for p, isProxy := proxyOf(o); isProxy && p.Target() != nil; p, isProxy = proxyOf(p.Target()) {
		w.places[p.Target()] = true
		w.unlooked = w.unlooked || isDynamic(p.Target())
	}
	c.follow(&w, above)
	if w.returns {
		panic(c.vm.NewTypeError("Cyclic __proto__ value: the object would stand in its own prototype chain"))
	}
	if c.joined += w.proxies; c.joined > maxJoined {
		c.fail("more than %d Proxies would stand in prototype chains", maxJoined)
	}
}

// define is for functions that define properties.
func define(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	if o, ok := call.Argument(0).(*goja.Object); ok {
		c.watch(o)
	}
	return call
}

// watch notes what is done to Object.prototype.
func (c *Checks) watch(o *goja.Object) {
	for p, ok := proxyOf(o); ok && p.Target() != nil; p, ok = proxyOf(o) {
		o = p.Target()
	}
	if c.above == nil {
		c.above = c.vm.NewObject().Prototype()
	}
	c.Watched = c.Watched || o == c.above
}

// chain is for Object.create.
func chain(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	o, _ := call.Argument(0).(*goja.Object)
	for n := 0; o != nil && o.ExportType() != proxyType; n++ {
		if n == maxChain {
			c.fail("more than %d objects would stand in one prototype chain", maxChain)
		}
		o = o.Prototype()
	}
	return call
}

// EndRequest forgets what only counts within a request.
func (c *Checks) EndRequest() { c.joined = 0 }

// way is what comes along prototypes and the targets and handlers of Proxies.
type way struct {
	places   map[*goja.Object]bool
	unlooked bool // the interpreter does not look itself whether there is a way to one of the places

	returns bool // it comes to one of the places, and the interpreter does not see it
	proxies int
}

// follow goes all the way from some objects.
func (c *Checks) follow(w *way, from ...*goja.Object) {
	type step struct {
		o       *goja.Object
		proxied bool
	}
	var todo []step
	for _, o := range from {
		todo = append(todo, step{o, false})
	}
	seen := map[*goja.Object]bool{}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if at.o == nil || seen[at.o] {
			continue
		}
		p, isProxy := proxyOf(at.o)
		if w.places[at.o] {
			w.returns = w.returns || at.proxied || isProxy || w.unlooked
			continue
		}
		if seen[at.o] = true; len(seen) > maxChain {
			c.fail("more than %d objects stand in one prototype chain", maxChain)
		}
		if !isProxy {
			todo = append(todo, step{at.o.Prototype(), at.proxied})
			continue
		}
		if w.proxies++; w.proxies > maxProxies {
			c.fail("more than %d Proxies stand behind one another", maxProxies)
		}
		todo = append(todo, step{p.Target(), true}, step{p.Handler(), true})
	}
}

// proxies is for the constructor of Proxies.
func proxies(c *Checks, args []goja.Value) []goja.Value {
	if len(args) < 2 {
		return args
	}
	target, _ := args[0].(*goja.Object)
	handler, _ := args[1].(*goja.Object)
	if hasProxy(target) || hasProxy(handler) {
		c.follow(&way{}, target, handler)
	}
	return args
}

// hasProxy reports whether there is a Proxy on the way along prototypes.
func hasProxy(o *goja.Object) bool {
	for range maxChain {
		if o == nil {
			return false
		}
		if o.ExportType() == proxyType {
			return true
		}
		o = o.Prototype()
	}
	return true
}

// isDynamic reports whether the properties of an object come from Go.
func isDynamic(o *goja.Object) bool {
	t := o.ExportType()
	return t != nil && t.Implements(dynamicType)
}

// proxyOf returns the Proxy that an object is.
func proxyOf(o *goja.Object) (goja.Proxy, bool) {
	if o == nil || o.ExportType() != proxyType {
		return goja.Proxy{}, false
	}
	p, ok := o.Export().(goja.Proxy)
	return p, ok
}
