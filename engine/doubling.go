package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// A string that is added to itself again and again, s += s or s = `${s},${s}`, has gigabytes after
// thirty times. What adds it is no function, and the watchdog would come late: while the interpreter
// copies so much nothing can be stopped. So the size of what such a statement has made is looked at.
// Statements in which a variable grows only by something else are left as they are: those come to the
// end of their time long before that.

// mayDouble reports whether a bundle, as esbuild prints it, is to be searched for such statements.
func mayDouble(bundle string) bool {
	for at := 0; ; {
		i := strings.Index(bundle[at:], "= ")
		if i < 0 {
			return false
		}
		at += i + len("= ")
		left, adds := strings.CutSuffix(bundle[:at-len("= ")], "+")
		left, ok := strings.CutSuffix(left, " ") // not of ==, <=, -=
		if !ok {
			continue
		}
		name := left[1+strings.LastIndexFunc(left, func(r rune) bool { return !inName(r) }):]
		right, _, _ := strings.Cut(bundle[at:], ";\n")
		if times := mentions(right, name); times > 1 || times > 0 && adds {
			return true
		}
	}
}

// mentions returns how often a text has a name.
func mentions(text, name string) (times int) {
	if name == "" {
		return 0
	}
	for at := 0; ; at += len(name) {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return times
		}
		at += i
		last, _ := utf8.DecodeLastRuneInString(text[:at])
		if next, _ := utf8.DecodeRuneInString(text[at+len(name):]); !inName(last) && !inName(next) {
			times++
		}
	}
}

// inName reports whether a character may be one of what [nameOf] returns.
func inName(r rune) bool {
	return r == '.' || r == '$' || r == '_' || r == '#' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// doubles reports whether an assignment adds what it assigns to to itself.
func doubles(a *ast.AssignExpression) bool {
	to := nameOf(a.Left)
	if to == "" {
		return false
	}
	times := addends(a.Right, to)
	return times > 1 || times > 0 && a.Operator == token.PLUS
}

// addends returns how often name is one of what e adds up.
func addends(e ast.Expression, name string) (times int) {
	switch e := e.(type) {
	case *ast.BinaryExpression:
		if e.Operator == token.PLUS {
			return addends(e.Left, name) + addends(e.Right, name)
		}
	case *ast.TemplateLiteral:
		if e.Tag == nil {
			for _, part := range e.Expressions {
				times += addends(part, name)
			}
		}
	case *ast.AssignExpression: // t = s += s
		if e.Operator == token.ASSIGN || e.Operator == token.PLUS {
			times = addends(e.Right, name)
			if e.Operator == token.PLUS {
				times += addends(e.Left, name)
			}
		}
	default:
		if nameOf(e) == name {
			return 1
		}
	}
	return times
}

// nameOf returns what a variable, or a property of one, is called, or "".
func nameOf(e ast.Expression) string {
	switch e := e.(type) {
	case *ast.Identifier:
		return e.Name.String()
	case *ast.ThisExpression:
		return "this"
	case *ast.DotExpression:
		if of := nameOf(e.Left); of != "" {
			return of + "." + e.Identifier.Name.String()
		}
	}
	return ""
}
