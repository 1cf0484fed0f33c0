package engine

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"

	"wizgy/engine/internal/natives"
)

// esbuild renames functions and classes: those of two files that are called the same, classes with static
// members, what is exported by default. Told to keep their names it puts calls of a function of its own
// behind each of them and around those that get their name from where they stand:
//
//	function helper2() { … }
//	__name(helper2, "helper");
//	const f = /* @__PURE__ */ __name(() => 1, "f");
//	class User { static { __name(this, "User"); } }
//
// In inner functions these would run each time, they would stand in what toString gives, and stacks would
// have the wrong names nevertheless. So the calls are taken out, most of which say what is so anyway, and the
// names that differ are given to the compiled program.

// nameHelper is the function that esbuild calls.
const nameHelper = "__name"

// names takes these calls out of a bundle.
type names struct {
	text  string
	plain []byte // the text without them, of the same length

	walk    treeWalk
	texts   map[*string]bool // those of functions and classes
	made    map[string]any   // what a variable holds at this place: a function or a class
	wanted  []naming
	natural map[any]bool // what gets its name from its place
	taken   int          // how many calls are taken out
}

// naming is a function or a class that the compiler would give another name.
type naming struct {
	node any
	name string
}

// takeNames takes the calls out of a bundle. It returns what is to be renamed when it is compiled, and the text without
// the calls.
func takeNames(bundle *ast.Program, text string) (wanted []naming, plain string) {
	if !strings.Contains(text, nameHelper+"(") && !strings.Contains(text, fieldHelper+"(") {
		return nil, text
	}
	n := &names{text: text, plain: []byte(text), made: map[string]any{}, natural: map[any]bool{}, texts: map[*string]bool{}}
	n.walk = treeWalk{replace: n.around, node: n.note}
	n.visit(bundle.Body)
	if n.taken == strings.Count(text, nameHelper+"(") {
		n.dropHelper(wrapperOf(bundle))
	}
	plain = string(n.plain)
	for source := range n.texts {
		if at := natives.Offset(text, *source); at >= 0 {
			*source = plain[at : at+len(*source)]
		}
	}
	return n.wanted, plain
}

// starts returns the names by the start of the text that has them.
func starts(wanted []naming) map[*byte]string {
	table := map[*byte]string{}
	for _, w := range wanted {
		table[natives.Start(*sourceOf(w.node))] = w.name
	}
	return table
}

// sourceOf returns the text of a function or a class, or nil.
func sourceOf(node any) *string {
	switch node := node.(type) {
	case *ast.FunctionLiteral:
		return &node.Source
	case *ast.ArrowFunctionLiteral:
		return &node.Source
	case *ast.ClassLiteral:
		return &node.Source
	}
	return nil
}

// visit goes through a part of the tree.
func (n *names) visit(part any) {
	n.walk.visit(reflect.ValueOf(part))
}

// note looks at a node before what is in it.
func (n *names) note(node any) bool {
	if source := sourceOf(node); source != nil && *source != "" {
		n.texts[source] = true
	}
	switch node := node.(type) {
	case *ast.FunctionDeclaration:
		n.made[node.Function.Name.Name.String()] = node.Function
	case *ast.Binding:
		if id, ok := node.Target.(*ast.Identifier); ok {
			n.put(id, &node.Initializer)
		}
	case *ast.AssignExpression:
		if id, ok := node.Left.(*ast.Identifier); ok && node.Operator == token.ASSIGN {
			n.put(id, &node.Right)
		}
	case *ast.PropertyKeyed:
		if key, ok := node.Key.(*ast.StringLiteral); ok && !node.Computed {
			n.unwrap(&node.Value, key.Value.String())
		}
	case *ast.ParameterList:
		n.defaults(node)
	case *ast.ClassLiteral:
		n.block(node)
	case *ast.ExpressionStatement:
		if n.behind(node.Expression, "") {
			node.Expression = &ast.NullLiteral{Idx: node.Idx0()}
		}
	case *ast.SequenceExpression:
		n.sequence(node)
	case *ast.CallExpression:
		n.field(node)
	}
	return true
}

