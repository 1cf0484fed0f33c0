package leftover

import (
	"reflect"

	"github.com/dop251/goja/ast"
)

var treePackage = reflect.TypeFor[ast.Program]().PkgPath()

// declared adds the names that are bound in a part of the tree.
func declared(v reflect.Value, names map[string]bool) {
	switch v.Kind() {
	case reflect.Interface:
		declared(v.Elem(), names)
	case reflect.Pointer:
		if v.IsNil() || v.Type().Elem().PkgPath() != treePackage || isFunctionNode(v.Interface()) {
			return
		}
		if b, ok := v.Interface().(*ast.Binding); ok {
			if id, ok := b.Target.(*ast.Identifier); ok {
				names[id.Name.String()] = true
			}
		}
		declared(v.Elem(), names)
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				declared(v.Field(i), names)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			declared(v.Index(i), names)
		}
	}
}

func isFunctionNode(n any) bool {
	e, ok := n.(ast.Expression)
	return ok && isFunction(e)
}

func identifiers(v reflect.Value, f func(name string)) {
	switch v.Kind() {
	case reflect.Interface:
		identifiers(v.Elem(), f)
	case reflect.Pointer:
		if v.IsNil() || v.Type().Elem().PkgPath() != treePackage {
			return
		}
		if id, ok := v.Interface().(*ast.Identifier); ok {
			f(id.Name.String())
		}
		identifiers(v.Elem(), f)
	case reflect.Struct:
		for i := range v.NumField() {
			identifiers(v.Field(i), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			identifiers(v.Index(i), f)
		}
	}
}
