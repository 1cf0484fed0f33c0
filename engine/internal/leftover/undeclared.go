package leftover

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
)

// Declared returns every name that something in a program declares, wherever.
func Declared(program *ast.Program) map[string]bool {
	names := map[string]bool{}
	add := func(part any) {
		each(reflect.ValueOf(part), func(node any) bool {
			switch n := node.(type) {
			case *ast.Identifier:
				names[n.Name.String()] = true
			case *ast.PropertyShort:
				names[n.Name.Name.String()] = true
			}
			return true
		})
	}
	each(reflect.ValueOf(program.Body), func(node any) bool {
		switch n := node.(type) {
		case *ast.Binding:
			add(n.Target)
		case *ast.ForDeclaration:
			add(n.Target)
		case *ast.CatchStatement:
			add(n.Parameter)
		case *ast.ParameterList:
			add(n.Rest)
		case *ast.FunctionLiteral:
			add(n.Name)
		case *ast.ClassLiteral:
			add(n.Name)
		}
		return true
	})
	return names
}

// Undeclared finds variables that functions at the top level set, and that known does not have: a forgotten
// let makes a variable of the whole runtime, which requests share.
func Undeclared(list []ast.Statement, known func(name string) bool) (found []Kept) {
	seen := map[string]bool{}
	note := func(e ast.Expression, at file.Idx) {
		if id, ok := e.(*ast.Identifier); ok && !seen[id.Name.String()] && !known(id.Name.String()) {
			seen[id.Name.String()] = true
			found = append(found, Kept{id.Name.String(), at})
		}
	}
	inside := func(node any) bool {
		switch n := node.(type) {
		case *ast.AssignExpression:
			note(n.Left, n.Idx0())
		case *ast.UnaryExpression:
			if n.Operator == token.INCREMENT || n.Operator == token.DECREMENT {
				note(n.Operand, n.Idx0())
			}
		case *ast.ForIntoExpression:
			note(n.Expression, n.Expression.Idx0())
		}
		return true
	}
	each(reflect.ValueOf(list), func(node any) bool {
		switch node.(type) {
		case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
			each(reflect.ValueOf(node).Elem(), inside)
			return false
		}
		return true
	})
	return found
}

// each calls f for every node in a part of a tree, but not for those in one for which f returns false.
func each(v reflect.Value, f func(node any) bool) {
	switch v.Kind() {
	case reflect.Interface:
		each(v.Elem(), f)
	case reflect.Pointer:
		if !v.IsNil() && v.Type().Elem().PkgPath() == treePackage && f(v.Interface()) {
			each(v.Elem(), f)
		}
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Name != "DeclarationList" {
				each(v.Field(i), f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			each(v.Index(i), f)
		}
	}
}
