package engine

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
)

// esbuild declares with var what stands at the top level of a file with let, const or class: it is faster in some
// engines. What is used before it is there would be undefined, where the language has a ReferenceError (ECMA-262,
// 14.3.1). So those declarations are made again what they are in the source.

// lexical restores the declarations of a bundle.
type lexical struct {
	at    func(offset int) file.Position
	files map[string]*source // by the names that places have
}

// restoreLexical restores the declarations of a bundle, as far as its sources are known.
func (out *compiled) restoreLexical(bundle *ast.Program, name func(path string) string) {
	wrapper := wrapperOf(bundle)
	if wrapper == nil || name == nil {
		return
	}
	l := lexical{at: bundle.File.Position, files: map[string]*source{}}
	for _, s := range out.sources {
		l.files[name(s.path)] = s
	}
	l.function(wrapper)
}

// function restores what stands at the top of a function: of the bundle, of one of its files, or of its modules.
func (l *lexical) function(f *ast.FunctionLiteral) {
	made := map[*ast.Binding]bool{}
	for i, statement := range f.Body.List {
		switch s := statement.(type) {
		case *ast.VariableStatement:
			if inner := enclosedIn(s); inner != nil {
				l.function(inner)
			} else if kind, ok := l.written(s); ok && !clashes(s, f) {
				f.Body.List[i] = &ast.LexicalDeclaration{Idx: s.Var, Token: kind, List: s.List}
				for _, b := range s.List {
					made[b] = true
				}
			}
		case *ast.ReturnStatement:
			if inner, ok := s.Argument.(*ast.FunctionLiteral); ok && i == len(f.Body.List)-1 {
				l.function(inner)
			}
		}
	}
	f.DeclarationList = slices.DeleteFunc(f.DeclarationList, func(d *ast.VariableDeclaration) bool {
		return len(d.List) > 0 && made[d.List[0]]
	})
}

// enclosedIn returns the function that encloses a file, of var require_x = __commonJS({ "x.js"(exports) { … } }).
func enclosedIn(v *ast.VariableStatement) *ast.FunctionLiteral {
	if !isEnclosed(v) {
		return nil
	}
	list := v.List[0].Initializer.(*ast.CallExpression).ArgumentList
	if len(list) != 1 {
		return nil
	}
	files, _ := list[0].(*ast.ObjectLiteral)
	if files == nil || len(files.Value) != 1 {
		return nil
	}
	p, _ := files.Value[0].(*ast.PropertyKeyed)
	if p == nil {
		return nil
	}
	f, _ := p.Value.(*ast.FunctionLiteral)
	return f
}

// clashes reports whether a declaration has a parameter's name.
func clashes(v *ast.VariableStatement, f *ast.FunctionLiteral) bool {
	return slices.ContainsFunc(v.List, func(b *ast.Binding) bool {
		return slices.ContainsFunc(f.ParameterList.List, func(p *ast.Binding) bool {
			name, _ := b.Target.(*ast.Identifier)
			parameter, _ := p.Target.(*ast.Identifier)
			return name != nil && parameter != nil && name.Name == parameter.Name
		})
	})
}

// declaration is how one begins in a source, with the name or the bracket that follows.
var declaration = regexp.MustCompile(`^(?:export\s+)?(let|const|class)\b\s*([\pL\d_$]+|[{[])`)

// written returns what stands in the source in place of var, and whether it is another word.
func (l *lexical) written(v *ast.VariableStatement) (kind token.Token, ok bool) {
	at := l.at(int(v.Var) - 1)
	src := l.files[unspell(at.Filename)]
	if src == nil || len(v.List) == 0 {
		return 0, false
	}
	found := declaration.FindStringSubmatch(src.from(at.Line, at.Column))
	if found == nil || !isRenamedTarget(v.List[0].Target, found[2]) {
		return 0, false
	}
	if found[1] != "const" {
		return token.LET, true
	}
	return token.CONST, !slices.ContainsFunc(v.List, hasNoValue) // which it gets when the module is asked for
}

func hasNoValue(b *ast.Binding) bool { return b.Initializer == nil }

// isRenamedTarget reports whether a binding may be what the source has there: a name, or a pattern.
func isRenamedTarget(target ast.BindingTarget, written string) bool {
	if id, ok := target.(*ast.Identifier); ok {
		return isRenamed(written, id.Name.String())
	}
	return written == "{" || written == "["
}

// maxColumn is how far into a line a declaration is looked for: to count the characters of long ones, over and over,
// takes too long.
const maxColumn = 1 << 12

// from returns the text of a file from a place on, a line at most.
func (s *source) from(line, column int) string {
	all := s.text()
	if s.lineStarts == nil {
		s.lineStarts = []int{0}
		for i := range len(all) {
			if all[i] == '\n' {
				s.lineStarts = append(s.lineStarts, i+1)
			}
		}
	}
	if line < 1 || line > len(s.lineStarts) || column > maxColumn {
		return ""
	}
	text := all[s.lineStarts[line-1]:]
	for units := 1; units < column && text != ""; units++ {
		r, size := utf8.DecodeRuneInString(text)
		if r > 0xFFFF {
			units++
		}
		text = text[size:]
	}
	text, _, _ = strings.Cut(text[:min(len(text), maxColumn)], "\n")
	return text
}
