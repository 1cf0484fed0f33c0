package engine

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// holdAwaits has what is awaited in a statement noted: await x becomes await $wizgy.held(x). Functions
// within are left alone.
func (w *rewriter) holdAwaits(statement ast.Statement) {
	w.hold(reflect.ValueOf(statement))
}

func (w *rewriter) hold(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		w.hold(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || v.Type().Elem().PkgPath() != treePackage {
			return
		}
		switch n := v.Interface().(type) {
		case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral, *ast.ClassLiteral:
			return
		case *ast.AwaitExpression:
			if !isHeld(n.Argument) {
				n.Argument = heldCall(n.Argument, n.Await)
				w.holds = true
			}
		}
		w.hold(v.Elem())
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				w.hold(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.hold(v.Index(i))
		}
	}
}

func heldCall(e ast.Expression, at file.Idx) ast.Expression {
	f := &ast.DotExpression{Left: name("$wizgy", at), Identifier: *name("held", at)}
	return &ast.CallExpression{Callee: f, LeftParenthesis: at, ArgumentList: []ast.Expression{e}, RightParenthesis: at}
}

func isHeld(e ast.Expression) bool {
	call, ok := e.(*ast.CallExpression)
	if !ok {
		return false
	}
	f, ok := call.Callee.(*ast.DotExpression)
	return ok && nameOf(f) == "$wizgy.held"
}
