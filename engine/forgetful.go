package engine

import (
	"sync"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"

	"wizgy/engine/internal/leftover"
)

// A page that keeps what requests bring in a variable works at the desk, where one visitor asks one
// runtime: each runtime has its own, and a save begins anew. Whoever develops it is told.

// remembered is a variable that does so, and the text that its place is in.
type remembered struct {
	leftover.Kept
	file       *file.File
	undeclared bool // a forgotten let
}

// remembers finds such variables, in a bundle as esbuild has made it.
func remembers(bundle *ast.Program) (list []remembered) {
	wrapper := wrapperOf(bundle)
	if wrapper == nil {
		return nil
	}
	all := [][]ast.Statement{wrapper.Body.List}
	for _, statement := range wrapper.Body.List { // files that are no modules
		if s, ok := statement.(*ast.VariableStatement); ok {
			all = append(all, enclosedFiles(s)...)
		}
	}
	known := knownNames(bundle)
	for _, statements := range all {
		for _, k := range leftover.Find(statements) {
			list = append(list, remembered{Kept: k, file: bundle.File})
		}
		for _, k := range leftover.Undeclared(withoutFiles(statements), known) {
			list = append(list, remembered{Kept: k, file: bundle.File, undeclared: true})
		}
	}
	return list
}

// knownNames returns what tells whether a program declares a name, or the language has it.
func knownNames(program *ast.Program) func(name string) bool {
	declared, language := leftover.Declared(program), sync.OnceValue(goja.New)
	return func(name string) bool { return declared[name] || language().GlobalObject().Get(name) != nil }
}

// withoutFiles returns the statements of a file, without the files that esbuild has put there.
func withoutFiles(list []ast.Statement) (own []ast.Statement) {
	for _, statement := range list {
		if s, ok := statement.(*ast.VariableStatement); !ok || len(enclosedFiles(s)) == 0 {
			own = append(own, statement)
		}
	}
	return own
}

// enclosedFiles returns the statements of files that esbuild has put into functions.
func enclosedFiles(s *ast.VariableStatement) (files [][]ast.Statement) {
	for _, b := range s.List {
		call, ok := b.Initializer.(*ast.CallExpression)
		if !ok || len(call.ArgumentList) != 1 {
			continue
		}
		object, ok := call.ArgumentList[0].(*ast.ObjectLiteral)
		if !ok {
			continue
		}
		for _, p := range object.Value {
			if keyed, ok := p.(*ast.PropertyKeyed); ok {
				if f, ok := keyed.Value.(*ast.FunctionLiteral); ok {
					files = append(files, f.Body.List)
				}
			}
		}
	}
	return files
}

// forgetful warns of them, in files of the site's own.
func (b *bundling) forgetful(list []remembered) (warnings []*Error) {
	for _, r := range list {
		e := &Error{File: b.name(b.entry), Line: 1, Column: 1,
			Message: "requests change " + r.Name + ", which is a variable at the top of the file: another request may miss it, or see it",
			Hint:    "each runtime of a page has its own, and a save begins anew; keep what is to last outside of the page, or in the function if it is of one request"}
		if r.undeclared {
			e.Message = r.Name + " is set and declared nowhere, so it is a variable of all requests: a later one may see what is left in it"
			e.Hint = "declare it with let or const; in a module, to set it is an error"
		}
		at := r.file.Position(int(r.At) - 1)
		e.place(b, at)
		if at.Filename != "" && at.Filename != programName && !inPackage(e.File) {
			warnings = append(warnings, e)
		}
	}
	return warnings
}
