package natives

import (
	"slices"

	"github.com/dop251/goja"
)

// What arrays in arrays come to, as a text or as one array, may be far more than they take
// themselves: an array may stand in another one many times, and in itself.

// maxNesting is how deep arrays in arrays may be nested to be made flat.
const maxNesting = 1000

// measure adds up the elements of arrays in arrays.
type measure struct {
	c     *Checks
	what  string
	text  bool // the sum is of the lengths of strings, not of elements
	limit int64
	total int64
	odd   bool           // there are arrays with holes, or behind a Proxy, which were not added
	inner int64          // the elements of arrays that stand in another one
	path  []*goja.Object // the arrays that stand around what is being added
}

func join(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	o, ok := call.This.(*goja.Object)
	if !ok {
		return call
	}
	c.visit("Array.prototype.join", o)
	m := &measure{c: c, what: "Array.prototype.join", text: true, limit: c.Max}
	if by, ok := call.Argument(0).(goja.String); ok {
		m.total = max(int64(by.Length())-1, 0) * int64(lengthOf(o))
	}
	m.add(o, maxNesting)
	m.check()
	return call
}

// flat returns what Array.prototype.flat would for arrays that cannot be measured, or nil.
func flat(c *Checks, call goja.FunctionCall) goja.Value {
	o, ok := call.This.(*goja.Object)
	if !ok {
		return nil
	}
	c.visit("Array.prototype.flat", o)
	depth := 1.0
	if !goja.IsUndefined(call.Argument(0)) {
		depth, call = toNumber(call, 0)
	}
	if !(depth >= 1) {
		return nil
	}
	m := &measure{c: c, what: "Array.prototype.flat", limit: c.slots()}
	if m.add(o, int(min(depth, maxNesting))); !m.odd {
		return nil
	}
	return c.flatten(o, depth)
}

// flattener does what flat does, in a way that is counted and can be interrupted. It makes an array,
// also where a class of arrays might make its own.
var flattener = goja.MustCompile("", `((from, depth, isArray, most) => {
	const to = [];
	const add = (from, depth) => {
		const n = from.length;
		for (let i = 0; i < n; i++) {
			if (!(i in from)) continue;
			const item = from[i];
			if (depth > 0 && isArray(item)) add(item, depth - 1);
			else most(to[to.length] = item, to.length);
		}
	};
	add(from, depth);
	return to;
})`, true)

func (c *Checks) flatten(o *goja.Object, depth float64) goja.Value {
	code, err := c.vm.RunProgram(flattener)
	if err != nil {
		panic(err)
	}
	isArray := func(call goja.FunctionCall) goja.Value { return c.vm.ToValue(isArray(call.Argument(0))) }
	most := func(call goja.FunctionCall) goja.Value {
		c.list("Array.prototype.flat", call.Argument(1).ToFloat())
		return nil
	}
	f, _ := goja.AssertFunction(code)
	v, err := f(goja.Undefined(), o, c.vm.ToValue(depth), c.vm.ToValue(isArray), c.vm.ToValue(most))
	if err != nil {
		panic(err)
	}
	return v
}

// isArray reports whether a value is an array, or stands for one.
func isArray(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	for p, is := proxyOf(o); is && p.Target() != nil; p, is = proxyOf(o) {
		o = p.Target()
	}
	return ok && o.ClassName() == "Array"
}

// add adds an array, and those in it down to a depth.
func (m *measure) add(o *goja.Object, depth int) {
	values, _, ok := inside.elements(o)
	if !ok {
		_, proxy := proxyOf(o)
		m.odd = m.odd || proxy || o.ClassName() == "Array"
		return
	}
	if m.text && slices.Contains(m.path, o) { // what stands in itself is left out there
		return
	}
	if len(m.path) >= maxNesting {
		m.c.fail("%s: the arrays are nested more than %d deep", m.what, maxNesting)
	}
	m.total += int64(len(values)) // with a comma each
	if len(m.path) > 0 {
		m.inner += int64(len(values))
		m.c.list(m.what+" of nested arrays", float64(m.inner))
	}
	for _, v := range values {
		m.check()
		switch v := v.(type) {
		case goja.String:
			if m.text {
				m.total += int64(v.Length())
			}
		case *goja.Object:
			if m.text {
				m.total += int64(textSize(v))
			}
			if depth > 0 {
				m.path = append(m.path, o)
				m.add(v, depth-1)
				m.path = m.path[:len(m.path)-1]
			}
		}
	}
	m.check()
}

// check throws if it is too much already.
func (m *measure) check() {
	switch {
	case m.total <= m.limit:
	case m.text:
		m.c.text(m.what, float64(m.total))
	default:
		m.c.list(m.what, float64(m.total))
	}
}
