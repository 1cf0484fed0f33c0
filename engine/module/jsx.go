package module

import (
	"reflect"

	"github.com/dop251/goja"
)

// jsx makes HTML of one runtime's elements. It is what the automatic runtime of JSX calls:
// <p class="a">{x}</p> is jsx("p", {class: "a", children: x}).
type jsx struct {
	rt        *goja.Runtime
	prototype *goja.Object // of HTML
	fragment  *goja.Symbol
	buf       []byte // for the element that is written next
	most      int64  // how large an HTML may be, in bytes
}

// loadJSX makes the module wizgy:jsx/jsx-runtime.
func loadJSX(host Host) (*goja.Object, error) {
	rt := host.Runtime()
	j := &jsx{rt: rt, most: maxValue(host), fragment: goja.NewSymbol("Fragment")}
	if err := j.makePrototype(); err != nil {
		return nil, err
	}
	exports := rt.NewObject()
	for _, name := range []string{"jsx", "jsxs", "jsxDEV"} {
		err := exports.Set(name, newFunction(rt, name, 2, func(call goja.FunctionCall) goja.Value {
			return j.element(call.Argument(0), call.Argument(1))
		}))
		if err != nil {
			return nil, err
		}
	}
	return exports, exports.Set("Fragment", j.fragment)
}

var htmlType = reflect.TypeFor[*HTML]()

// makePrototype makes what all HTML has: its text, and one step of an iteration that gives it.
func (j *jsx) makePrototype() error {
	j.prototype = j.rt.NewObject()
	html := func(call goja.FunctionCall) goja.Value {
		if o, ok := call.This.(*goja.Object); ok && o.ExportType() == htmlType {
			return j.rt.ToValue(o.Export().(*HTML).String())
		}
		throw(j.rt, "HTML: called on what is no HTML")
		return nil
	}
	for _, name := range []string{"toString", "toJSON"} {
		define(j.prototype, name, newFunction(j.rt, name, 0, html))
	}
	iterate := newFunction(j.rt, "[Symbol.iterator]", 0, func(call goja.FunctionCall) goja.Value {
		iterator, err := arrayIterator(j.rt, j.rt.NewArray(html(call)))
		if err != nil {
			panic(err)
		}
		return iterator
	})
	err := j.prototype.DefineDataPropertySymbol(goja.SymIterator, iterate, goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	if err != nil {
		return err
	}
	return tag(j.prototype, j.rt.ToValue("HTML"))
}

// wrap makes the object that the page holds.
func (j *jsx) wrap(h *HTML) *goja.Object {
	o := j.rt.NewDynamicObject(h)
	if err := o.SetPrototype(j.prototype); err != nil {
		panic(err)
	}
	return o
}

// element makes the HTML of an element of the kind typ: the name of an element of HTML, Fragment,
// or a component, which is a function of the properties.
func (j *jsx) element(typ, properties goja.Value) goja.Value {
	props, ok := properties.(*goja.Object)
	if !ok {
		props = j.rt.NewObject()
	}
	if f, ok := typ.(*goja.Object); ok && !goja.IsString(typ) {
		return j.component(f, props)
	}
	w := htmlWriter{of: j, buf: j.buf[:0]}
	j.buf = nil // children may be made while this element is written
	switch name, ok := typ.(goja.String); {
	case ok:
		j.write(&w, name.String(), props)
	case typ == j.fragment:
		j.child(&w, props.Get("children"), 0)
	default:
		throw(j.rt, "jsx: %s is no element: a component must be imported, and exported under that name", Inspect(j.rt, typ))
	}
	h := w.done()
	if j.buf = w.buf; cap(j.buf) > 64<<10 {
		j.buf = nil
	}
	return j.wrap(h)
}

// component makes HTML of what a component returns.
func (j *jsx) component(f *goja.Object, props *goja.Object) goja.Value {
	call, ok := goja.AssertFunction(f)
	switch {
	case !ok:
		throw(j.rt, "jsx: %s is no element: a component must be a function", Inspect(j.rt, f))
	case f.ExportType() == classType:
		throw(j.rt, "jsx: %s is a class: a component must be a function that returns elements", Inspect(j.rt, f))
	}
	v, err := call(goja.Undefined(), props)
	if err != nil {
		panic(err)
	}
	if o, ok := v.(*goja.Object); ok {
		switch o.ExportType() {
		case htmlType:
			return o
		case promiseType:
			throw(j.rt, "jsx: %s is async: await it before it is used, {await f(props)}", Inspect(j.rt, f))
		}
	}
	w := htmlWriter{of: j}
	j.child(&w, v, 0)
	return j.wrap(w.done())
}
