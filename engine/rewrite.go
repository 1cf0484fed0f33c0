package engine

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"

	"wizgy/engine/internal/natives"
)

// A few operations end the process, or keep it busy for hours, and are no functions that could be
// checked: eval(…) that sees the variables around it, f(...list) with a million elements, s += s, a ** b,
// a << b and a >> b of BigInts. In a program that may do so they are turned into calls of the enclosing
// function's $wizgy. And \p{…} in a regular expression, which the interpreter does not know, is spelled
// out.

// rewriter changes a program's tree.
type rewriter struct {
	evals, bigInts, properties, doublings, spreads, finallys, throws, tags bool

	lists int  // how many templates with a tag it has
	wide  bool // see [mayBeWide]

	holds bool // the program calls $wizgy.held
	notes bool // the program calls $wizgy.thrown

	used []string // the functions of $wizgy that the program needs
	seen map[any]bool
}

// newRewriter returns what a bundle is to be searched for, or nil.
func newRewriter(bundle string) *rewriter {
	w := &rewriter{
		evals:      strings.Contains(bundle, "eval"),
		bigInts:    natives.MayHaveBigInts(bundle),
		properties: strings.Contains(bundle, `\p{`) || strings.Contains(bundle, `\P{`),
		doublings:  mayDouble(bundle),
		spreads:    strings.Contains(bundle, "...") || strings.Contains(bundle, "__proto__"),
		finallys:   strings.Contains(bundle, "finally") && strings.Contains(bundle, "await "),
		throws:     throwsOther(bundle),
		tags:       mayHaveTags(bundle),
		wide:       mayBeWide(bundle),
		seen:       map[any]bool{},
	}
	if !w.evals && !w.bigInts && !w.properties && !w.doublings && !w.spreads && !w.finallys && !w.throws && !w.tags && !w.wide {
		return nil
	}
	return w
}

var treePackage = reflect.TypeFor[ast.Program]().PkgPath()

// walk goes through a part of the tree. Declarations are in it twice.
func (w *rewriter) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		w.walk(v.Elem())
		if e, ok := v.Interface().(ast.Expression); ok && v.CanSet() {
			if other := w.replace(e); other != nil {
				v.Set(reflect.ValueOf(other))
			}
		}
	case reflect.Pointer:
		if v.IsNil() || v.Type().Elem().PkgPath() != treePackage || w.seen[v.Interface()] {
			return
		}
		w.seen[v.Interface()] = true
		w.walk(v.Elem())
		w.change(v.Interface())
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				w.walk(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.walk(v.Index(i))
		}
	}
}

// change changes a node in place.
func (w *rewriter) change(node any) {
	switch n := node.(type) {
	case *ast.NewExpression:
		w.spread(n.ArgumentList)
	case *ast.CallExpression:
		w.spread(n.ArgumentList)
		if id, ok := n.Callee.(*ast.Identifier); !ok || !w.evals || id.Name != "eval" || len(n.ArgumentList) == 0 {
			return
		}
		if _, ok := n.ArgumentList[0].(*ast.SpreadElement); ok {
			return
		}
		n.ArgumentList[0] = w.call("source", n.LeftParenthesis, n.ArgumentList[0])
	case *ast.ObjectLiteral:
		w.copies(n)
	case *ast.BinaryExpression:
		w.narrow(n)
	case *ast.UnaryExpression:
		if w.wide && n.Operator == token.BITWISE_NOT {
			n.Operand = w.narrowed(n.Operand)
		}
	case *ast.AssignExpression:
		w.multiplies(n)
		w.narrowAssigned(n)
		if name := w.operator(n.Operator); name != "" && readTwice(n.Left) {
			n.Right = w.call(name, n.Right.Idx0(), n.Left, n.Right)
			n.Operator = token.ASSIGN
		}
	case *ast.ThrowStatement:
		w.noteThrow(n)
	case *ast.CatchStatement:
		w.leaveRethrow(n)
	case *ast.TryStatement:
		if n.Finally != nil {
			w.holdAwaits(n.Body)
			if n.Catch != nil {
				w.holdAwaits(n.Catch.Body)
			}
		}
	case *ast.RegExpLiteral:
		if w.properties && strings.Contains(n.Flags, "u") {
			n.Pattern, _ = natives.SpellOut(n.Pattern)
		}
	}
}

