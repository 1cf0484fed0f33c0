package module

import (
	"slices"
	"strings"
	"sync"

	"github.com/dop251/goja"
)

// paramsClass is the class URLSearchParams of one runtime.
type paramsClass struct {
	*class[*searchParams]
	entries  goja.Callable // made by entriesProgram
	iterator *goja.Object  // the prototype of its iterators
	most     int64         // how long its text may be, in bytes
}

// paramsKey finds a runtime's URLSearchParams in its Host.State.
type paramsKey struct{}

// loadURLSearchParams makes the class URLSearchParams.
func loadURLSearchParams(host Host) (goja.Value, error) {
	c, err := paramsOf(host)
	if err != nil {
		return nil, err
	}
	return c.constructor, nil
}

// paramsOf returns the class URLSearchParams of a runtime, which URL needs as well.
func paramsOf(host Host) (*paramsClass, error) {
	type made struct {
		c   *paramsClass
		err error
	}
	m := host.State(paramsKey{}, func() any {
		c, err := newParamsClass(host.Runtime(), maxValue(host))
		return made{c, err}
	}).(made)
	return m.c, m.err
}

// entriesProgram makes what lists an object's own enumerable names with their values.
var entriesProgram = sync.OnceValue(func() *goja.Program {
	return goja.MustCompile("wizgy:entries", `(of => {
		const copy = {__proto__: null, ...of}, entries = [];
		let n = 0;
		for (const name in copy) entries[n++] = [name, copy[name]];
		return entries;
	})`, true)
})

func newParamsClass(rt *goja.Runtime, most int64) (*paramsClass, error) {
	p := &paramsClass{most: most}
	entries, err := rt.RunProgram(entriesProgram())
	if err != nil {
		return nil, err
	}
	p.entries, _ = goja.AssertFunction(entries)
	p.class, err = newClass(rt, "URLSearchParams", 0, func(init, _ goja.Value) *searchParams {
		return &searchParams{pairs: p.pairsOf(init)}
	})
	if err != nil {
		return nil, err
	}
	p.addMethods()
	return p, p.addIterators()
}

// addMethods adds all but the iterators.
func (c *paramsClass) addMethods() {
	arg := func(call goja.FunctionCall, i int) string { return text(c.rt, call.Argument(i)) }
	optional := func(call goja.FunctionCall, i int) *string {
		if goja.IsUndefined(call.Argument(i)) {
			return nil
		}
		s := arg(call, i)
		return &s
	}
	c.method("append", 2, func(p *searchParams, call goja.FunctionCall) goja.Value {
		name, value := arg(call, 0), arg(call, 1)
		c.fits(p, name, value)
		p.append(name, value)
		return goja.Undefined()
	})
	c.method("delete", 1, func(p *searchParams, call goja.FunctionCall) goja.Value {
		p.remove(arg(call, 0), optional(call, 1))
		return goja.Undefined()
	})
	c.method("get", 1, func(p *searchParams, call goja.FunctionCall) goja.Value {
		name := arg(call, 0)
		for _, q := range p.pairs {
			if q.name == name {
				return c.rt.ToValue(q.value)
			}
		}
		return goja.Null()
	})
	c.method("getAll", 1, func(p *searchParams, call goja.FunctionCall) goja.Value {
		name := arg(call, 0)
		var values []any
		for _, q := range p.pairs {
			if q.name == name {
				values = append(values, q.value)
			}
		}
		return c.rt.NewArray(values...)
	})
	c.method("has", 1, func(p *searchParams, call goja.FunctionCall) goja.Value {
		return c.rt.ToValue(p.has(arg(call, 0), optional(call, 1)))
	})
	c.method("set", 2, func(p *searchParams, call goja.FunctionCall) goja.Value {
		name, value := arg(call, 0), arg(call, 1)
		c.fits(p, name, value)
		p.set(name, value)
		return goja.Undefined()
	})
	c.method("sort", 0, func(p *searchParams, _ goja.FunctionCall) goja.Value {
		p.sort()
		return goja.Undefined()
	})
	c.method("toString", 0, func(p *searchParams, _ goja.FunctionCall) goja.Value {
		c.check(textSize(p.pairs))
		return c.rt.ToValue(formEncode(p.pairs))
	})
	c.method("forEach", 1, c.forEach)
	c.accessor("size", func(p *searchParams) goja.Value { return c.rt.ToValue(len(p.pairs)) }, nil)
}

