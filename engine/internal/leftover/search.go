package leftover

import (
	"reflect"

	"github.com/dop251/goja/ast"
)

func (s *search) walk(v reflect.Value, at scope) {
	switch v.Kind() {
	case reflect.Interface:
		s.walk(v.Elem(), at)
	case reflect.Pointer:
		if !v.IsNil() && v.Type().Elem().PkgPath() == treePackage && !s.node(v.Interface(), at) {
			s.walk(v.Elem(), at)
		}
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "DeclarationList" {
				s.walk(v.Field(i), at)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			s.walk(v.Index(i), at)
		}
	}
}

// node deals with what has a meaning here, and reports whether that is all.
func (s *search) node(node any, at scope) bool {
	switch n := node.(type) {
	case *ast.FunctionLiteral:
		if n.Name != nil && at.function == nil {
			at.name = n.Name.Name.String()
		}
		s.enter(n.ParameterList, n.Body, at)
	case *ast.ArrowFunctionLiteral:
		s.enter(n.ParameterList, n.Body, at)
	case *ast.Binding:
		return s.named(n, at)
	case *ast.IfStatement:
		s.visit(n.Test, at)
		at.tested = s.tested(n.Test, at)
		s.walk(reflect.ValueOf(n.Consequent), at)
		s.walk(reflect.ValueOf(n.Alternate), at)
	case *ast.ExpressionStatement:
		return s.statement(n.Expression, at)
	case *ast.UnaryExpression:
		return s.step(n, at, true)
	case *ast.AssignExpression:
		return s.assign(n, at, true)
	case *ast.CallExpression:
		return s.call(n, at, true)
	case *ast.DotExpression:
		s.read(n, at)
		s.visit(n.Left, at)
	case *ast.MethodDefinition:
		return s.method(n.Key, n.Computed, n.Body, at)
	case *ast.PropertyKeyed:
		return s.method(n.Key, n.Computed, n.Value, at)
	case *ast.Identifier:
		s.read(n, at)
	default:
		return false
	}
	return true
}

// read notes that the value of a variable is used.
func (s *search) read(e ast.Expression, at scope) {
	if v := s.of(e, at); v != nil && !at.logged {
		v.read = true
		v.lookedUp[at.function] = true
	}
}

// method goes into a property of an object or a class, whose name a function at the top level gets.
func (s *search) method(key ast.Expression, computed bool, value ast.Expression, at scope) bool {
	if computed {
		s.visit(key, at)
	}
	if text, ok := key.(*ast.StringLiteral); ok && at.function == nil {
		at.name = "." + text.Value.String()
	}
	s.visit(value, at)
	return true
}

// named goes into a function at the top level that a variable is set to.
func (s *search) named(b *ast.Binding, at scope) bool {
	id, ok := b.Target.(*ast.Identifier)
	if !ok || at.function != nil || !isFunction(b.Initializer) {
		return false
	}
	at.name = id.Name.String()
	s.visit(b.Initializer, at)
	return true
}

func (s *search) visit(e ast.Expression, at scope) {
	if e != nil {
		s.walk(reflect.ValueOf(e), at)
	}
}

// enter goes into a function. What that declares hides what is outside.
func (s *search) enter(params *ast.ParameterList, body any, at scope) {
	hidden := map[string]bool{}
	for name := range at.hidden {
		hidden[name] = true
	}
	declared(reflect.ValueOf(params), hidden)
	declared(reflect.ValueOf(body), hidden)
	inner := scope{function: params, name: at.name, hidden: hidden, logged: at.logged}
	if at.function != nil { // a function within one is a part of it
		inner.function, inner.tested = at.function, at.tested
	}
	s.walk(reflect.ValueOf(params), inner)
	s.walk(reflect.ValueOf(body), inner)
}

// tested returns what a condition looks at, besides what is looked at already.
func (s *search) tested(test ast.Expression, at scope) map[string]bool {
	names := map[string]bool{}
	for name := range at.tested {
		names[name] = true
	}
	identifiers(reflect.ValueOf(test), func(name string) { names[name] = true })
	return names
}
