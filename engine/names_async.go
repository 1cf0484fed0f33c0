package engine

import (
	"strings"

	"github.com/dop251/goja/ast"
)

// asyncGenerators returns the names of functions that async generators are compiled to: in name() {
// return __asyncGenerator(this, null, function* () {…}) } it is the inner one that stands in a stack.
func asyncGenerators(bundle *ast.Program, text string) (list []naming) {
	if !strings.Contains(text, "__asyncGenerator(") {
		return nil
	}
	add := func(outer *ast.FunctionLiteral, name string) {
		if inner := compiledGenerator(outer); inner != nil && name != "" {
			list = append(list, naming{node: inner, name: name})
		}
	}
	visitNodes(bundle.Body, func(node any) bool {
		switch n := node.(type) {
		case *ast.FunctionLiteral:
			if n.Name != nil {
				add(n, n.Name.Name.String())
			}
		case *ast.MethodDefinition:
			add(n.Body, plainKey(n.Key))
		case *ast.PropertyKeyed:
			if f, ok := n.Value.(*ast.FunctionLiteral); ok {
				add(f, plainKey(n.Key))
			}
		}
		return true
	})
	return list
}

// compiledGenerator returns the generator in a function that an async generator was compiled to, or nil.
func compiledGenerator(outer *ast.FunctionLiteral) *ast.FunctionLiteral {
	if len(outer.Body.List) != 1 {
		return nil
	}
	r, ok := outer.Body.List[0].(*ast.ReturnStatement)
	if !ok {
		return nil
	}
	call, ok := r.Argument.(*ast.CallExpression)
	if !ok || nameOf(call.Callee) != "__asyncGenerator" || len(call.ArgumentList) != 3 {
		return nil
	}
	inner, _ := call.ArgumentList[2].(*ast.FunctionLiteral)
	return inner
}

// plainKey returns the name of a property that is written as one, or "".
func plainKey(key ast.Expression) string {
	switch key := key.(type) {
	case *ast.StringLiteral:
		return key.Value.String()
	case *ast.Identifier:
		return key.Name.String()
	}
	return ""
}
