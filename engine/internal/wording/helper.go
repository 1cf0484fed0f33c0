package wording

import (
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// What the interpreter lacks of the language is compiled to calls of helpers. Nobody knows those, so
// their errors are about what stands in the page.

// inHelper words an error in a helper that loops over what is asynchronous.
func (t *Teller) inHelper(at *site, message string) string {
	name, call, from := t.helperCall(at.vm)
	if name != "__forAwait" && name != "__yieldStar" || len(call.ArgumentList) == 0 {
		return ""
	}
	return t.printer(from).print(call.ArgumentList[0]) + " is not async iterable"
}

// private words what the helpers for private members of classes say.
func (t *Teller) private(vm *goja.Runtime, message string) string {
	name, call, _ := t.helperCall(vm)
	if call == nil || len(call.ArgumentList) < 2 {
		return ""
	}
	id, _ := call.ArgumentList[1].(*ast.Identifier)
	if id == nil {
		return ""
	}
	member := strings.TrimPrefix(id.Name.String(), "_")
	switch name {
	case "__privateGet":
		return "Cannot read private member #" + member + " from an object whose class did not declare it"
	case "__privateSet", "__privateWrapper":
		return "Cannot write private member #" + member + " to an object whose class did not declare it"
	case "__privateMethod":
		return "Receiver must be an instance of class " + strings.TrimSuffix(member, "_instances")
	}
	return ""
}

// helperCall returns which helper the page has called, and where.
func (t *Teller) helperCall(vm *goja.Runtime) (name string, call *ast.CallExpression, from *site) {
	if from = caller(vm); from == nil {
		return "", nil, nil
	}
	place := file.Idx(from.offset + 1)
	call, _ = t.find(from, "call", func(node any) bool {
		n, ok := node.(*ast.CallExpression)
		return ok && n.LeftParenthesis == place
	}).(*ast.CallExpression)
	if call == nil {
		return "", nil, from
	}
	if id, ok := call.Callee.(*ast.Identifier); ok {
		name = id.Name.String()
	}
	return name, call, from
}
