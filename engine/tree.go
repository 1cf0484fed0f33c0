package engine

import (
	"reflect"

	"github.com/dop251/goja/ast"
)

// visitNodes calls f with each node of a part of the tree, in the order of the text, and leaves out what is within a
// node for which f returns false. Declarations, which are in the tree twice, are visited where they stand.
func visitNodes(part any, f func(node any) bool) {
	w := treeWalk{node: f}
	w.visit(reflect.ValueOf(part))
}

// treeWalk goes through a tree.
type treeWalk struct {
	node    func(node any) bool                 // see visitNodes
	replace func(ast.Expression) ast.Expression // unless it is nil, what it returns takes an expression's place
	fields  map[reflect.Type][]int              // where the rest of the tree is, by the type of a node
}

func (w *treeWalk) visit(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		if w.replace != nil && v.CanSet() {
			if e, ok := v.Interface().(ast.Expression); ok {
				if other := w.replace(e); other != nil {
					v.Set(reflect.ValueOf(other))
				}
			}
		}
		w.visit(v.Elem())
	case reflect.Pointer:
		if !v.IsNil() && v.Type().Elem().PkgPath() == treePackage && w.node(v.Interface()) {
			w.visit(v.Elem())
		}
	case reflect.Struct:
		for _, i := range w.within(v.Type()) {
			w.visit(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.visit(v.Index(i))
		}
	}
}

// within returns the fields of a node that have other nodes.
func (w *treeWalk) within(t reflect.Type) (list []int) {
	list, ok := w.fields[t]
	if ok || t.PkgPath() != treePackage {
		return list
	}
	for i := range t.NumField() {
		f := t.Field(i)
		kind := f.Type.Kind()
		leads := kind == reflect.Interface || kind == reflect.Pointer || kind == reflect.Struct || kind == reflect.Slice
		if leads && f.IsExported() && f.Name != "DeclarationList" {
			list = append(list, i)
		}
	}
	if w.fields == nil {
		w.fields = map[reflect.Type][]int{}
	}
	w.fields[t] = list
	return list
}
