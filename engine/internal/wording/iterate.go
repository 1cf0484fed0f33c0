package wording

import (
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// notIterable says of a value that it cannot be iterated, where nothing is known of what stands there.
func (t *Teller) notIterable(v goja.Value) string {
	what := kind(v)
	switch v := v.(type) {
	case *goja.Object:
		if what = "object"; v.ClassName() == "Function" {
			what = "function"
		}
	case *goja.Symbol:
	default:
		if !goja.IsUndefined(v) {
			what += " " + t.Show(v)
		}
	}
	return what + " is not iterable (cannot read property Symbol(Symbol.iterator))"
}

func isNotIterable(message string) bool {
	return message == "object is not iterable" || message == "Cannot convert undefined or null to object"
}

// iterated: for of, and [a, b] = list.
func iterated(t *Teller, at *site, message string) string {
	if strings.HasPrefix(message, "Value is not an object: ") {
		return "Result of the Symbol.iterator method is not an object"
	}
	if !isNotIterable(message) && !strings.HasSuffix(message, " is not a method") {
		return ""
	}
	switch at.before {
	case "iterGetNextOrUndef", "getKey", "iterNext", "enumGet": // a pattern inside of another one, or of a loop
		return t.notIterable(at.top(1))
	}
	place := file.Idx(at.offset + 1)
	source := iteratedBy(t.find(at, "iteration", func(node any) bool {
		source := iteratedBy(node)
		return source != nil && placeOf(source) == place
	}))
	if _, member := source.(*ast.DotExpression); source == nil || member && at.instruction == "iterate" {
		return t.notIterable(at.top(1))
	}
	return t.sourceNotIterable(at, source)
}

// iteratedBy returns what a loop or a pattern takes the items of, or nil.
func iteratedBy(node any) ast.Expression {
	switch n := node.(type) {
	case *ast.ForOfStatement:
		return n.Source
	case *ast.Binding:
		if _, ok := n.Target.(*ast.ArrayPattern); ok {
			return n.Initializer
		}
	}
	return nil
}

// sourceNotIterable says of an expression that its value cannot be iterated.
func (t *Teller) sourceNotIterable(at *site, source ast.Expression) string {
	p := t.printer(at)
	if call, ok := source.(*ast.CallExpression); ok {
		return p.print(call.Callee) + " is not a function or its return value is not iterable"
	}
	return p.print(source) + " is not iterable"
}

// stepped: what next() gave.
func stepped(t *Teller, at *site, message string) string {
	if rest, ok := strings.CutPrefix(message, "Value is not an object: "); ok {
		return "Iterator result " + rest + " is not an object"
	}
	return ""
}

// spread: [...list] and f(...list).
func spread(t *Teller, at *site, message string) string {
	if !isNotIterable(message) {
		return ""
	}
	value, inCall := at.top(1), at.instruction == "pushSpread"
	if inCall {
		value = at.top(0)
	}
	nothing := goja.IsUndefined(value) || goja.IsNull(value)
	if inCall && !nothing {
		return "Spread syntax requires ...iterable[Symbol.iterator] to be a function"
	}
	place := file.Idx(at.offset + 1)
	n, _ := t.find(at, "spread", func(node any) bool {
		n, ok := node.(*ast.SpreadElement)
		return ok && (placeOf(n.Expression) == place || inCall && n.Expression.Idx0() == place)
	}).(*ast.SpreadElement)
	switch {
	case n == nil:
		return t.Show(value) + " is not iterable"
	case inCall:
		return t.printer(at).print(n.Expression) + " is not iterable (cannot read property " + t.Show(value) + ")"
	}
	return t.sourceNotIterable(at, n.Expression)
}
