package natives

import (
	"slices"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// written adds up how long the JSON of a value becomes at least. What toJSON and a replacer make of it
// is not known, and what stands in itself is found by whoever writes it.
type written struct {
	size  float64
	seen  int            // how many objects
	most  float64        // where it is enough
	each  int            // of a longer array so many objects are looked at, which stand for the others; 0 is all
	plain bool           // there is no replacer that could leave out what objects have
	path  []*goja.Object // what stands around what is being added
}

const (
	// writtenDepth is how deep it is looked, and writtenObjects at how many objects. What goes on beyond
	// that can be interrupted at each of them.
	writtenDepth   = 1000
	writtenObjects = 200_000
	// writtenEach is how many objects of an array are looked at before all of them are: to look at all
	// takes a sixth of the time that writing them does.
	writtenEach = 16
)

// value adds a value that stands for as many as weight says. It is false where the rest need not be
// looked at.
func (w *written) value(v goja.Value, weight float64) bool {
	o, ok := v.(*goja.Object)
	if !ok {
		return w.add(inside.length(v)+len(`"",`), weight)
	}
	if w.seen++; w.seen > writtenObjects || len(w.path) >= writtenDepth || slices.Contains(w.path, o) {
		return false
	}
	w.path = append(w.path, o)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	if values, _, ok := inside.elements(o); ok {
		return w.list(values, weight)
	}
	if f, _ := inside.function(o); f != nil || !w.plain {
		return true
	}
	return w.add(textSize(o), weight) && inside.named(o, func(name unistring.String, v goja.Value) bool {
		return w.add(len(name), weight) && w.value(v, weight)
	})
}

// list adds what an array has.
func (w *written) list(values []goja.Value, weight float64) bool {
	step := 1
	if w.each > 0 {
		step = max(len(values)/w.each, 1)
	}
	for i, v := range values {
		stands := weight
		if _, ok := v.(*goja.Object); ok {
			if stands *= float64(step); i%step > 0 {
				continue
			}
		}
		if !w.value(v, stands) {
			return false
		}
	}
	return true
}

func (w *written) add(size int, weight float64) bool {
	w.size += float64(size) * weight
	return w.size <= w.most
}

// stringify is for JSON.stringify, which writes down holes, and makes a list of the names that it is to
// keep.
func stringify(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	for i := range 2 {
		if o, ok := call.Argument(i).(*goja.Object); ok && (isTyped(o) || o.ClassName() == "Array") {
			c.visit("JSON.stringify", o)
		}
	}
	if o, ok := call.Argument(0).(*goja.Object); ok {
		_, replaced := call.Argument(1).(*goja.Object)
		w := written{most: float64(c.Max), each: writtenEach, plain: !replaced}
		if w.value(o, 1); w.size > w.most {
			w.size, w.seen, w.each, w.path = 0, 0, 0, nil
			w.value(o, 1)
			c.text("JSON.stringify", w.size)
		}
	}
	return call
}
