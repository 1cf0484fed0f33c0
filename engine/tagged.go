package engine

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// What a tag function gets first is a list of strings, which the interpreter makes anew in each call, of
// memory that belongs to the program: a tag that freezes the list, or its raw, writes into what other
// runtimes are reading. So tag`a${b}c` becomes a call with a list of the runtime's own, which is made
// once, as the language has it, and is frozen:
//
//	tag($wizgy.tag0 ||= $wizgy.strings(["a", "c"], ["a", "c"]), b)

// mayHaveTags reports whether a bundle, as esbuild prints it, may have such templates.
func mayHaveTags(bundle string) bool {
	for at := 1; at < len(bundle); at++ {
		next := strings.IndexByte(bundle[at:], '`')
		if next < 0 {
			return false
		}
		at += next
		if r, _ := utf8.DecodeLastRuneInString(bundle[:at]); r == ')' || r == ']' || inName(r) {
			return true
		}
	}
	return false
}

// tagged returns the call.
func (w *rewriter) tagged(t *ast.TemplateLiteral) ast.Expression {
	at := t.OpenQuote
	cooked, raw := &ast.ArrayLiteral{LeftBracket: at, RightBracket: at}, &ast.ArrayLiteral{LeftBracket: at, RightBracket: at}
	for _, part := range t.Elements {
		var text ast.Expression = &ast.UnaryExpression{Operator: token.VOID, Idx: at, Operand: &ast.NumberLiteral{Idx: at, Literal: "0", Value: int64(0)}}
		if part.Valid {
			text = stringLiteral(part.Parsed, at)
		}
		cooked.Value = append(cooked.Value, text)
		raw.Value = append(raw.Value, stringLiteral(unistring.NewFromString(part.Literal), at))
	}
	name := "tag" + strconv.Itoa(w.lists)
	w.lists++
	own := func() ast.Expression {
		return &ast.DotExpression{Left: &ast.Identifier{Name: "$wizgy", Idx: at}, Identifier: ast.Identifier{Name: unistring.NewFromString(name), Idx: at}}
	}
	made := &ast.AssignExpression{Operator: token.ASSIGN, Left: own(), Right: w.call("strings", at, cooked, raw)}
	list := &ast.BinaryExpression{Operator: token.LOGICAL_OR, Left: own(), Right: made}
	return &ast.CallExpression{Callee: t.Tag, LeftParenthesis: at, ArgumentList: append([]ast.Expression{list}, t.Expressions...), RightParenthesis: t.CloseQuote}
}

func stringLiteral(text unistring.String, at file.Idx) ast.Expression {
	return &ast.StringLiteral{Idx: at, Literal: "''", Value: text}
}
