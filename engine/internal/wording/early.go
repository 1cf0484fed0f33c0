package wording

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// early: a variable is used before it has its value.
func (t *Teller) early(at *site) string {
	place := file.Idx(at.offset + 1)
	name, _ := t.find(at, "variable", func(node any) bool {
		n, ok := node.(*ast.Identifier)
		return ok && n.Idx == place
	}).(*ast.Identifier)
	if name == nil {
		return ""
	}
	return "Cannot access '" + t.printer(at).print(name) + "' before initialization"
}
