package engine

import (
	"strings"

	"github.com/dop251/goja/ast"
)

// All of a class is strict (ECMA-262, 11.2.2), also in a file that is sloppy. esbuild takes out of a class what static
// fields are set to, private methods, and blocks:
//
//	const _User = class _User { … };
//	__publicField(_User, "count", 0);
//	log_fn = function () { … };
//	_User.ready = true;
//	let User = _User;
//
// So in a sloppy file these get a function around them that is strict. Of a class that is named nowhere in itself it is
// not known which statements behind it were a block of it.

// strictClasses makes strict what was taken out of classes. private are the functions with a private name.
func strictClasses(bundle *ast.Program, text string, wanted []naming) {
	if !strings.Contains(text, "__publicField(") && !strings.Contains(text, "__privateAdd(") {
		return
	}
	private := map[any]bool{}
	for _, w := range wanted {
		private[w.node] = strings.HasPrefix(w.name, "#")
	}
	visitNodes(bundle.Body, func(node any) bool {
		switch n := node.(type) {
		case *ast.FunctionLiteral:
			return len(n.Body.List) == 0 || !isDirective(n.Body.List[0])
		case *ast.BlockStatement:
			strictBlocks(n.List, private)
		case *ast.SequenceExpression:
			strictParts(n)
		case *ast.AssignExpression:
			if private[n.Right] {
				n.Right = strictly(n.Right)
			}
		case *ast.CallExpression:
			if setsStatic(n) {
				n.ArgumentList[2] = strictly(n.ArgumentList[2])
			}
		}
		return true
	})
}

// setsStatic reports whether a call sets a static field to something that may do more than be there.
func setsStatic(call *ast.CallExpression) bool {
	if name := nameOf(call.Callee); name != fieldHelper && name != "__privateAdd" || len(call.ArgumentList) != 3 {
		return false
	}
	if _, instance := call.ArgumentList[0].(*ast.ThisExpression); instance {
		return false // in the constructor, which is in the class
	}
	return mayAct(call.ArgumentList[2])
}

// mayAct reports whether an expression may do something, or make something that does.
func mayAct(e ast.Expression) bool {
	switch e := e.(type) {
	case *ast.StringLiteral, *ast.NumberLiteral, *ast.BooleanLiteral, *ast.NullLiteral, *ast.Identifier:
		return false
	case *ast.CallExpression:
		return !strings.HasPrefix(nameOf(e.Callee), "__")
	}
	return true
}

// strictBlocks looks for a class that is followed by what was taken out of it, up to where it gets its own name.
func strictBlocks(list []ast.Statement, private map[any]bool) {
	for i, statement := range list {
		class := classIn(statement)
		if class == "" {
			continue
		}
		end := i + 1
		for end < len(list) && !declaresAs(list[end], class) {
			end++
		}
		if end == len(list) {
			continue
		}
		for _, taken := range list[i+1 : end] {
			s, ok := taken.(*ast.ExpressionStatement)
			if !ok || !mayAct(s.Expression) {
				continue
			}
			if a, ok := s.Expression.(*ast.AssignExpression); !ok || !private[a.Right] {
				s.Expression = strictly(s.Expression)
			}
		}
	}
}

// strictParts does so for a class that is an expression: (_a = class { … }, _a.ready = true, _a).
func strictParts(s *ast.SequenceExpression) {
	last := len(s.Sequence) - 1
	first, _ := s.Sequence[0].(*ast.AssignExpression)
	if first == nil || nameOf(first.Left) == "" || nameOf(first.Left) != nameOf(s.Sequence[last]) {
		return
	}
	if _, ok := first.Right.(*ast.ClassLiteral); !ok {
		return
	}
	for i, e := range s.Sequence[1:last] {
		if mayAct(e) {
			s.Sequence[i+1] = strictly(e)
		}
	}
}

// declared returns what a statement declares, if it is one thing.
func declared(statement ast.Statement) *ast.Binding {
	var list []*ast.Binding
	switch s := statement.(type) {
	case *ast.VariableStatement:
		list = s.List
	case *ast.LexicalDeclaration:
		list = s.List
	}
	if len(list) != 1 {
		return nil
	}
	return list[0]
}

// classIn returns the name in const _User = class _User { … }.
func classIn(statement ast.Statement) string {
	b := declared(statement)
	if b == nil {
		return ""
	}
	id, _ := b.Target.(*ast.Identifier)
	class, _ := b.Initializer.(*ast.ClassLiteral)
	if id == nil || class == nil || class.Name == nil || class.Name.Name != id.Name {
		return ""
	}
	return id.Name.String()
}

// declaresAs reports whether a statement is let User = _User.
func declaresAs(statement ast.Statement, class string) bool {
	b := declared(statement)
	return b != nil && b.Initializer != nil && nameOf(b.Initializer) == class
}

// strictly makes (() => { "use strict"; return e })() of e.
func strictly(e ast.Expression) ast.Expression {
	at := e.Idx0()
	directive := &ast.ExpressionStatement{Expression: &ast.StringLiteral{Idx: at, Literal: `"use strict"`, Value: "use strict"}}
	body := []ast.Statement{directive, &ast.ReturnStatement{Return: at, Argument: e}}
	return &ast.CallExpression{LeftParenthesis: at, RightParenthesis: at, Callee: &ast.ArrowFunctionLiteral{
		Start:         at,
		ParameterList: &ast.ParameterList{Opening: at, Closing: at},
		Body:          &ast.BlockStatement{LeftBrace: at, List: body, RightBrace: at},
	}}
}
