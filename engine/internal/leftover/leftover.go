// Package leftover finds where a program keeps data of one request in a variable at its top level, which
// another request would miss, in another runtime or after a save, or see. Caches are fine: they are asked
// before they are filled, or filled by ??=.
package leftover

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
)

// Kept is a variable that is changed by requests and used by others.
type Kept struct {
	Name string
	At   file.Idx // where it is changed
}

// Find looks at the top level of a program, or of a function that encloses one.
func Find(list []ast.Statement) []Kept {
	s := &search{vars: map[string]*variable{}, atLoad: map[string]bool{}, later: map[string]bool{}}
	for _, statement := range list {
		switch n := statement.(type) {
		case *ast.VariableStatement:
			s.declare(n.List)
		case *ast.LexicalDeclaration:
			s.declare(n.List)
		}
	}
	s.walk(reflect.ValueOf(list), scope{})
	var found []Kept
	for _, name := range s.order {
		if v := s.vars[name]; s.kept(v) {
			found = append(found, Kept{name, v.changed})
		}
	}
	return found
}

// variable is one at the top level, and what functions do with it.
type variable struct {
	changed  file.Idx // where it was changed first, in a way that keeps something; 0 if it was not
	read     bool     // and not only to be logged
	lookedUp map[*ast.ParameterList]bool
	by       map[string]bool // the functions that change it; "" if they have no names
}

// search goes through a program.
type search struct {
	vars          map[string]*variable
	order         []string
	atLoad, later map[string]bool // functions that are called at the top level, and by functions
}

// kept reports whether requests change a variable, and something uses it. What only functions change that are
// called while the program is loaded is a constant.
func (s *search) kept(v *variable) bool {
	if v.changed == 0 || !v.read {
		return false
	}
	for name := range v.by {
		if !s.atLoad[name] || s.later[name] {
			return true
		}
	}
	return false
}

// scope is where the search is.
type scope struct {
	function *ast.ParameterList // the function that it is in, or nil at the top level
	name     string             // what that is called, if it is
	hidden   map[string]bool    // names that mean something else there
	tested   map[string]bool    // what the condition of an if around it has looked at
	logged   bool               // in what console gets
}

func (s *search) declare(list []*ast.Binding) {
	for _, b := range list {
		id, ok := b.Target.(*ast.Identifier)
		if !ok {
			continue
		}
		name := id.Name.String()
		if isData(b.Initializer) && s.vars[name] == nil {
			s.vars[name] = &variable{lookedUp: map[*ast.ParameterList]bool{}, by: map[string]bool{}}
			s.order = append(s.order, name)
		}
	}
}

// isData reports whether a variable begins as a number, a text, or something empty to be filled.
func isData(e ast.Expression) bool {
	switch e := e.(type) {
	case *ast.ArrayLiteral, *ast.NumberLiteral:
		return true
	case *ast.ObjectLiteral:
		for _, p := range e.Value { // an object with methods is a program
			if k, ok := p.(*ast.PropertyKeyed); !ok || k.Kind != ast.PropertyKindValue || isFunction(k.Value) {
				return false
			}
		}
		return true
	case *ast.NewExpression:
		id, ok := e.Callee.(*ast.Identifier)
		return ok && len(e.ArgumentList) == 0 && (id.Name == "Map" || id.Name == "Set")
	}
	return false
}

func isFunction(e ast.Expression) bool {
	switch e.(type) {
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return true
	}
	return false
}

// of returns the variable that an expression names.
func (s *search) of(e ast.Expression, at scope) *variable {
	id, ok := e.(*ast.Identifier)
	if !ok || at.function == nil || at.hidden[id.Name.String()] {
		return nil
	}
	return s.vars[id.Name.String()]
}

// holder returns the variable whose property an expression is.
func (s *search) holder(e ast.Expression, at scope) *variable {
	for {
		switch n := e.(type) {
		case *ast.DotExpression:
			e = n.Left
		case *ast.BracketExpression:
			e = n.Left
		default:
			return s.of(e, at)
		}
	}
}

func (s *search) change(v *variable, place file.Idx, at scope) {
	if v.changed == 0 {
		v.changed = place
	}
	v.by[at.name] = true
}

func (s *search) walk(v reflect.Value, at scope) {
	switch v.Kind() {
	case reflect.Interface:
		s.walk(v.Elem(), at)
	case reflect.Pointer:
		if !v.IsNil() && v.Type().Elem().PkgPath() == treePackage && !s.node(v.Interface(), at) {
			s.walk(v.Elem(), at)
		}
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "DeclarationList" {
				s.walk(v.Field(i), at)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			s.walk(v.Index(i), at)
		}
	}
}

var treePackage = reflect.TypeFor[ast.Program]().PkgPath()

