package engine

import (
	"strings"

	"github.com/dop251/goja/ast"

	"wizgy/engine/internal/natives"
)

// The three forms of esbuild's calls: around a function, behind a declaration, in a class.

// nameCall returns what a call names, and how, if it is one of esbuild's.
func nameCall(e ast.Expression) (what ast.Expression, name string, call *ast.CallExpression) {
	call, _ = e.(*ast.CallExpression)
	if call == nil || len(call.ArgumentList) != 2 {
		return nil, "", nil
	}
	id, ok := call.Callee.(*ast.Identifier)
	text, isText := call.ArgumentList[1].(*ast.StringLiteral)
	if !ok || !isText || id.Name != nameHelper {
		return nil, "", nil
	}
	return call.ArgumentList[0], text.Value.String(), call
}

// around returns the function that is named by a call around it, or nil. In the text the parentheses stay.
func (n *names) around(e ast.Expression) ast.Expression {
	what, name, call := nameCall(e)
	if what == nil || sourceOf(what) == nil {
		return nil
	}
	start := natives.Offset(n.text, *sourceOf(what))
	if start < 0 {
		return nil
	}
	open, end := int(call.LeftParenthesis)-1, int(call.RightParenthesis)-1
	n.blank(int(call.Idx0())-1, open, "")
	n.blank(open+1, start, "")
	n.blank(start+len(*sourceOf(what)), end, "")
	n.want(what, name)
	return what
}

// behind reports whether e is a call that names what a variable holds. In the text something stands in its
// place.
func (n *names) behind(e ast.Expression, instead string) bool {
	what, name, call := nameCall(e)
	id, ok := what.(*ast.Identifier)
	if !ok || n.made[id.Name.String()] == nil {
		return false
	}
	n.blank(int(call.Idx0())-1, int(call.RightParenthesis), instead)
	n.want(n.made[id.Name.String()], name)
	return true
}

// block empties the block that names a class.
func (n *names) block(class *ast.ClassLiteral) {
	for _, element := range class.Body {
		b, ok := element.(*ast.ClassStaticBlock)
		if !ok || len(b.Block.List) != 1 {
			continue
		}
		s, _ := b.Block.List[0].(*ast.ExpressionStatement)
		if s == nil {
			continue
		}
		what, name, _ := nameCall(s.Expression)
		if _, ok := what.(*ast.ThisExpression); !ok {
			continue
		}
		b.Block.List = nil
		n.blank(int(b.Static)-1, int(b.Block.RightBrace), "")
		n.want(class, name)
		return
	}
}

// want notes what a call says that is taken out: that a function is to have a name, which it may have.
func (n *names) want(node any, name string) {
	n.taken++
	if ownName(node) != name {
		n.wanted = append(n.wanted, naming{node, name})
	}
}

// ownName returns the name that stands in a function's text.
func ownName(node any) string {
	switch node := node.(type) {
	case *ast.FunctionLiteral:
		if node.Name != nil {
			return node.Name.Name.String()
		}
	case *ast.ClassLiteral:
		if node.Name != nil {
			return node.Name.Name.String()
		}
	}
	return ""
}

// pure is the comment that esbuild puts before calls that others may leave out.
const pure = "/* @__PURE__ */ "

// blank overwrites a part of the text. Lines stay lines.
func (n *names) blank(from, to int, instead string) {
	if strings.HasSuffix(n.text[:from], pure) {
		from -= len(pure)
	}
	for i := from; i < to; i++ {
		if n.plain[i] != '\n' {
			n.plain[i] = ' '
		}
	}
	copy(n.plain[from:to], instead)
}
