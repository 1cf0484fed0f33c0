package engine

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// holdAwaits has what is awaited in a statement noted: await x becomes await $wizgy.held(x). Functions
// within are left alone.
func (w *rewriter) holdAwaits(statement ast.Statement) {
	visitNodes(statement, func(node any) bool {
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
