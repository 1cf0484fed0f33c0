package engine

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
	"github.com/evanw/esbuild/pkg/api"
)

// Modules are strict, and files that are none are sloppy unless they say "use strict" (ECMA-262, 11.2.2).
// In a bundle they stand side by side: esbuild puts all modules into one scope, and encloses each file
// that is no module in a function of its own. So the function that encloses the bundle is strict if there
// is a module in it; and where there are both, the modules get a function within:
//
//	(function (module, exports, require, $wizgy) {
//	  var require_old = __commonJS({ … });
//	  return function () { "use strict"; … };
//	})

// makeStrict makes strict what is not enclosed in a bundle. No line moves.
func makeStrict(bundle string) string {
	return strings.Replace(bundle, banner, banner+`"use strict";`, 1)
}

// mayBeModule matches what every module has but those that only their name makes one.
var mayBeModule = regexp.MustCompile(`\bexport\b|\bimport\b(?:[^(]|$)`)

// enclose is added to a file that is no module to have esbuild enclose it even if it exports nothing.
const enclose = "\n;exports;"

// mustEnclose reports whether a file that a page imports is certainly no module.
func (b *bundling) mustEnclose(path, content string) bool {
	return b.loose[path] || path != b.entry && !mayBeModule.MatchString(content)
}

// nothingYet makes a module of a file.
const nothingYet = "\nexport {};"

// isUnwritten reports whether a file of the site has nothing in it, most likely because somebody is about to
// save it: then what is imported from it is missing, and not undefined, so that the page's last version stays.
func (b *bundling) isUnwritten(path, content string) bool {
	return path != b.entry && strings.TrimSpace(content) == "" && !inPackage(path)
}

// Two kinds of files are not enclosed that must be if there are modules: the page's own, which esbuild encloses
// only if another one asks for it, and the rare ones that are no modules though they look so to [mustEnclose].

// noteKinds notes whether there is a module in a bundle, and which files must be enclosed, from what esbuild
// says of them.
func (b *bundling) noteKinds(metafile string) {
	var said struct {
		Inputs map[string]struct{ Format string }
	}
	if json.Unmarshal([]byte(metafile), &said) != nil {
		return
	}
	for name, input := range said.Inputs {
		path := filepath.Join(b.dir, filepath.FromSlash(name))
		switch {
		case !isCode(b.loader(path)):
		case input.Format == "esm":
			b.strict = true
		case input.Format == "" || path == b.entry:
			b.loose[path] = true
		}
	}
}

// isCode reports whether files of that kind are programs.
func isCode(l api.Loader) bool {
	return l == api.LoaderJS || l == api.LoaderJSX || l == api.LoaderTS || l == api.LoaderTSX
}

// separate puts what is strict into a function within the bundle's, if there is something that is not.
func separate(bundle *ast.Program, text string) {
	wrapper := wrapperOf(bundle)
	if wrapper == nil || !isDirective(wrapper.Body.List[0]) {
		return
	}
	s := separation{ours: ourEnd(text), needed: map[unistring.String]bool{}}
	s.sort(wrapper.Body.List)
	if len(s.enclosed) == 0 {
		return
	}
	for _, statement := range s.enclosed {
		visitNodes(statement, func(node any) bool {
			if id, ok := node.(*ast.Identifier); ok {
				s.needed[id.Name] = true
			}
			return true
		})
	}
	s.handOut()
	inner := &ast.FunctionLiteral{
		Function:      wrapper.Function,
		ParameterList: &ast.ParameterList{Opening: wrapper.Function, Closing: wrapper.Function},
		Body:          &ast.BlockStatement{LeftBrace: wrapper.Body.LeftBrace, List: s.strict, RightBrace: wrapper.Body.RightBrace},
	}
	wrapper.DeclarationList, inner.DeclarationList = s.declarations(wrapper.DeclarationList)
	result := &ast.ReturnStatement{Return: wrapper.Function, Argument: inner}
	wrapper.Body.List = append(append(s.helpers, s.enclosed...), result)
}

// separation is what the statements of a bundle are.
type separation struct {
	ours     int // where esbuild's own functions end
	helpers  []ast.Statement
	enclosed []ast.Statement // files that are no modules
	strict   []ast.Statement

	outside map[*ast.Binding]bool
	needed  map[unistring.String]bool // names that the enclosed files use
}

// ourEnd returns where the first file begins. What stands before it is esbuild's, and has no comment that
// begins a line.
func ourEnd(text string) int {
	if at := strings.Index(text, "\n// "); at >= 0 {
		return at
	}
	return len(text)
}

func (s *separation) sort(list []ast.Statement) {
	s.outside = map[*ast.Binding]bool{}
	for _, statement := range list {
		v, ok := statement.(*ast.VariableStatement)
		switch {
		case ok && isEnclosed(v):
			s.enclosed = append(s.enclosed, v)
		case ok && int(v.Var)-1 < s.ours:
			s.helpers = append(s.helpers, v)
		default:
			s.strict = append(s.strict, statement)
			continue
		}
		for _, b := range v.List {
			s.outside[b] = true
		}
	}
}

// isDirective reports whether a statement says "use strict".
func isDirective(statement ast.Statement) bool {
	e, _ := statement.(*ast.ExpressionStatement)
	if e == nil {
		return false
	}
	text, ok := e.Expression.(*ast.StringLiteral)
	return ok && text.Value == "use strict"
}

// isEnclosed reports whether a statement is a file that is no module: var require_x = __commonJS({ … }).
func isEnclosed(v *ast.VariableStatement) bool {
	if len(v.List) != 1 {
		return false
	}
	call, _ := v.List[0].Initializer.(*ast.CallExpression)
	if call == nil {
		return false
	}
	id, ok := call.Callee.(*ast.Identifier)
	return ok && id.Name == "__commonJS"
}

// handOut has the variables of modules that enclosed files use be those of the function outside: what
// their require of a module calls and returns.
func (s *separation) handOut() {
	kept := s.strict[:0]
	for _, statement := range s.strict {
		v, ok := statement.(*ast.VariableStatement)
		if !ok || !slices.ContainsFunc(v.List, s.isNeeded) || slices.ContainsFunc(v.List, isPattern) {
			kept = append(kept, statement)
			continue
		}
		for _, b := range v.List {
			s.outside[b] = true
			if b.Initializer != nil {
				e := &ast.AssignExpression{Operator: token.ASSIGN, Left: b.Target.(*ast.Identifier), Right: b.Initializer}
				kept = append(kept, &ast.ExpressionStatement{Expression: e})
			}
		}
	}
	s.strict = kept
}

func isPattern(b *ast.Binding) bool {
	_, plain := b.Target.(*ast.Identifier)
	return !plain
}

// isNeeded reports whether a variable is used by an enclosed file.
func (s *separation) isNeeded(b *ast.Binding) bool {
	id, ok := b.Target.(*ast.Identifier)
	return ok && s.needed[id.Name]
}

// declarations parts those of the function outside from those of the one within.
func (s *separation) declarations(all []*ast.VariableDeclaration) (outside, within []*ast.VariableDeclaration) {
	for _, d := range all {
		if len(d.List) > 0 && s.outside[d.List[0]] {
			outside = append(outside, d)
		} else {
			within = append(within, d)
		}
	}
	return outside, within
}
