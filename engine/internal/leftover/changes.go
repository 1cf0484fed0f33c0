package leftover

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// statement is an expression whose value nobody looks at.
func (s *search) statement(e ast.Expression, at scope) bool {
	switch n := e.(type) {
	case *ast.UnaryExpression:
		return s.step(n, at, false)
	case *ast.AssignExpression:
		return s.assign(n, at, false)
	case *ast.CallExpression:
		return s.call(n, at, false)
	}
	return false
}

// step is ++ and --.
func (s *search) step(n *ast.UnaryExpression, at scope, used bool) bool {
	v := s.holder(n.Operand, at)
	if v == nil || n.Operator != token.INCREMENT && n.Operator != token.DECREMENT {
		return false
	}
	s.change(v, n.Operand.Idx0(), at)
	v.read = v.read || used && !at.logged
	return true
}

// assign is = and the like.
func (s *search) assign(n *ast.AssignExpression, at scope, used bool) bool {
	v := s.holder(n.Left, at)
	if v == nil {
		return false
	}
	whole, asked := s.of(n.Left, at) != nil, mentions(at.tested, s, v)
	continued := whole && !asked && s.continues(n.Right, v, at)
	switch {
	case n.Operator == token.COALESCE || n.Operator == token.LOGICAL_OR: // a cache
	case n.Operator != token.ASSIGN, continued:
		s.change(v, n.Left.Idx0(), at)
	case whole || v.lookedUp[at.function] || asked || s.falls(n.Right, v, at): // begins anew, or a cache
	default:
		s.change(v, n.Left.Idx0(), at)
	}
	v.read = v.read || used && n.Operator != token.ASSIGN && !at.logged
	s.visit(n.Right, at)
	return true
}

// continues reports whether a variable gets a value that is made of the one it has. One that is chosen, by ?: and the
// like, is that of a cache.
func (s *search) continues(value ast.Expression, v *variable, at scope) bool {
	switch n := value.(type) {
	case *ast.ConditionalExpression:
		return false
	case *ast.BinaryExpression:
		chosen := n.Operator == token.LOGICAL_OR || n.Operator == token.LOGICAL_AND || n.Operator == token.COALESCE
		return !chosen && (s.made(n.Left, v, at) || s.made(n.Right, v, at))
	case *ast.ArrayLiteral, *ast.ObjectLiteral:
		return s.made(value, v, at)
	case *ast.CallExpression: // list = list.concat(x)
		dot, ok := n.Callee.(*ast.DotExpression)
		return ok && dot.Identifier.Name == "concat" && s.of(dot.Left, at) == v
	}
	return false
}

// made reports whether a value is, or has in it, that of a variable.
func (s *search) made(value ast.Expression, v *variable, at scope) (made bool) {
	before := v.read
	v.read = false
	s.visit(value, scope{function: at.function, hidden: at.hidden})
	made, v.read = v.read, before
	return made
}

// falls reports whether a value is what a variable has already, if that has it: o.x = o.x || make().
func (s *search) falls(value ast.Expression, v *variable, at scope) bool {
	n, ok := value.(*ast.BinaryExpression)
	return ok && (n.Operator == token.LOGICAL_OR || n.Operator == token.COALESCE) && s.holder(n.Left, at) == v
}

func mentions(names map[string]bool, s *search, v *variable) bool {
	for name := range names {
		if s.vars[name] == v {
			return true
		}
	}
	return false
}

// call is a call of a method that fills something, or of console.
func (s *search) call(n *ast.CallExpression, at scope, used bool) bool {
	if id, ok := n.Callee.(*ast.Identifier); ok {
		if called := id.Name.String(); at.function == nil {
			s.atLoad[called] = true
		} else {
			s.later[called] = true
		}
	}
	dot, ok := n.Callee.(*ast.DotExpression)
	if !ok {
		return false
	}
	if name := "." + dot.Identifier.Name.String(); at.function == nil {
		s.atLoad[name] = true
	} else {
		s.later[name] = true
	}
	if id, ok := dot.Left.(*ast.Identifier); ok && id.Name == "console" {
		at.logged = true
		s.walk(reflect.ValueOf(n.ArgumentList), at)
		return true
	}
	v := s.holder(dot.Left, at)
	if v == nil {
		return false
	}
	method := dot.Identifier.Name.String()
	if method == "splice" && len(n.ArgumentList) > 2 {
		method = "push" // what comes behind the second
	}
	switch method {
	case "push", "unshift":
		s.change(v, dot.Left.Idx0(), at)
		v.read = v.read || used && !at.logged
	case "set", "add":
		counts := false
		for _, arg := range n.ArgumentList {
			identifiers(reflect.ValueOf(arg), func(name string) { counts = counts || s.vars[name] == v })
		}
		if counts || !v.lookedUp[at.function] {
			s.change(v, dot.Left.Idx0(), at)
		}
	case "delete", "clear", "splice", "shift", "pop":
		return used && s.visitDot(dot, n, at)
	default:
		return false
	}
	s.walk(reflect.ValueOf(n.ArgumentList), at)
	return true
}

func (s *search) visitDot(dot *ast.DotExpression, n *ast.CallExpression, at scope) bool {
	s.visit(dot.Left, at)
	s.walk(reflect.ValueOf(n.ArgumentList), at)
	return true
}
