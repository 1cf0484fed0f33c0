package wording

import (
	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// CalleePlace returns where in the text of its program the call stands whose function the interpreter is about to
// look up, or -1 if it does something else. It notes no place for that lookup: what goes wrong in it would have the
// place of the object, which in a chain of calls may stand on a line before.
func (t *Teller) CalleePlace(vm *goja.Runtime) (place int) {
	defer func() {
		if v := recover(); v != nil { // the text may be of a kind that the parser fails on
			place = -1
		}
	}()
	at := here(vm)
	if at.native || !looksUpCallee[at.instruction] {
		return -1
	}
	name, object := at.property(), file.Idx(at.offset+1)
	call, _ := t.find(at, "callee", func(node any) bool {
		n, ok := node.(*ast.CallExpression)
		return ok && isMember(n.Callee, object, name)
	}).(*ast.CallExpression)
	if call == nil {
		return -1
	}
	return int(call.LeftParenthesis) - 1
}

var looksUpCallee = map[string]bool{"getPropCallee": true, "getElemCallee": true}

// isMember reports whether an expression is the member of an object with that place. Without a name it is one in
// square brackets.
func isMember(e ast.Expression, object file.Idx, name string) bool {
	switch e := e.(type) {
	case *ast.Optional:
		return isMember(e.Expression, object, name)
	case *ast.OptionalChain:
		return isMember(e.Expression, object, name)
	case *ast.DotExpression:
		return e.Identifier.Name.String() == name && placeOf(e.Left) == object
	case *ast.BracketExpression:
		if place := placeOf(e.Member); place != 0 {
			return name == "" && place == object
		}
		return name == "" && placeOf(e.Left) == object
	}
	return false
}
