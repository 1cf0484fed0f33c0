package wording

import (
	"fmt"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// destructured: { a, b } = null.
func destructured(t *Teller, at *site, message string) string {
	if message != "Value is not object coercible" {
		return ""
	}
	value := at.top(1)
	what := "undefined"
	if goja.IsNull(value) {
		what = "object null"
	}
	place := file.Idx(at.offset + 1)
	d := destructuring(t.find(at, "pattern", func(node any) bool { return destructuring(node).isAt(place, node) }))
	pattern := d.pattern
	if pattern == nil {
		return fmt.Sprintf("Cannot destructure '%s' as it is %s.", what, t.Show(value))
	}
	if at.key != nil {
		if inside := nested(pattern, t.Show(at.key)); inside != nil {
			pattern = inside
		}
	}
	property, hasDefault := firstProperty(pattern)
	if property != "" && (at.key != nil || hasDefault) {
		return t.cannotRead(value, property)
	}
	switch {
	case d.inLoop:
		what = ".for"
	case d.source != nil:
		what = t.printer(at).print(d.source)
	}
	if property == "" {
		return fmt.Sprintf("Cannot destructure '%s' as it is %s.", what, t.Show(value))
	}
	return fmt.Sprintf("Cannot destructure property '%s' of '%s' as it is %s.", property, what, t.Show(value))
}

// takenApart is what a value is taken apart by.
type takenApart struct {
	pattern *ast.ObjectPattern
	source  ast.Expression // where the value comes from, nil for a parameter
	inLoop  bool           // it is one of the items of that
}

// destructuring returns what a node takes apart.
func destructuring(node any) (d takenApart) {
	switch n := node.(type) {
	case *ast.Binding:
		if n.Initializer != nil {
			d.pattern, _ = n.Target.(*ast.ObjectPattern)
			d.source = n.Initializer
		}
	case *ast.AssignExpression:
		d.pattern, _ = n.Left.(*ast.ObjectPattern)
		d.source = n.Right
	case *ast.ForOfStatement:
		if into, ok := n.Into.(*ast.ForDeclaration); ok {
			d.pattern, _ = into.Target.(*ast.ObjectPattern)
			d.source, d.inLoop = n.Source, true
		}
	case *ast.FunctionLiteral:
		d.pattern = parameterPattern(n.ParameterList)
	case *ast.ArrowFunctionLiteral:
		d.pattern = parameterPattern(n.ParameterList)
	}
	return d
}

// isAt reports whether the interpreter notes this place for what a node takes apart.
func (d takenApart) isAt(place file.Idx, node any) bool {
	switch {
	case d.pattern == nil:
		return false
	case d.source != nil:
		return placeOf(d.source) == place
	}
	return node.(ast.Node).Idx0() == place
}

// parameterPattern returns the first parameter that is taken apart.
func parameterPattern(list *ast.ParameterList) *ast.ObjectPattern {
	for _, b := range list.List {
		if pattern, ok := b.Target.(*ast.ObjectPattern); ok {
			return pattern
		}
	}
	return nil
}

// firstProperty returns the name of a pattern's first property, if that is written down.
func firstProperty(pattern *ast.ObjectPattern) (name string, hasDefault bool) {
	if len(pattern.Properties) == 0 {
		return "", false
	}
	switch p := pattern.Properties[0].(type) {
	case *ast.PropertyShort:
		return p.Name.Name.String(), p.Initializer != nil
	case *ast.PropertyKeyed:
		_, hasDefault = p.Value.(*ast.AssignExpression)
		return keyOf(p), hasDefault
	}
	return "", false
}

// keyOf returns the key of a property, if that is written down.
func keyOf(p *ast.PropertyKeyed) string {
	if p.Computed {
		return ""
	}
	switch key := p.Key.(type) {
	case *ast.StringLiteral:
		return key.Value.String()
	case *ast.NumberLiteral:
		return fmt.Sprint(key.Value)
	case *ast.Identifier:
		return key.Name.String()
	}
	return ""
}

// nested returns the pattern that a property is taken apart by, inside of another one.
func nested(pattern *ast.ObjectPattern, key string) *ast.ObjectPattern {
	for _, p := range pattern.Properties {
		keyed, ok := p.(*ast.PropertyKeyed)
		if !ok {
			continue
		}
		value := keyed.Value
		if a, ok := value.(*ast.AssignExpression); ok {
			value = a.Left
		}
		inside, ok := value.(*ast.ObjectPattern)
		if !ok {
			continue
		}
		if keyOf(keyed) == key {
			return inside
		}
		if deeper := nested(inside, key); deeper != nil {
			return deeper
		}
	}
	return nil
}
