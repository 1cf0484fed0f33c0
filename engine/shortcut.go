package engine

import (
	"reflect"
	"strconv"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// Most pages give start_response a list of headers that is always the same, and return an array of
// one string. Making these arrays costs the interpreter half of what it takes for a small page, and
// nobody but the server ever sees them. So where application calls the server's start_response,
// which the page cannot get hold of otherwise, a constant list of headers is made once in each
// runtime, and the string is returned without its array:
//
//	start_response("200 OK", [["Content-Type", "text/plain"]]);
//	return ["hello " + name];
//
// becomes
//
//	start_response("200 OK", start_response === $wizgy_start ? $wizgy_0 ||= [[…]] : [[…]]);
//	return start_response === $wizgy_start ? "hello " + name : ["hello " + name];
//
// Called by anybody else, with a start_response of their own, the page does what it says.

// starterName is the wrapper's parameter with the server's start_response.
const starterName = "$wizgy_start"

// takeShortcuts changes a bundle. It reports whether there was something to change.
func takeShortcuts(bundle *ast.Program) bool {
	wrapper := wrapperOf(bundle)
	if wrapper == nil {
		return false
	}
	s := &shortcuts{}
	s.statements(wrapper.Body.List)
	if !s.taken {
		return false
	}
	params := wrapper.ParameterList
	params.List = append(params.List, &ast.Binding{Target: name(starterName, params.Closing)})
	for i := range s.lists {
		params.List = append(params.List, &ast.Binding{Target: name(listName(i), params.Closing)})
	}
	return true
}

// wrapperOf returns the function that encloses a bundle.
func wrapperOf(bundle *ast.Program) *ast.FunctionLiteral {
	if len(bundle.Body) != 1 {
		return nil
	}
	s, _ := bundle.Body[0].(*ast.ExpressionStatement)
	if s == nil {
		return nil
	}
	f, _ := s.Expression.(*ast.FunctionLiteral)
	return f
}

// shortcuts are those of one bundle.
type shortcuts struct {
	lists int // constant lists of headers
	taken bool
}

// statements looks for functions at the top level of a file, where application is.
func (s *shortcuts) statements(list []ast.Statement) {
	for _, statement := range list {
		switch n := statement.(type) {
		case *ast.FunctionDeclaration:
			s.expression(n.Function)
		case *ast.VariableStatement:
			s.bindings(n.List)
		case *ast.LexicalDeclaration:
			s.bindings(n.List)
		case *ast.ExpressionStatement:
			s.expression(n.Expression)
		}
	}
}

func (s *shortcuts) bindings(list []*ast.Binding) {
	for _, b := range list {
		s.expression(b.Initializer)
	}
}

func (s *shortcuts) expression(e ast.Expression) {
	switch n := e.(type) {
	case *ast.AssignExpression:
		s.expression(n.Right)
	case *ast.ObjectLiteral:
		for _, p := range n.Value {
			if keyed, ok := p.(*ast.PropertyKeyed); ok {
				s.expression(keyed.Value)
			}
		}
	case *ast.CallExpression: // esbuild encloses a file that is no module
		if id, ok := n.Callee.(*ast.Identifier); ok && id.Name == "__commonJS" && len(n.ArgumentList) == 1 {
			if files, ok := n.ArgumentList[0].(*ast.ObjectLiteral); ok {
				s.files(files)
			}
		}
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		s.function(n)
	}
}

// files looks into files that are not modules.
func (s *shortcuts) files(files *ast.ObjectLiteral) {
	for _, p := range files.Value {
		if keyed, ok := p.(*ast.PropertyKeyed); ok {
			if f, ok := keyed.Value.(*ast.FunctionLiteral); ok {
				s.statements(f.Body.List)
			}
		}
	}
}

// function changes a function that may be application.
func (s *shortcuts) function(f ast.Expression) {
	params, body := functionParts(f)
	look := search{found: usage{onlyReads: true, onlyCalls: true}}
	if !look.setNames(params) {
		return
	}
	if look.visit(reflect.ValueOf(body)); look.found.onlyCalls && look.called {
		c := change{shortcuts: s, start: look.start}
		c.visit(reflect.ValueOf(body))
	}
}

// change changes one function, whose second parameter is start.
type change struct {
	*shortcuts
	start string
}

// visit looks for calls of start_response, and for returns. It leaves functions within alone.
func (c *change) visit(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		c.visit(v.Elem())
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		switch n := v.Interface().(type) {
		case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral, *ast.ClassLiteral:
			return
		case *ast.ReturnStatement:
			n.Argument = c.returned(n.Argument)
		case *ast.CallExpression:
			if id, ok := n.Callee.(*ast.Identifier); ok && id.Name.String() == c.start && len(n.ArgumentList) > 1 {
				n.ArgumentList[1] = c.headers(n.ArgumentList[1])
			}
		}
		c.visit(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			c.visit(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			c.visit(v.Field(i))
		}
	}
}

// headers returns a list of headers that is made once, if it is constant.
func (c *change) headers(e ast.Expression) ast.Expression {
	list, ok := e.(*ast.ArrayLiteral)
	if !ok {
		return e
	}
	for _, item := range list.Value {
		pair, ok := item.(*ast.ArrayLiteral)
		if !ok || len(pair.Value) != 2 || !isStringLiteral(pair.Value[0]) || !isStringLiteral(pair.Value[1]) {
			return e
		}
	}
	made, at := listName(c.lists), e.Idx0()
	c.lists++
	return c.ifOurs(e, &ast.BinaryExpression{Operator: token.LOGICAL_OR, Left: name(made, at),
		Right: &ast.AssignExpression{Operator: token.ASSIGN, Left: name(made, at), Right: e}})
}

// returned returns the only item of an array, if that is certainly a string.
func (c *change) returned(e ast.Expression) ast.Expression {
	list, ok := e.(*ast.ArrayLiteral)
	if !ok || len(list.Value) != 1 || !isString(list.Value[0]) {
		return e
	}
	return c.ifOurs(e, list.Value[0])
}

// ifOurs returns the expression that is ours when the server's start_response was given, and e
// otherwise.
func (c *change) ifOurs(e, ours ast.Expression) ast.Expression {
	c.taken = true
	at := e.Idx0()
	test := &ast.BinaryExpression{Operator: token.STRICT_EQUAL, Left: name(c.start, at), Right: name(starterName, at), Comparison: true}
	return &ast.ConditionalExpression{Test: test, Consequent: ours, Alternate: e}
}

func isStringLiteral(e ast.Expression) bool {
	_, ok := e.(*ast.StringLiteral)
	return ok
}

// isString reports whether the value of e is a string, if it has one.
func isString(e ast.Expression) bool {
	switch n := e.(type) {
	case *ast.StringLiteral:
		return true
	case *ast.TemplateLiteral:
		return n.Tag == nil
	case *ast.BinaryExpression:
		return n.Operator == token.PLUS && (isString(n.Left) || isString(n.Right))
	}
	return false
}

func name(s string, at file.Idx) *ast.Identifier {
	return &ast.Identifier{Name: unistring.NewFromString(s), Idx: at}
}

func listName(i int) string { return "$wizgy_" + strconv.Itoa(i) }
