package engine

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"

	"wizgy/engine/internal/mend"
)

// usage is what the text of application tells about what it does with its parameters. A page that
// could keep them gets new ones in each request, so that a kept one never touches a later request,
// and making them costs a fifth of what a small page does. Most pages only read environ and only
// call start_response, so that the runtime can use the same ones again.
type usage struct {
	onlyReads bool // environ does not get out of application
	onlyCalls bool // nor does start_response
	noWrite   bool // what start_response returns is not looked at
}

// usageOf reads the text of a function, as its toString gives it. What it is not sure of counts
// as kept.
func usageOf(source string) usage {
	params, body := parseFunction(source)
	s := search{found: usage{onlyReads: true, onlyCalls: true, noWrite: true}}
	if !s.setNames(params) {
		return usage{}
	}
	s.visit(reflect.ValueOf(body))
	s.found.noWrite = s.found.noWrite && s.found.onlyCalls
	return s.found
}

// parseFunction returns the parameters and the body of a function that runs from its call to its
// return, or nil: one that can be resumed may outlive its request.
func parseFunction(source string) (params *ast.ParameterList, body any) {
	defer func() {
		if recover() != nil { // of the parser
			params, body = nil, nil
		}
	}()
	source, _ = mend.HideLast(source) // no string of it matters
	var f any
	// A method of an object is written without the word function.
	for _, text := range []string{"(" + source + ")", "({" + source + "})"} {
		program, err := parser.ParseFile(nil, "", text, 0, parser.WithDisableSourceMaps)
		if err == nil && len(program.Body) == 1 {
			f = program.Body[0]
			break
		}
	}
	if s, ok := f.(*ast.ExpressionStatement); ok {
		f = s.Expression
	}
	if o, ok := f.(*ast.ObjectLiteral); ok && len(o.Value) == 1 {
		if p, ok := o.Value[0].(*ast.PropertyKeyed); ok && p.Kind == ast.PropertyKindMethod && !p.Computed {
			f = p.Value
		}
	}
	return functionParts(f)
}

// functionParts is parseFunction for what has been parsed.
func functionParts(f any) (*ast.ParameterList, any) {
	switch f := f.(type) {
	case *ast.FunctionLiteral:
		if !f.Async && !f.Generator {
			return f.ParameterList, f.Body
		}
	case *ast.ArrowFunctionLiteral:
		if !f.Async {
			return f.ParameterList, f.Body
		}
	}
	return nil, nil
}

// search looks at each use of application's parameters.
type search struct {
	environ, start string
	inner          int  // how many functions deep, below application
	called         bool // start_response
	found          usage
}

// setNames takes the names of the parameters. It is false unless there are two, or more, and all
// of them plain names.
func (s *search) setNames(params *ast.ParameterList) bool {
	if params == nil || params.Rest != nil || len(params.List) < 2 {
		return false
	}
	seen := map[string]bool{}
	for i, b := range params.List {
		id, ok := b.Target.(*ast.Identifier)
		if !ok || b.Initializer != nil || seen[id.Name.String()] {
			return false
		}
		name := id.Name.String()
		seen[name] = true
		switch i {
		case 0:
			s.environ = name
		case 1:
			s.start = name
		}
	}
	return true
}

// visit looks at v and at what it consists of.
func (s *search) visit(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		s.visit(v.Elem())
	case reflect.Pointer:
		if !v.IsNil() && !s.known(v.Interface()) {
			s.visit(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			s.visit(v.Index(i))
		}
	case reflect.Struct:
		if id, ok := v.Interface().(ast.Identifier); ok {
			s.identifier(id)
			return
		}
		for i := range v.NumField() {
			s.visit(v.Field(i))
		}
	}
}

// known deals with the nodes that have a meaning here.
func (s *search) known(node any) bool {
	switch n := node.(type) {
	case *ast.ExpressionStatement:
		if call, ok := s.call(n.Expression); ok {
			s.visit(reflect.ValueOf(call.ArgumentList))
			return true
		}
	case *ast.CallExpression:
		if _, ok := s.call(n); ok {
			s.found.noWrite = false
			s.visit(reflect.ValueOf(n.ArgumentList))
			return true
		}
		s.receiver(n.Callee)
	case *ast.TemplateLiteral:
		s.receiver(n.Tag)
	case *ast.DotExpression: // what follows the dot is no variable
		if !s.isEnviron(n.Left) {
			s.visit(reflect.ValueOf(&n.Left))
		}
		return true
	case *ast.BracketExpression:
		if s.isEnviron(n.Left) {
			s.visit(reflect.ValueOf(&n.Member))
			return true
		}
	case *ast.Binding:
		if _, ok := n.Target.(*ast.ObjectPattern); ok && s.isEnviron(n.Initializer) {
			s.visit(reflect.ValueOf(&n.Target))
			return true
		}
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral, *ast.ClassLiteral:
		s.inner++ // it may be called later
		s.visit(reflect.ValueOf(node).Elem())
		s.inner--
		return true
	case *ast.WithStatement:
		s.found = usage{}
	}
	return false
}

// call returns the expression if it calls start_response, in application itself.
func (s *search) call(e ast.Expression) (*ast.CallExpression, bool) {
	call, ok := e.(*ast.CallExpression)
	if !ok || s.inner > 0 {
		return nil, false
	}
	id, ok := call.Callee.(*ast.Identifier)
	ok = ok && id.Name.String() == s.start
	s.called = s.called || ok
	return call, ok
}

// isEnviron reports whether e is environ, in application itself.
func (s *search) isEnviron(e ast.Expression) bool {
	id, ok := e.(*ast.Identifier)
	return ok && s.inner == 0 && id.Name.String() == s.environ
}

// receiver looks at what is called: a function that is taken from environ has it as this.
func (s *search) receiver(callee ast.Expression) {
	switch e := callee.(type) {
	case *ast.DotExpression:
		s.found.onlyReads = s.found.onlyReads && !s.isEnviron(e.Left)
	case *ast.BracketExpression:
		s.found.onlyReads = s.found.onlyReads && !s.isEnviron(e.Left)
	}
}

// identifier looks at a name in any other place.
func (s *search) identifier(id ast.Identifier) {
	switch id.Name.String() {
	case s.start:
		s.found.onlyCalls = false
	case s.environ:
		s.found.onlyReads = false
	case "arguments", "eval":
		s.found = usage{}
	}
}
