package wording

import (
	"strconv"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
)

// unknown stands for what is not shown of an expression.
const unknown = "(intermediate value)"

// printer prints expressions as V8 does in its messages.
type printer struct {
	name func(at file.Idx, name string) string
}

// print prints an expression.
func (p printer) print(e ast.Expression) string {
	if text := p.part(e); text != "" {
		return text
	}
	return unknown
}

// part prints an expression, or "" if it is one that is not shown.
func (p printer) part(e ast.Expression) string {
	switch e := e.(type) {
	case *ast.Identifier:
		return p.name(e.Idx, e.Name.String())
	case *ast.ThisExpression:
		return "this"
	case *ast.NullLiteral:
		return "null"
	case *ast.BooleanLiteral:
		return strconv.FormatBool(e.Value)
	case *ast.NumberLiteral:
		return p.number(e)
	case *ast.StringLiteral:
		return `"` + e.Value.String() + `"`
	case *ast.RegExpLiteral:
		return e.Literal
	case *ast.TemplateLiteral:
		return p.template(e)
	case *ast.ArrayLiteral:
		return p.array(e)
	case *ast.ObjectLiteral:
		return "{" + strings.Repeat(unknown, len(e.Value)) + "}"
	case *ast.ConditionalExpression:
		return strings.Repeat(unknown, 3)
	case *ast.AssignExpression:
		return p.part(e.Left)
	case *ast.CallExpression:
		return p.print(e.Callee) + "(...)"
	case *ast.DotExpression:
		return p.member(e.Left, e.Identifier.Name.String())
	case *ast.PrivateDotExpression:
		return p.member(e.Left, "#"+e.Identifier.Name.String())
	case *ast.BracketExpression:
		return p.element(e)
	case *ast.OptionalChain:
		return p.part(e.Expression)
	case *ast.Optional:
		return p.part(e.Expression)
	case *ast.SpreadElement:
		return "(..." + p.print(e.Expression) + ")"
	}
	return p.operation(e)
}

// operation prints what an operator is applied to.
func (p printer) operation(e ast.Expression) string {
	switch e := e.(type) {
	case *ast.UnaryExpression:
		op := e.Operator.String()
		if e.Operator == token.VOID && isZero(e.Operand) { // as undefined is compiled
			return "undefined"
		}
		if e.Postfix {
			return "(" + p.print(e.Operand) + op + ")"
		}
		if n, ok := e.Operand.(*ast.NumberLiteral); ok && e.Operator == token.MINUS {
			return "-" + p.number(n)
		}
		if op[0] >= 'a' { // a word
			op += " "
		}
		return "(" + op + p.print(e.Operand) + ")"
	case *ast.BinaryExpression:
		left := p.print(e.Left)
		if same, ok := e.Left.(*ast.BinaryExpression); ok && same.Operator == e.Operator && !e.Comparison {
			left = left[1 : len(left)-1]
		}
		return "(" + left + " " + e.Operator.String() + " " + p.print(e.Right) + ")"
	case *ast.SequenceExpression:
		if own := imported(e); own != nil {
			return p.part(own)
		}
		var parts []string
		for _, item := range e.Sequence {
			parts = append(parts, p.print(item))
		}
		return "(" + strings.Join(parts, " , ") + ")"
	}
	return ""
}

// imported returns what stands for a name that is imported from a module of another kind, which is
// compiled to (0, import_module.name).
func imported(e *ast.SequenceExpression) ast.Expression {
	if len(e.Sequence) != 2 || !isZero(e.Sequence[0]) {
		return nil
	}
	if dot, ok := e.Sequence[1].(*ast.DotExpression); ok && isModule(dot.Left) {
		return dot
	}
	return nil
}

func isZero(e ast.Expression) bool {
	n, ok := e.(*ast.NumberLiteral)
	return ok && n.Literal == "0"
}

// number prints a number as a program would; BigInts are not shown.
func (p printer) number(e *ast.NumberLiteral) string {
	switch v := e.Value.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return ""
}

// template prints a text in backquotes: what is inserted into it, or, if that is nothing, the text.
func (p printer) template(e *ast.TemplateLiteral) string {
	switch {
	case e.Tag != nil:
		return p.print(e.Tag) + "(...)"
	case len(e.Expressions) == 0 && len(e.Elements) == 1:
		return `"` + e.Elements[0].Parsed.String() + `"`
	}
	var b strings.Builder
	for _, part := range e.Expressions {
		b.WriteString(p.print(part))
	}
	return b.String()
}

func (p printer) array(e *ast.ArrayLiteral) string {
	var parts []string
	for _, item := range e.Value {
		parts = append(parts, p.print(item))
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// member prints a property. An optional object has its question mark.
func (p printer) member(of ast.Expression, name string) string {
	if isModule(of) {
		return p.export(of.(*ast.Identifier), name)
	}
	return p.print(of) + optional(of) + "." + name
}

// isModule reports whether an expression is the compiler's name for a module.
func isModule(e ast.Expression) bool {
	id, ok := e.(*ast.Identifier)
	return ok && strings.HasPrefix(id.Name.String(), "import_")
}

// export prints what is imported from a module, by the name that the page has for it.
func (p printer) export(module *ast.Identifier, name string) string {
	own := module.Name.String()
	if own == "import_meta" {
		return unknown + "." + name
	}
	if name == "default" {
		own = "import_default" // may have any name in the page
	}
	switch of := p.name(module.Idx, own); {
	case of == own:
		return name
	case name == "default":
		return of
	default:
		return of + "." + name
	}
}

func optional(of ast.Expression) string {
	if _, ok := of.(*ast.Optional); ok {
		return "?"
	}
	return ""
}

func (p printer) element(e *ast.BracketExpression) string {
	switch key := e.Member.(type) {
	case *ast.StringLiteral:
		return p.member(e.Left, key.Value.String())
	case *ast.TemplateLiteral:
		if key.Tag == nil && len(key.Expressions) == 0 && len(key.Elements) == 1 {
			return p.member(e.Left, key.Elements[0].Parsed.String())
		}
	}
	dot := ""
	if optional(e.Left) != "" {
		dot = "?."
	}
	return p.print(e.Left) + dot + "[" + p.print(e.Member) + "]"
}
