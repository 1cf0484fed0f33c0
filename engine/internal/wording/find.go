package wording

import (
	"reflect"
	"sync"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
)

// maxText is how long a program may be that is parsed again for a message, in bytes.
const maxText = 2 << 20

// Cache remembers what was found in the programs of one page: to find it they are parsed again. The zero
// value is ready to use, by several runtimes at a time.
type Cache struct {
	mu    sync.Mutex
	found map[question]any
}

// question is what a cache has the answer to.
type question struct {
	program *file.File
	offset  int
	kind    string
}

// maxFound is how many answers are kept.
const maxFound = 256

// find returns the first node of the program, from the outside in, for which is holds. For the same
// place and kind it holds for the same node.
func (t *Teller) find(at *site, kind string, is func(node any) bool) any {
	q := question{at.file, at.offset, kind}
	if t.Cache == nil {
		return search(at.text, at.offset, is)
	}
	t.Cache.mu.Lock()
	node, known := t.Cache.found[q]
	t.Cache.mu.Unlock()
	if known {
		return node
	}
	node = search(at.text, at.offset, is)
	t.Cache.mu.Lock()
	defer t.Cache.mu.Unlock()
	if t.Cache.found == nil || len(t.Cache.found) >= maxFound {
		t.Cache.found = map[question]any{}
	}
	t.Cache.found[q] = node
	return node
}

// search parses a program, and looks for a node around an offset. To parse takes about as long as it did
// when the page was loaded, to look next to nothing.
func search(text string, offset int, is func(node any) bool) any {
	if len(text) > maxText {
		return nil
	}
	program, err := parser.ParseFile(nil, "", text, 0, parser.WithDisableSourceMaps)
	if err != nil {
		return nil
	}
	f := finder{is: is, place: file.Idx(offset + 1)}
	f.visit(reflect.ValueOf(program.Body))
	return f.found
}

type finder struct {
	is    func(node any) bool
	place file.Idx
	found any
}

var treePackage = reflect.TypeFor[ast.Program]().PkgPath()

func (f *finder) visit(v reflect.Value) {
	if f.found != nil {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		f.visit(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || v.Type().Elem().PkgPath() != treePackage || !f.around(v.Interface()) {
			return
		}
		if f.is(v.Interface()) {
			f.found = v.Interface()
			return
		}
		f.visit(v.Elem())
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				f.visit(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			f.visit(v.Index(i))
		}
	}
}

// around reports whether a node may have the place in it.
func (f *finder) around(node any) (may bool) {
	switch node.(type) {
	case *ast.Binding, *ast.ParameterList:
		return true // the parser gives a part of them only
	}
	n, ok := node.(ast.Node)
	if !ok {
		return true
	}
	defer func() {
		if recover() != nil { // of a node that is not complete
			may = true
		}
	}()
	return n.Idx0() <= f.place+longestTag && f.place <= n.Idx1()
}

// longestTag is how long a tag may be before a text in backquotes, which the parser takes for the
// beginning of both.
const longestTag = 200

// placeOf returns the place that the interpreter notes for an expression, 0 for a constant.
func placeOf(e ast.Expression) file.Idx {
	switch e := e.(type) {
	case *ast.Identifier:
		return e.Idx
	case *ast.DotExpression:
		return e.Identifier.Idx
	case *ast.PrivateDotExpression:
		return e.Identifier.Idx
	case *ast.BracketExpression:
		return e.LeftBracket
	case *ast.CallExpression:
		return e.LeftParenthesis
	case *ast.OptionalChain:
		return placeOf(e.Expression)
	case *ast.Optional:
		return placeOf(e.Expression)
	case *ast.SequenceExpression:
		return placeOf(e.Sequence[len(e.Sequence)-1])
	case *ast.TemplateLiteral:
		if e.Tag != nil {
			return e.OpenQuote
		}
	case *ast.AwaitExpression:
		return placeOf(e.Argument)
	case *ast.NewExpression, *ast.ThisExpression, *ast.ObjectLiteral, *ast.ArrayLiteral:
		return e.Idx0()
	}
	return 0
}
