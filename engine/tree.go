package engine

import "reflect"

// visitNodes calls f with each node of a part of the tree, in the order of the text, and leaves out what is within a
// node for which f returns false. Declarations, which are in the tree twice, are visited where they stand.
func visitNodes(part any, f func(node any) bool) {
	visitValue(reflect.ValueOf(part), f)
}

func visitValue(v reflect.Value, f func(node any) bool) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			visitValue(v.Elem(), f)
		}
	case reflect.Pointer:
		if !v.IsNil() && v.Type().Elem().PkgPath() == treePackage && f(v.Interface()) {
			visitValue(v.Elem(), f)
		}
	case reflect.Struct:
		t := v.Type()
		if t.PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if field := t.Field(i); field.IsExported() && field.Name != "DeclarationList" {
				visitValue(v.Field(i), f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			visitValue(v.Index(i), f)
		}
	}
}