// node deals with what has a meaning here, and reports whether that is all.
func (s *search) node(node any, at scope) bool {
	switch n := node.(type) {
	case *ast.FunctionLiteral:
		if n.Name != nil && at.function == nil {
			at.name = n.Name.Name.String()
		}
		s.enter(n.ParameterList, n.Body, at)
	case *ast.ArrowFunctionLiteral:
		s.enter(n.ParameterList, n.Body, at)
	case *ast.IfStatement:
		s.visit(n.Test, at)
		at.tested = s.tested(n.Test, at)
		s.walk(reflect.ValueOf(n.Consequent), at)
		s.walk(reflect.ValueOf(n.Alternate), at)
	case *ast.ExpressionStatement:
		return s.statement(n.Expression, at)
	case *ast.UnaryExpression:
		return s.step(n, at, true)
	case *ast.AssignExpression:
		return s.assign(n, at, true)
	case *ast.CallExpression:
		return s.call(n, at, true)
	case *ast.DotExpression:
		s.visit(n.Left, at)
	case *ast.PropertyKeyed:
		if n.Computed {
			s.visit(n.Key, at)
		}
		s.visit(n.Value, at)
	case *ast.Identifier:
		if v := s.of(n, at); v != nil && !at.logged {
			v.read = true
			v.lookedUp[at.function] = true
		}
	default:
		return false
	}
	return true
}

func (s *search) visit(e ast.Expression, at scope) {
	if e != nil {
		s.walk(reflect.ValueOf(e), at)
	}
}

// enter goes into a function. What that declares hides what is outside.
func (s *search) enter(params *ast.ParameterList, body any, at scope) {
	hidden := map[string]bool{}
	for name := range at.hidden {
		hidden[name] = true
	}
	declared(reflect.ValueOf(params), hidden)
	declared(reflect.ValueOf(body), hidden)
	inner := scope{function: params, name: at.name, hidden: hidden, logged: at.logged}
	if at.function != nil { // a function within one is a part of it
		inner.function, inner.tested = at.function, at.tested
	}
	s.walk(reflect.ValueOf(params), inner)
	s.walk(reflect.ValueOf(body), inner)
}

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

// tested returns what a condition looks at, besides what is looked at already.
func (s *search) tested(test ast.Expression, at scope) map[string]bool {
	names := map[string]bool{}
	for name := range at.tested {
		names[name] = true
	}
	identifiers(reflect.ValueOf(test), func(name string) { names[name] = true })
	return names
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

// statement is an expression whose value nobody looks at.
func (s *search) statement(e ast.Expression, at scope) bool {
	switch n := e.(type) {
	case *ast.UnaryExpression:
		return s.step(n, at, false)
	case *ast.AssignExpression:
		return s.assign(n, at, false)
	case *ast.CallExpression:
		return s.call(n, at, false)
	}
	return false
}

// step is ++ and --.
func (s *search) step(n *ast.UnaryExpression, at scope, used bool) bool {
	v := s.holder(n.Operand, at)
	if v == nil || n.Operator != token.INCREMENT && n.Operator != token.DECREMENT {
		return false
	}
	s.change(v, n.Operand.Idx0(), at)
	v.read = v.read || used && !at.logged
	return true
}

// assign is = and the like.
func (s *search) assign(n *ast.AssignExpression, at scope, used bool) bool {
	v := s.holder(n.Left, at)
	if v == nil {
		return false
	}
	_, whole := n.Left.(*ast.Identifier)
	switch {
	case n.Operator == token.COALESCE || n.Operator == token.LOGICAL_OR: // a cache
	case n.Operator != token.ASSIGN:
		s.change(v, n.Left.Idx0(), at)
	case whole || v.lookedUp[at.function] || mentions(at.tested, s, v): // begins anew, or a cache
	default:
		s.change(v, n.Left.Idx0(), at)
	}
	v.read = v.read || used && n.Operator != token.ASSIGN && !at.logged
	s.visit(n.Right, at)
	return true
}

func mentions(names map[string]bool, s *search, v *variable) bool {
	for name := range names {
		if s.vars[name] == v {
			return true
		}
	}
	return false
}

// call is a call of a method that fills something, or of console.
func (s *search) call(n *ast.CallExpression, at scope, used bool) bool {
	if id, ok := n.Callee.(*ast.Identifier); ok {
		if called := id.Name.String(); at.function == nil {
			s.atLoad[called] = true
		} else {
			s.later[called] = true
		}
	}
	dot, ok := n.Callee.(*ast.DotExpression)
	if !ok {
		return false
	}
	if id, ok := dot.Left.(*ast.Identifier); ok && id.Name == "console" {
		at.logged = true
		s.walk(reflect.ValueOf(n.ArgumentList), at)
		return true
	}
	v := s.of(dot.Left, at)
	if v == nil {
		return false
	}
	switch dot.Identifier.Name {
	case "push", "unshift":
		s.change(v, dot.Left.Idx0(), at)
		v.read = v.read || used && !at.logged
	case "set", "add":
		counts := false
		for _, arg := range n.ArgumentList {
			identifiers(reflect.ValueOf(arg), func(name string) { counts = counts || s.vars[name] == v })
		}
		if counts || !v.lookedUp[at.function] {
			s.change(v, dot.Left.Idx0(), at)
		}
	case "delete", "clear", "splice", "shift", "pop":
		return used && s.visitDot(dot, n, at)
	default:
		return false
	}
	s.walk(reflect.ValueOf(n.ArgumentList), at)
	return true
}

func (s *search) visitDot(dot *ast.DotExpression, n *ast.CallExpression, at scope) bool {
	s.visit(dot.Left, at)
	s.walk(reflect.ValueOf(n.ArgumentList), at)
	return true
}
