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
	return call
}

func flat(c *Checks, call goja.FunctionCall) goja.FunctionCall {
	o, ok := call.This.(*goja.Object)
	if !ok {
		return call
	}
	c.visit("Array.prototype.flat", o)
	depth := 1.0
	if !goja.IsUndefined(call.Argument(0)) {
		depth, call = toNumber(call, 0)
	}
	if depth >= 1 {
		m := &measure{c: c, what: "Array.prototype.flat", limit: c.slots()}
		m.add(o, int(min(depth, maxNesting)))
	}
	return call
}

// add adds an array, and those in it down to a depth.
func (m *measure) add(o *goja.Object, depth int) {
	values, _, ok := inside.elements(o)
	if !ok || m.text && slices.Contains(m.path, o) { // what stands in itself is left out there
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
			if _, _, ok := inside.elements(v); ok && depth > 0 {
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
