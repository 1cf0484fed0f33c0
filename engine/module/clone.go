package module

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/dop251/goja"
)

// maxCloneDepth is how deep structuredClone goes, which costs Go's stack.
const maxCloneDepth = 10_000

// cloner makes one structured clone (HTML Standard, 2.7 "Safe passing of structured data").
type cloner struct {
	*cloning
	copies map[*goja.Object]*goja.Object // what was begun, so that circles close
	depth  int
}

// cloning is structuredClone of one runtime.
type cloning struct {
	host    Host
	rt      *goja.Runtime
	rd      *reader
	classes map[string]goja.Value // those of the runtime that were used
}

var errorNames = []string{"Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"}

// loadStructuredClone makes structuredClone.
func loadStructuredClone(host Host) (goja.Value, error) {
	rt := host.Runtime()
	c := &cloning{host: host, rt: rt, rd: readerOf(host), classes: map[string]goja.Value{}}
	return newFunction(rt, "structuredClone", 1, func(call goja.FunctionCall) goja.Value {
		if len(call.Arguments) == 0 {
			throw(rt, "structuredClone: needs 1 argument, got 0")
		}
		return c.clone(call.Argument(0), call.Argument(1))
	}), nil
}

// clone clones v, and moves the buffers in options.transfer instead of copying them.
func (c *cloning) clone(v, options goja.Value) goja.Value {
	cl := cloner{cloning: c, copies: map[*goja.Object]*goja.Object{}}
	var moved []goja.ArrayBuffer
	if o, ok := options.(*goja.Object); ok {
		moved = cl.transfer(o.Get("transfer"))
	}
	out := cl.value(v)
	for _, buf := range moved {
		buf.Detach()
	}
	return out
}

// transfer makes new buffers for those of list, with the same bytes.
func (c *cloner) transfer(list goja.Value) (moved []goja.ArrayBuffer) {
	if list == nil || goja.IsUndefined(list) {
		return nil
	}
	c.rt.ForOf(list, func(item goja.Value) bool {
		o, ok := item.(*goja.Object)
		if !ok || o.ExportType() != arrayBufferType {
			c.refuse("only an ArrayBuffer can be transferred", item)
		}
		buf := o.Export().(goja.ArrayBuffer)
		if buf.Detached() || slices.Contains(moved, buf) {
			c.refuse("a buffer can be transferred once", item)
		}
		moved = append(moved, buf)
		c.copies[o] = c.rt.ToValue(c.rt.NewArrayBuffer(buf.Bytes())).(*goja.Object)
		return true
	})
	return moved
}

// refuse throws a DataCloneError about v.
func (c *cloner) refuse(why string, v goja.Value) {
	throwDOM(c.host, "DataCloneError", "structuredClone: %s: %s", why, cut(newInspector(c.rd).inspect(v, 0), maxName))
}

// value clones v.
func (c *cloner) value(v goja.Value) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok {
		if _, symbol := v.(*goja.Symbol); symbol {
			c.refuse("a symbol cannot be cloned", v)
		}
		return v
	}
	if to, ok := c.copies[o]; ok {
		return to
	}
	if c.depth++; c.depth > maxCloneDepth {
		throwRange(c.rt, "structuredClone: the value is nested too deep")
	}
	defer func() { c.depth-- }()
	return c.object(o)
}

// object clones o, which was not met before. It notes the copy before it clones what lies in o.
func (c *cloner) object(o *goja.Object) goja.Value {
	if isProxy(o) {
		c.refuse("a Proxy cannot be cloned", o)
	}
	typ := o.ExportType()
	switch o.ClassName() {
	case "Array":
		return c.array(o)
	case "Error":
		return c.error(o)
	case "Date":
		var ms goja.Value = goja.NaN()
		if t, ok := o.Export().(time.Time); ok {
			ms = c.rt.ToValue(t.UnixMilli())
		}
		return c.construct(o, "Date", ms)
	case "RegExp":
		return c.construct(o, "RegExp", c.rd.call("source", o), c.rt.ToValue(c.rd.flags(o)))
	case "String":
		return c.construct(o, "Object", c.rd.call("stringOf", o))
	case "Number", "Boolean":
		return c.construct(o, "Object", c.rt.ToValue(o.Export()))
	}
	switch {
	case typ == mapType:
		return c.mapObject(o)
	case typ == setType:
		return c.setObject(o)
	case typ == arrayBufferType:
		return c.buffer(o)
	case typ == bigIntType:
		return c.construct(o, "Object", c.rt.ToValue(o.Export()))
	case c.rd.typedArrayKind(o) != "":
		return c.view(o, c.rd.typedArrayKind(o), "length")
	}
	c.refusePlatform(o)
	if c.rd.isDataView(o) {
		return c.view(o, "DataView", "byteLength")
	}
	to := c.note(o, c.rt.NewObject())
	c.properties(o, to)
	return to
}

