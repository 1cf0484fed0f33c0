package mend

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"

	"wizgy/engine/internal/scan"
)

// Checker is the name of the global function that gets what is evaluated within a text that is
// evaluated, and returns it as the interpreter is to have it.
const Checker = "$wizgy_source"

// Source returns the text that was looked at, for eval or Function, as the interpreter is to have it, which compiles it by
// itself.
func Source(found scan.Found) string {
	text := found.SpellLast()
	if found.Suspect || strings.Contains(text, "eval") {
		text = complete(text)
	}
	return text
}

// complete puts brackets around a < b in a < b < c, makes !void a++ of delete a++, and eval(Checker(a)) of eval(a).
func complete(text string) (done string) {
	defer func() {
		if recover() != nil { // of the parser, which the interpreter is to report
			done = text
		}
	}()
	program, err := parser.ParseFile(nil, "", text, 0, parser.WithDisableSourceMaps)
	if err != nil {
		return text
	}
	put, drop := map[int]string{}, map[int]int{}
	c := chains{text: text, seen: map[any]bool{}}
	c.found = func(n *ast.BinaryExpression, chain []link) {
		c.enclose(put, n, chain)
		left(n, chain)
	}
	c.deleted = func(n *ast.UnaryExpression) {
		put[offset(n.Idx)] += "!void"
		drop[offset(n.Idx)] = len("delete")
	}
	c.called = func(n *ast.CallExpression) { c.check(put, n) }
	c.walk(reflect.ValueOf(program))
	if c.unsure {
		return text
	}
	return insert(text, put, drop)
}

// enclose puts brackets around the chain but for its last operator, and so on inward.
func (c *chains) enclose(put map[int]string, n *ast.BinaryExpression, chain []link) {
	if c.unsure {
		return
	}
	start := offset(first(n.Left))
	_, operator := c.tokens.Opening(offset(first(chain[0].right)))
	open, _ := c.tokens.Opening(start)
	for _, at := range open {
		if c.tokens.Closing(at) < operator {
			start = at
		}
	}
	for _, l := range chain[1:] {
		put[start] += "("
		_, end := c.tokens.Opening(offset(first(l.right)))
		put[end] = ")" + put[end]
	}
}

// check has the argument of an eval looked at.
func (c *chains) check(put map[int]string, n *ast.CallExpression) {
	id, ok := n.Callee.(*ast.Identifier)
	if !ok || id.Name != "eval" || len(n.ArgumentList) == 0 || !c.sure() {
		return
	}
	if _, ok := n.ArgumentList[0].(*ast.SpreadElement); ok {
		return
	}
	end := offset(n.RightParenthesis)
	if len(n.ArgumentList) > 1 {
		_, end = c.tokens.Opening(offset(first(n.ArgumentList[1])))
	}
	put[offset(n.LeftParenthesis)+1] += Checker + "("
	put[end] = ")" + put[end]
}

// insert puts texts at places of a text, where something may be dropped.
func insert(text string, put map[int]string, drop map[int]int) string {
	var b strings.Builder
	done := 0
	places := make([]int, 0, len(put))
	for at := range put {
		places = append(places, at)
	}
	slices.Sort(places)
	for _, at := range places {
		b.WriteString(text[done:at])
		b.WriteString(put[at])
		done = at + drop[at]
	}
	b.WriteString(text[done:])
	return b.String()
}