// fits throws if what is to be added makes the query of a URL too long, which is written at each change.
func (c *paramsClass) fits(p *searchParams, name, value string) {
	if p.url != nil {
		c.check(textSize(p.pairs) + int64(len(name)+len(value)))
	}
}

func (c *paramsClass) check(size int64) {
	if size > c.most {
		throwRange(c.rt, tooLarge("URLSearchParams", size, c.most))
	}
}

// textSize returns how long the text of some pairs is at least.
func textSize(pairs []pair) (size int64) {
	for _, p := range pairs {
		size += int64(len(p.name) + len("=&") + len(p.value))
	}
	return size
}

// forEach calls its argument for each pair, also for those that the calls add.
func (c *paramsClass) forEach(p *searchParams, call goja.FunctionCall) goja.Value {
	f, ok := goja.AssertFunction(call.Argument(0))
	if !ok {
		throw(c.rt, "URLSearchParams.forEach: the argument must be a function, got %s", Inspect(c.rt, call.Argument(0)))
	}
	for i := 0; i < len(p.pairs); i++ {
		q := p.pairs[i]
		if _, err := f(call.Argument(1), c.rt.ToValue(q.value), c.rt.ToValue(q.name), call.This); err != nil {
			panic(err)
		}
	}
	return goja.Undefined()
}

// pairsOf makes the list that the constructor is given: as text, as something to iterate, as the
// properties of an object, or not at all.
func (c *paramsClass) pairsOf(init goja.Value) []pair {
	if goja.IsUndefined(init) {
		return nil
	}
	o, ok := init.(*goja.Object)
	if !ok {
		return formDecode(strings.TrimPrefix(text(c.rt, init), "?"))
	}
	var pairs []pair
	if iterate := o.GetSymbol(goja.SymIterator); iterate != nil && !goja.IsUndefined(iterate) && !goja.IsNull(iterate) {
		c.rt.ForOf(o, func(item goja.Value) bool {
			pairs = append(pairs, c.pairOf(item))
			return true
		})
		return pairs
	}
	entries, err := c.entries(goja.Undefined(), o)
	if err != nil {
		panic(err)
	}
	c.rt.ForOf(entries, func(item goja.Value) bool {
		p, i := c.pairOf(item), -1
		if strings.Contains(p.name, "\ufffd") { // names that differ only in halves of surrogate pairs
			i = slices.IndexFunc(pairs, func(q pair) bool { return q.name == p.name })
		}
		if i >= 0 {
			pairs[i] = p
		} else {
			pairs = append(pairs, p)
		}
		return true
	})
	return pairs
}

// pairOf makes a pair of v, which has two items.
func (c *paramsClass) pairOf(v goja.Value) pair {
	var items []string
	if o, ok := v.(*goja.Object); ok {
		c.rt.ForOf(o, func(item goja.Value) bool {
			items = append(items, text(c.rt, item))
			return len(items) <= 2
		})
	}
	if len(items) != 2 && goja.IsNumber(v) {
		throw(c.rt, "URLSearchParams: each item of a list must be a pair [name, value], got %s; of bytes new TextDecoder().decode(bytes) makes the text that is wanted", Inspect(c.rt, v))
	}
	if len(items) != 2 {
		throw(c.rt, "URLSearchParams: each item of a list must be a pair [name, value], got %s", Inspect(c.rt, v))
	}
	return pair{items[0], items[1]}
}

// inspect describes a URLSearchParams.
func (p *searchParams) inspect(name string) string {
	if len(p.pairs) == 0 {
		return name + " {}"
	}
	var out []string
	for i, q := range p.pairs {
		if i == maxInspectItems {
			out = append(out, "... "+count(int64(len(p.pairs)-i), "more item", "more items"))
			break
		}
		out = append(out, quote(cut(q.name, maxName), 0)+" => "+quote(cut(q.value, maxName), 0))
	}
	return name + " { " + strings.Join(out, ", ") + " }"
}
