package engine

import (
	"strconv"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// | & ^ ~ << >> and >>> take a number modulo 2**32. The interpreter does so below 2**63 only: of what is larger it makes
// 0, and 1e20 | 0 is 1661992960. (From 2**84 on 0 is right.) A program in which such a number stands has the operands of
// these operators looked at; others, which could get there by a long multiplication only, would pay for it each time.

// mayBeWide reports whether a program has a number from 2**63 to 2**84. Programs are as esbuild prints them: 1e20,
// 18446744073709552e3.
func mayBeWide(program string) bool {
	for i := 0; i < len(program); i++ {
		if !isDigit(program[i]) {
			continue
		}
		start, digits := i, 0
		for ; i < len(program) && (isDigit(program[i]) || program[i] == '.'); i++ {
			digits++
		}
		if i < len(program) && program[i] == 'e' {
			exponent := i + 1
			for i++; i < len(program) && isDigit(program[i]); i++ {
			}
			n, _ := strconv.Atoi(program[exponent:i])
			digits += n
		}
		if digits > 18 && digits < 50 {
			if n, err := strconv.ParseFloat(program[start:i], 64); err == nil && isWide(n) {
				return true
			}
		}
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWide(n float64) bool { return n >= 1<<63 && n < 1<<84 }

// narrow has the operands of an operator looked at.
func (w *rewriter) narrow(n *ast.BinaryExpression) {
	if w.wide && isBitwise(n.Operator) {
		n.Left, n.Right = w.narrowed(n.Left), w.narrowed(n.Right)
	}
}

// narrowAssigned does so for a |= b and the like.
func (w *rewriter) narrowAssigned(a *ast.AssignExpression) {
	if !w.wide || !isBitwise(a.Operator) {
		return
	}
	a.Right = w.narrowed(a.Right)
	if readTwice(a.Left) {
		a.Right = &ast.BinaryExpression{Operator: a.Operator, Left: w.narrowed(a.Left), Right: a.Right}
		a.Operator = token.ASSIGN
	}
}

func (w *rewriter) narrowed(e ast.Expression) ast.Expression {
	switch n := e.(type) {
	case *ast.BinaryExpression:
		if isBitwise(n.Operator) {
			return e
		}
	case *ast.NumberLiteral:
		if i, ok := n.Value.(int64); ok && -1<<53 < i && i < 1<<53 {
			return e
		}
	}
	return w.call("narrow", e.Idx0(), e)
}

func isBitwise(t token.Token) bool {
	switch t {
	case token.OR, token.AND, token.EXCLUSIVE_OR, token.SHIFT_LEFT, token.SHIFT_RIGHT, token.UNSIGNED_SHIFT_RIGHT:
		return true
	}
	return false
}
