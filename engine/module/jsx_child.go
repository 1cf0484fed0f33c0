package module

import (
	"strconv"

	"github.com/dop251/goja"
)

// maxChildDepth is how deep lists of children may lie in lists.
const maxChildDepth = 1000

// child writes a child of an element: text, HTML, or a list of children.
func (j *jsx) child(w *htmlWriter, v goja.Value, depth int) {
	switch v := v.(type) {
	case nil:
		return
	case goja.String:
		w.text(v.String())
		return
	case *goja.Object:
		j.childObject(w, v, depth)
		return
	case *goja.Symbol:
		throw(j.rt, "jsx: %s cannot be shown", primitive(v))
	}
	if goja.IsNumber(v) || goja.IsBigInt(v) {
		w.raw(v.String())
	}
	// undefined, null, true and false show nothing.
}

// childObject writes HTML, or what a list has in it.
func (j *jsx) childObject(w *htmlWriter, o *goja.Object, depth int) {
	switch typ := o.ExportType(); {
	case typ == htmlType:
		w.html(o.Export().(*HTML))
		return
	case typ == promiseType:
		throw(j.rt, "jsx: a child is a Promise: await it before it is used, {await f()}")
	case typ == functionType || typ == classType:
		throw(j.rt, "jsx: a child is the function %s: call it, {f()}", Inspect(j.rt, o))
	}
	if depth > maxChildDepth {
		throw(j.rt, "jsx: lists of children are nested too deep")
	}
	if o.ClassName() == "Array" && !isProxy(o) {
		for i := int64(0); i < o.Get("length").ToInteger(); i++ {
			j.child(w, o.Get(strconv.FormatInt(i, 10)), depth+1)
		}
		return
	}
	if _, ok := goja.AssertFunction(orUndefined(o.GetSymbol(goja.SymIterator))); !ok {
		j.refuse(o)
	}
	j.rt.ForOf(o, func(item goja.Value) bool {
		j.child(w, item, depth+1)
		return true
	})
}

// refuse throws about an object that is no child.
func (j *jsx) refuse(o *goja.Object) {
	if _, ok := goja.AssertFunction(orUndefined(o.Get("then"))); ok {
		throw(j.rt, "jsx: a child is a Promise: await it before it is used, {await f()}")
	}
	throw(j.rt, "jsx: an object cannot be shown, make text of it: %s", cut(Inspect(j.rt, o), maxName))
}
