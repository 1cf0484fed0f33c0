// Package mend makes right what the interpreter's parser gets wrong.
package mend

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"

	"wizgy/engine/internal/scan"
)

// The parser takes a < b < c for a < (b < c), and so for > <= >= instanceof and in. The tree does not
// tell where brackets stood, so that is looked up in the text. And delete of what is no property
// and no variable is true without a look at it: !void a++ does what delete a++ should.

// Operators changes the tree of a program, whose text that is, so that these operators mean what they
// should.
func Operators(p *ast.Program, text string) {
	c := chains{text: text, seen: map[any]bool{}, found: left, deleted: func(n *ast.UnaryExpression) {
		n.Operator, n.Operand = token.NOT, &ast.UnaryExpression{Operator: token.VOID, Idx: n.Idx, Operand: n.Operand}
	}}
	c.walk(reflect.ValueOf(p))
}

// chains looks for chains of these operators.
type chains struct {
	text   string
	tokens *scan.Tokens
	unsure bool
	seen   map[any]bool

	found   func(n *ast.BinaryExpression, chain []link)
	deleted func(n *ast.UnaryExpression)
	called  func(n *ast.CallExpression) // may be nil
}

// link is an operator and what is on its right.
type link struct {
	operator   token.Token
	comparison bool
	right      ast.Expression
}

func (c *chains) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		c.walk(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || v.Type().Elem().PkgPath() != treePackage || c.seen[v.Interface()] {
			return
		}
		c.seen[v.Interface()] = true
		switch n := v.Interface().(type) {
		case *ast.BinaryExpression:
			c.binary(n)
		case *ast.UnaryExpression:
			if n.Operator == token.DELETE && !isReference(n.Operand) {
				c.deleted(n)
			}
		case *ast.CallExpression:
			if c.called != nil {
				c.called(n)
			}
		}
		c.walk(v.Elem())
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.walk(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.walk(v.Index(i))
		}
	}
}

// binary looks whether a chain begins.
func (c *chains) binary(n *ast.BinaryExpression) {
	if !isRelational(n) {
		return
	}
	chain := []link{{n.Operator, n.Comparison, n.Right}}
	for {
		last := &chain[len(chain)-1]
		next, ok := last.right.(*ast.BinaryExpression)
		if !ok || !isRelational(next) || c.enclosed(next) {
			break
		}
		last.right = next.Left
		chain = append(chain, link{next.Operator, next.Comparison, next.Right})
	}
	if len(chain) > 1 {
		c.found(n, chain)
	}
}

func isRelational(n *ast.BinaryExpression) bool {
	if _, private := n.Left.(*ast.PrivateIdentifier); private {
		return false
	}
	switch n.Operator {
	case token.LESS, token.LESS_OR_EQUAL, token.GREATER, token.GREATER_OR_EQUAL, token.INSTANCEOF, token.IN:
		return true
	}
	return false
}

// isReference reports whether delete does with an expression what it should.
func isReference(e ast.Expression) bool {
	switch e.(type) {
	case *ast.Identifier, *ast.DotExpression, *ast.PrivateDotExpression, *ast.BracketExpression, *ast.OptionalChain, *ast.CallExpression:
		return true
	}
	return false
}

// enclosed reports whether there are brackets around an expression that is the right side of another:
// one of those that open directly before it ends behind its operator.
func (c *chains) enclosed(n *ast.BinaryExpression) bool {
	if !c.sure() {
		return false
	}
	open, _ := c.tokens.Opening(offset(first(n)))
	right := offset(first(n.Right))
	for _, at := range open {
		if c.tokens.Closing(at) > right {
			return true
		}
	}
	return false
}

// sure finds the tokens of the text, and reports whether that could be done.
func (c *chains) sure() bool {
	if c.tokens == nil {
		var sure bool
		c.tokens, sure = scan.NewTokens(c.text)
		c.unsure = !sure
	}
	return !c.unsure
}

func offset(i file.Idx) int { return int(i) - 1 }

// left makes a chain associate to the left.
func left(n *ast.BinaryExpression, chain []link) {
	made := n.Left
	for _, l := range chain[:len(chain)-1] {
		made = &ast.BinaryExpression{Operator: l.operator, Comparison: l.comparison, Left: made, Right: l.right}
	}
	last := chain[len(chain)-1]
	n.Left, n.Operator, n.Comparison, n.Right = made, last.operator, last.comparison, last.right
}

// first returns where the first token of an expression stands, without brackets.
func first(e ast.Expression) file.Idx {
	switch e := e.(type) {
	case *ast.BinaryExpression:
		return first(e.Left)
	case *ast.AssignExpression:
		return first(e.Left)
	case *ast.ConditionalExpression:
		return first(e.Test)
	case *ast.SequenceExpression:
		return first(e.Sequence[0])
	case *ast.CallExpression:
		return first(e.Callee)
	case *ast.DotExpression:
		return first(e.Left)
	case *ast.PrivateDotExpression:
		return first(e.Left)
	case *ast.BracketExpression:
		return first(e.Left)
	case *ast.OptionalChain:
		return first(e.Expression)
	case *ast.Optional:
		return first(e.Expression)
	case *ast.TemplateLiteral:
		if e.Tag != nil {
			return first(e.Tag)
		}
	case *ast.UnaryExpression:
		if e.Postfix {
			return first(e.Operand)
		}
		return e.Idx
	case *ast.MetaProperty:
		return e.Meta.Idx
	}
	return e.Idx0()
}

var treePackage = reflect.TypeFor[ast.Program]().PkgPath()
