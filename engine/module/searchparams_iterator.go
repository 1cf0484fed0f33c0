package module

import "github.com/dop251/goja"

// paramsIterator goes through a list as it is at each step.
type paramsIterator struct {
	opaque
	of   *searchParams
	next int
	item func(pair) goja.Value
}

// addIterators adds keys, values and entries, which also is what for…of uses.
func (c *paramsClass) addIterators() error {
	if err := c.addIterator(); err != nil {
		return err
	}
	over := func(name string, item func(pair) goja.Value) *goja.Object {
		return c.method(name, 0, func(p *searchParams, _ goja.FunctionCall) goja.Value {
			o := c.rt.CreateObject(c.iterator)
			attach(c.rt, o, &paramsIterator{of: p, item: item})
			return o
		})
	}
	over("keys", func(p pair) goja.Value { return c.rt.ToValue(p.name) })
	over("values", func(p pair) goja.Value { return c.rt.ToValue(p.value) })
	entries := over("entries", func(p pair) goja.Value { return c.rt.NewArray(p.name, p.value) })
	return c.prototype.DefineDataPropertySymbol(goja.SymIterator, entries, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// addIterator makes the prototype of iterators (Web IDL, 3.7.10.2).
func (c *paramsClass) addIterator() error {
	ofArray, err := arrayIterator(c.rt, c.rt.NewArray())
	if err != nil {
		return err
	}
	c.iterator = c.rt.CreateObject(ofArray.Prototype().Prototype())
	next := newFunction(c.rt, "next", 0, func(call goja.FunctionCall) goja.Value {
		it, ok := goSideOf[*paramsIterator](call.This)
		if !ok {
			throw(c.rt, "next: called on what is no iterator of a URLSearchParams")
		}
		var value goja.Value = goja.Undefined()
		done := it.next >= len(it.of.pairs)
		if !done {
			value = it.item(it.of.pairs[it.next])
			it.next++
		}
		result := c.rt.NewObject()
		if err := result.Set("value", value); err != nil {
			panic(err)
		}
		if err := result.Set("done", done); err != nil {
			panic(err)
		}
		return result
	})
	if err := c.iterator.Set("next", next); err != nil {
		return err
	}
	return tag(c.iterator, c.rt.ToValue("URLSearchParams Iterator"))
}
