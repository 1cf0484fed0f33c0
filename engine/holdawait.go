package engine

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// holdAwaits has what is awaited in a statement noted: await x becomes await $wizgy.held(x). Functions
// within are left alone.
func (w *rewriter) holdAwaits(statement ast.Statement) {
	eachNode(reflect.ValueOf(statement), func(node any) bool {
		switch n := node.(type) {
		case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral, *ast.ClassLiteral:
			return false
		case *ast.AwaitExpression:
			if !isOwnCall(n.Argument, "held") {
				n.Argument = ownCall("held", n.Argument, n.Await)
				w.holds = true
			}
		}
		return true
	})
}

// eachNode calls f for the nodes of a part of a tree, from the outside in. Where f returns false it goes
// no deeper.
func eachNode(v reflect.Value, f func(node any) bool) {
	switch v.Kind() {
	case reflect.Interface:
		eachNode(v.Elem(), f)
	case reflect.Pointer:
		if !v.IsNil() && v.Type().Elem().PkgPath() == treePackage && f(v.Interface()) {
			eachNode(v.Elem(), f)
		}
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachNode(v.Field(i), f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachNode(v.Index(i), f)
		}
	}
}

// ownCall makes a call of a function of $wizgy that is part of the runtime.
func ownCall(function string, argument ast.Expression, at file.Idx) ast.Expression {
	f := &ast.DotExpression{Left: name("$wizgy", at), Identifier: *name(function, at)}
	return &ast.CallExpression{Callee: f, LeftParenthesis: at, ArgumentList: []ast.Expression{argument}, RightParenthesis: at}
}

func isOwnCall(e ast.Expression, function string) bool {
	call, ok := e.(*ast.CallExpression)
	if !ok {
		return false
	}
	f, ok := call.Callee.(*ast.DotExpression)
	return ok && nameOf(f) == "$wizgy."+function
}