// refusePlatform throws if o is of a kind that has no clone.
func (c *cloner) refusePlatform(o *goja.Object) {
	switch typ := o.ExportType(); {
	case typ == functionType || typ == classType:
		c.refuse("a function cannot be cloned", o)
	case typ == promiseType:
		c.refuse("a Promise cannot be cloned, await it first", o)
	case typ.Kind() == reflect.String:
		c.refuse("a symbol cannot be cloned", o)
	}
	tag := ""
	if p, _ := c.rd.lookup(o, goja.SymToStringTag); p.value != nil && goja.IsString(p.value) {
		tag = p.value.String()
	}
	weak := []string{"WeakMap", "WeakSet", "Generator", "Array Iterator", "Map Iterator", "Set Iterator", "String Iterator"}
	if (&inspector{rd: c.rd}).goSide(o) != nil || slices.Contains(weak, tag) {
		c.refuse("this cannot be cloned", o)
	}
}

// note remembers that to is the clone of o.
func (c *cloner) note(o, to *goja.Object) *goja.Object {
	c.copies[o] = to
	return to
}

// construct makes the clone of o by a constructor.
func (c *cloner) construct(o *goja.Object, class string, args ...goja.Value) *goja.Object {
	constructor, ok := c.classes[class]
	if !ok {
		constructor = c.rt.Get(class)
		c.classes[class] = constructor
	}
	to, err := c.rt.New(constructor, args...)
	if err != nil {
		panic(err)
	}
	return c.note(o, to)
}

// properties clones the enumerable properties of o into to.
func (c *cloner) properties(o, to *goja.Object) {
	for _, key := range o.Keys() {
		if v := o.Get(key); v != nil {
			c.put(to, key, c.value(v), goja.FLAG_TRUE)
		}
	}
}

// put gives to a property, whatever setters it inherits.
func (c *cloner) put(to *goja.Object, key string, v goja.Value, enumerable goja.Flag) {
	if err := to.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, enumerable); err != nil {
		panic(err)
	}
}

// array clones an array with its holes.
func (c *cloner) array(o *goja.Object) goja.Value {
	to := c.note(o, c.rt.NewArray())
	if err := to.Set("length", o.Get("length")); err != nil {
		panic(err)
	}
	c.properties(o, to)
	return to
}

func (c *cloner) mapObject(o *goja.Object) goja.Value {
	to := c.construct(o, "Map")
	set := methodOf(c.rt, to, "set")
	for _, entry := range c.rd.entries(o, math.MaxInt64) {
		if _, err := set(to, c.value(entry[0]), c.value(entry[1])); err != nil {
			panic(err)
		}
	}
	return to
}

func (c *cloner) setObject(o *goja.Object) goja.Value {
	to := c.construct(o, "Set")
	add := methodOf(c.rt, to, "add")
	for _, item := range c.rd.values(o, math.MaxInt64) {
		if _, err := add(to, c.value(item)); err != nil {
			panic(err)
		}
	}
	return to
}

func (c *cloner) buffer(o *goja.Object) goja.Value {
	buf := o.Export().(goja.ArrayBuffer)
	if buf.Detached() {
		c.refuse("the buffer was transferred away", o)
	}
	return c.note(o, c.rt.ToValue(c.rt.NewArrayBuffer(bytes.Clone(buf.Bytes()))).(*goja.Object))
}

// view clones a typed array or DataView, together with the whole buffer that it shows a part of.
func (c *cloner) view(o *goja.Object, class, length string) goja.Value {
	buf := c.value(o.Get("buffer"))
	return c.construct(o, class, buf, o.Get("byteOffset"), o.Get(length))
}

// error clones the name, message, stack and cause of an error.
func (c *cloner) error(o *goja.Object) goja.Value {
	own := func(key string) goja.Value {
		p, _ := c.rd.own(o, c.rt.ToValue(key))
		return p.value
	}
	var message goja.Value = goja.Undefined()
	if v := own("message"); v != nil {
		message = c.rt.ToValue(text(c.rt, v))
	}
	name := "Error"
	if v := o.Get("name"); v != nil && slices.Contains(errorNames, v.String()) {
		name = v.String()
	}
	to := c.exception(o, message)
	if to == nil {
		to = c.construct(o, name, message)
	}
	if stack, ok := o.Get("stack").(goja.String); ok {
		c.put(to, "stack", stack, goja.FLAG_FALSE)
	}
	if cause := own("cause"); cause != nil {
		c.put(to, "cause", c.value(cause), goja.FLAG_FALSE)
	}
	return to
}

// exception clones o if it is a DOMException, and returns nil if not.
func (c *cloner) exception(o *goja.Object, message goja.Value) *goja.Object {
	class := exceptionOf(c.host)
	if class.err != nil || !c.rd.isInstance(o, class.constructor) {
		return nil
	}
	to, err := c.rt.New(class.constructor, message, o.Get("name"))
	if err != nil {
		panic(err)
	}
	return c.note(o, to)
}
