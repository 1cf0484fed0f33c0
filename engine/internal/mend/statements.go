package mend

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// The compiler refuses two things that are right:
//
//	catch (e) { var e = 1 }          // ECMA-262, B.3.4: the e of catch is assigned, another e is declared
//	a: b: for (;;) { continue a }    // both are labels of the loop
//
// Statements changes a tree so that they are taken, and reports whether there was something to change.
// It is for trees that were refused.
func Statements(p *ast.Program) bool {
	s := statements{seen: map[any]bool{}}
	s.walk(reflect.ValueOf(p))
	return s.changed
}

type statements struct {
	seen    map[any]bool
	changed bool
}

func (s *statements) walk(v reflect.Value) {
	visit(v, s.seen, func(node any, _ reflect.Value) bool {
		switch n := node.(type) {
		case *ast.CatchStatement:
			if e, ok := n.Parameter.(*ast.Identifier); ok {
				s.assign(e.Name, n.Body)
			}
		case *ast.LabelledStatement:
			s.relabel(n)
		}
		return true
	})
}

// visit calls f with all nodes of a part of a tree, and with the interfaces that have them. Where f is
// false, it does not go on inside.
func visit(v reflect.Value, seen map[any]bool, f func(node any, place reflect.Value) bool) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() || v.Elem().Kind() == reflect.Pointer && !v.Elem().IsNil() && !f(v.Interface(), v) {
			return
		}
		visit(v.Elem(), seen, f)
	case reflect.Pointer:
		if v.IsNil() || v.Type().Elem().PkgPath() != treePackage || seen[v.Interface()] {
			return
		}
		seen[v.Interface()] = true
		if f(v.Interface(), reflect.Value{}) {
			visit(v.Elem(), seen, f)
		}
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				visit(v.Field(i), seen, f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), seen, f)
		}
	}
}

// isFunction reports whether a node has variables and labels of its own.
func isFunction(node any) bool {
	switch node.(type) {
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral, *ast.ClassLiteral, *ast.FunctionDeclaration, *ast.ClassDeclaration:
		return true
	}
	return false
}

// assign makes assignments of the declarations of a name. What they declare stays declared, by the
// function that they are in.
func (s *statements) assign(name unistring.String, body *ast.BlockStatement) {
	visit(reflect.ValueOf(body), map[any]bool{}, func(node any, place reflect.Value) bool {
		if isFunction(node) {
			return false
		}
		if !place.IsValid() || !place.CanSet() {
			return true
		}
		switch n := node.(type) {
		case *ast.VariableStatement:
			if declares(n.List, name) {
				place.Set(reflect.ValueOf(assignments(n.List)))
				s.changed = true
			}
		case *ast.ForLoopInitializerVarDeclList:
			if declares(n.List, name) {
				e, _ := assignments(n.List).(*ast.ExpressionStatement)
				if e == nil {
					place.SetZero()
				} else {
					place.Set(reflect.ValueOf(&ast.ForLoopInitializerExpression{Expression: e.Expression}))
				}
				s.changed = true
			}
		case *ast.ForIntoVar:
			if declares([]*ast.Binding{n.Binding}, name) {
				place.Set(reflect.ValueOf(&ast.ForIntoExpression{Expression: n.Binding.Target}))
				s.changed = true
			}
		}
		return true
	})
}

func declares(list []*ast.Binding, name unistring.String) (found bool) {
	for _, b := range list {
		visit(reflect.ValueOf(&b.Target), map[any]bool{}, func(node any, _ reflect.Value) bool {
			if id, ok := node.(*ast.Identifier); ok && id.Name == name {
				found = true
			}
			return true
		})
	}
	return found
}

// assignments returns the statement that does what declarations do besides declaring.
func assignments(list []*ast.Binding) ast.Statement {
	var all []ast.Expression
	for _, b := range list {
		if b.Initializer != nil {
			all = append(all, &ast.AssignExpression{Operator: token.ASSIGN, Left: b.Target, Right: b.Initializer})
		}
	}
	switch len(all) {
	case 0:
		return &ast.EmptyStatement{Semicolon: list[0].Idx0()}
	case 1:
		return &ast.ExpressionStatement{Expression: all[0]}
	}
	return &ast.ExpressionStatement{Expression: &ast.SequenceExpression{Sequence: all}}
}

// relabel has only the innermost of the labels of a loop used.
func (s *statements) relabel(n *ast.LabelledStatement) {
	outer := map[unistring.String]bool{}
	for {
		inner, ok := n.Statement.(*ast.LabelledStatement)
		if !ok {
			break
		}
		outer[n.Label.Name] = true
		n = inner
	}
	if len(outer) == 0 {
		return
	}
	visit(reflect.ValueOf(&n.Statement), map[any]bool{}, func(node any, _ reflect.Value) bool {
		if b, ok := node.(*ast.BranchStatement); ok && b.Label != nil && outer[b.Label.Name] {
			b.Label = &ast.Identifier{Name: n.Label.Name, Idx: b.Label.Idx}
			s.changed = true
		}
		return !isFunction(node)
	})
}
