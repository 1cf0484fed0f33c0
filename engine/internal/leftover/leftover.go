// Package leftover finds where a program keeps data of one request in a variable at its top level, which
// another request would miss, in another runtime or after a save, or see. Caches are fine: they are asked
// before they are filled, or filled by ??=.
package leftover

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// Kept is a variable that is changed by requests and used by others.
type Kept struct {
	Name string
	At   file.Idx // where it is changed
}

// Find looks at the top level of a program, or of a function that encloses one.
func Find(list []ast.Statement) []Kept {
	s := &search{vars: map[string]*variable{}, owners: map[string]string{"globalThis": "globalThis"},
		atLoad: map[string]bool{}, later: map[string]bool{}}
	for _, statement := range list {
		switch n := statement.(type) {
		case *ast.VariableStatement:
			s.declare(n.List)
		case *ast.LexicalDeclaration:
			s.declare(n.List)
		case *ast.ClassDeclaration:
			s.owns(n.Class.Name.Name.String(), n.Class)
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
	owners        map[string]string // classes and globalThis, whose properties count as variables, by their names in the program
	atLoad, later map[string]bool   // functions that are called at the top level, and by functions
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
		if isData(b.Initializer) {
			s.variable(name)
		}
		s.owns(name, b.Initializer)
	}
}

// variable returns the variable of that name.
func (s *search) variable(name string) *variable {
	if s.vars[name] == nil {
		s.vars[name] = &variable{lookedUp: map[*ast.ParameterList]bool{}, by: map[string]bool{}}
		s.order = append(s.order, name)
	}
	return s.vars[name]
}

// owns notes that a variable is a class, as esbuild writes it too: _A = class _A { … }, A = _A.
func (s *search) owns(name string, e ast.Expression) {
	switch e := e.(type) {
	case *ast.ClassLiteral:
		s.owners[name] = name
	case *ast.Identifier:
		class := e.Name.String()
		if s.owners[class] != "" {
			s.owners[name], s.owners[class] = name, name
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
	if at.function == nil {
		return nil
	}
	switch n := e.(type) {
	case *ast.Identifier:
		if name := n.Name.String(); !at.hidden[name] {
			return s.vars[name]
		}
	case *ast.DotExpression:
		id, ok := n.Left.(*ast.Identifier)
		if ok && !at.hidden[id.Name.String()] && s.owners[id.Name.String()] != "" {
			return s.variable(s.owners[id.Name.String()] + "." + n.Identifier.Name.String())
		}
	}
	return nil
}

// holder returns the variable that an expression is, or is a property of.
func (s *search) holder(e ast.Expression, at scope) *variable {
	for {
		if v := s.of(e, at); v != nil {
			return v
		}
		switch n := e.(type) {
		case *ast.DotExpression:
			e = n.Left
		case *ast.BracketExpression:
			e = n.Left
		default:
			return nil
		}
	}
}

func (s *search) change(v *variable, place file.Idx, at scope) {
	if v.changed == 0 {
		v.changed = place
	}
	v.by[at.name] = true
}
