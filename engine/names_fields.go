package engine

import (
	"github.com/dop251/goja/ast"
)

// Fields of classes are compiled to calls: a = () => {} to __publicField(this, "a", () => {}). In a call a function has no
// name. esbuild gives it one where the field's name is a plain word, not where it stands in brackets or is a number:
//
//	["a"] = () => {}; 0 = () => {}; [symbol] = () => {};

// field names the function that a field is set to, if a call does that and the function has no name.
func (n *names) field(call *ast.CallExpression) {
	if nameOf(call.Callee) != fieldHelper || len(call.ArgumentList) != 3 {
		return
	}
	key, value := call.ArgumentList[1], &call.ArgumentList[2]
	if sourceOf(*value) == nil || ownName(*value) != "" {
		return
	}
	switch key := key.(type) {
	case *ast.StringLiteral:
		n.wanted = append(n.wanted, naming{*value, key.Value.String()})
	case *ast.NumberLiteral, *ast.Identifier, *ast.DotExpression:
		*value = memberOf(key, *value)
	}
}

// fieldHelper is the function that esbuild calls for a field.
const fieldHelper = "__publicField"

// memberOf makes { [key]: value }[key] of a value, which gives it the name of the key, whatever that is.
func memberOf(key, value ast.Expression) ast.Expression {
	member := &ast.PropertyKeyed{Key: key, Kind: ast.PropertyKindValue, Value: value, Computed: true}
	at := value.Idx0()
	return &ast.BracketExpression{
		Left:   &ast.ObjectLiteral{LeftBrace: at, RightBrace: at, Value: []ast.Property{member}},
		Member: key, LeftBracket: at, RightBracket: at,
	}
}