// sequence looks at (_a = class { … }, __name(_a, "A"), _a), which stands for a class that is no declaration. Without
// the call it has no name, and is not to have that of the variable.
func (n *names) sequence(s *ast.SequenceExpression) {
	before := len(s.Sequence)
	kept := s.Sequence[:0]
	for _, e := range s.Sequence {
		n.visit(&e)
		if !n.behind(e, "0") {
			kept = append(kept, e)
		}
	}
	s.Sequence = kept
	first, _ := kept[0].(*ast.AssignExpression)
	last, _ := kept[len(kept)-1].(*ast.Identifier)
	if first == nil || last == nil || len(kept) < before {
		return
	}
	id, _ := first.Left.(*ast.Identifier)
	class, _ := first.Right.(*ast.ClassLiteral)
	if id != nil && id.Name == last.Name && class != nil && class.Name == nil && !n.keeps(class) {
		n.wanted = append(n.wanted, naming{class, ""})
	}
}

// defaults names the functions that parameters have as defaults, which neither esbuild nor the interpreter does.
func (n *names) defaults(list *ast.ParameterList) {
	for _, b := range list.List {
		id, ok := b.Target.(*ast.Identifier)
		if ok && sourceOf(b.Initializer) != nil && ownName(b.Initializer) == "" {
			n.wanted = append(n.wanted, naming{b.Initializer, id.Name.String()})
		}
	}
}

// put notes what a variable gets.
func (n *names) put(id *ast.Identifier, value *ast.Expression) {
	name := id.Name.String()
	n.unwrap(value, name)
	if sourceOf(*value) != nil {
		n.made[name] = *value
	}
}

// unwrap takes out a call, around a function or in a class, where the place gives that a name. If it is the same, nothing
// else is to be done.
func (n *names) unwrap(value *ast.Expression, natural string) {
	before := len(n.wanted)
	switch literal := (*value).(type) {
	case *ast.CallExpression:
		if inner := n.around(literal); inner != nil {
			*value = inner
		}
	case *ast.ClassLiteral:
		n.block(literal)
	}
	if w := n.wanted; len(w) > before && ownName(*value) == "" && w[before].name == natural && !hasConstructor(*value) {
		n.wanted = w[:before]
		n.natural[*value] = true
	}
}

// hasConstructor reports whether a class has one: the interpreter leaves its calls without a name in a stack.
func hasConstructor(node any) bool {
	class, _ := node.(*ast.ClassLiteral)
	return class != nil && slices.ContainsFunc(class.Body, func(e ast.ClassElement) bool {
		m, ok := e.(*ast.MethodDefinition)
		if !ok || m.Static || m.Computed {
			return false
		}
		key, ok := m.Key.(*ast.StringLiteral)
		return ok && key.Value == "constructor"
	})
}

// keeps reports whether something has its name already, or is to have one.
func (n *names) keeps(node ast.Expression) bool {
	return n.natural[node] || slices.ContainsFunc(n.wanted, func(w naming) bool { return w.node == any(node) })
}

// dropHelper takes out the function itself, and the one that nothing else needs.
func (n *names) dropHelper(wrapper *ast.FunctionLiteral) {
	drop := map[string]bool{nameHelper: true, "__defProp": strings.Count(n.text, "__defProp") == 2}
	if wrapper == nil {
		return
	}
	wrapper.Body.List = without(wrapper.Body.List, drop, func(s ast.Statement) []*ast.Binding {
		if v, ok := s.(*ast.VariableStatement); ok {
			return v.List
		}
		return nil
	})
	wrapper.DeclarationList = without(wrapper.DeclarationList, drop, func(d *ast.VariableDeclaration) []*ast.Binding { return d.List })
}

// without returns a list without the declarations of some variables.
func without[T any](list []T, drop map[string]bool, bindings func(T) []*ast.Binding) (kept []T) {
	for _, item := range list {
		b := bindings(item)
		if len(b) == 1 {
			if id, ok := b[0].Target.(*ast.Identifier); ok && drop[id.Name.String()] {
				continue
			}
		}
		kept = append(kept, item)
	}
	return kept
}