// spread has lists looked at that are to become arguments.
func (w *rewriter) spread(args []ast.Expression) {
	for _, arg := range args {
		s, ok := arg.(*ast.SpreadElement)
		if !ok {
			continue
		}
		if id, ok := s.Expression.(*ast.Identifier); ok && id.Name == "arguments" { // they are some already
			continue
		}
		s.Expression = w.call("spread", s.Expression.Idx0(), s.Expression)
	}
}

// copies has what is copied into an object looked at, and what becomes its prototype.
func (w *rewriter) copies(o *ast.ObjectLiteral) {
	for _, p := range o.Value {
		switch p := p.(type) {
		case *ast.SpreadElement:
			p.Expression = w.call("copy", p.Expression.Idx0(), p.Expression)
		case *ast.PropertyKeyed:
			key, ok := p.Key.(*ast.StringLiteral)
			if _, null := p.Value.(*ast.NullLiteral); ok && !null && key.Value == "__proto__" && p.Kind == ast.PropertyKindValue && !p.Computed {
				p.Value = w.call("chain", p.Value.Idx0(), p.Value)
			}
		}
	}
}

// multiplies has a product looked at that is assigned to one of its factors, and so may grow each time:
// all others would cost a program more than they could do to it.
func (w *rewriter) multiplies(a *ast.AssignExpression) {
	if !w.bigInts || !readTwice(a.Left) {
		return
	}
	if a.Operator == token.MULTIPLY {
		a.Right, a.Operator = w.call("times", a.Right.Idx0(), a.Left, a.Right), token.ASSIGN
		return
	}
	product, ok := a.Right.(*ast.BinaryExpression)
	if !ok || a.Operator != token.ASSIGN || product.Operator != token.MULTIPLY {
		return
	}
	if to := nameOf(a.Left); to != "" && (nameOf(product.Left) == to || nameOf(product.Right) == to) {
		a.Right = w.call("times", product.Idx0(), product.Left, product.Right)
	}
}

// replace returns what is to stand in a node's place, or nil.
func (w *rewriter) replace(e ast.Expression) ast.Expression {
	switch e := e.(type) {
	case *ast.BinaryExpression:
		if name := w.operator(e.Operator); name != "" {
			return w.call(name, e.Right.Idx0(), e.Left, e.Right)
		}
	case *ast.TemplateLiteral:
		if e.Tag != nil {
			return w.tagged(e)
		}
	case *ast.AssignExpression:
		if w.doublings && doubles(e) {
			return w.call("sized", e.Right.Idx0(), e)
		}
	case *ast.RegExpLiteral:
		if _, unknown := natives.SpellOut(e.Pattern); w.properties && unknown != "" && strings.Contains(e.Flags, "u") {
			return w.call("property", e.Idx, &ast.StringLiteral{Idx: e.Idx, Literal: "''", Value: unistring.NewFromString(unknown)})
		}
	}
	return nil
}

// operator returns which function does what an operator does.
func (w *rewriter) operator(t token.Token) string {
	switch {
	case w.bigInts && t == token.EXPONENT:
		return "power"
	case w.bigInts && t == token.SHIFT_LEFT:
		return "shift"
	case w.bigInts && t == token.SHIFT_RIGHT:
		return "back"
	}
	return ""
}

// readTwice reports whether nobody notices when what is assigned to stands there once more, to be read.
func readTwice(e ast.Expression) bool {
	switch e := e.(type) {
	case *ast.BracketExpression:
		switch e.Member.(type) {
		case *ast.Identifier, *ast.NumberLiteral, *ast.StringLiteral:
			return nameOf(e.Left) != ""
		}
		return false
	}
	return nameOf(e) != ""
}

// call makes a call of a function of $wizgy.
func (w *rewriter) call(name string, at file.Idx, args ...ast.Expression) ast.Expression {
	if !slices.Contains(w.used, name) {
		w.used = append(w.used, name)
	}
	own := &ast.Identifier{Name: "$wizgy", Idx: at}
	f := &ast.DotExpression{Left: own, Identifier: ast.Identifier{Name: unistring.NewFromString(name), Idx: at}}
	return &ast.CallExpression{Callee: f, LeftParenthesis: at, ArgumentList: args, RightParenthesis: at}
}
