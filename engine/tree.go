package engine

import (
	"reflect"

	"github.com/dop251/goja/ast"
)

// visitNodes calls f with each node of a part of the tree, in the order of the text, and leaves out what is within a
// node for which f returns false. Declarations, which are in the tree twice, are visited where they stand.
func visitNodes(part any, f func(node any) bool) {
	visitValue(reflect.ValueOf(part), nil, f)
}

// visitValue is visitNodes for a value of the tree. Unless replace is nil, what it returns takes an expression's place.
func visitValue(v reflect.Value, replace func(ast.Expression) ast.Expression, f func(node any) bool) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		if e, ok := v.Interface().(ast.Expression); ok && replace != nil && v.CanSet() {
			if other := replace(e); other != nil {
				v.Set(reflect.ValueOf(other))
			}
		}
		visitValue(v.Elem(), replace, f)
	case reflect.Pointer:
		if !v.IsNil() && v.Type().Elem().PkgPath() == treePackage && f(v.Interface()) {
			visitValue(v.Elem(), replace, f)
		}
	case reflect.Struct:
		t := v.Type()
		if t.PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if field := t.Field(i); field.IsExported() && field.Name != "DeclarationList" {
				visitValue(v.Field(i), replace, f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			visitValue(v.Index(i), replace, f)
		}
	}
}
