package engine

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"

	"wizgy/engine/internal/leftover"
)

// A page that keeps what requests bring in a variable works at the desk, where one visitor asks one
// runtime: each runtime has its own, and a save begins anew. Whoever develops it is told.

// remembered is a variable that does so, and the text that its place is in.
type remembered struct {
	leftover.Kept
	file *file.File
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
	for _, statements := range all {
		for _, k := range leftover.Find(statements) {
			list = append(list, remembered{k, bundle.File})
		}
	}
	return list
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
		at := r.file.Position(int(r.At) - 1)
		e.place(b, at)
		if at.Filename != "" && at.Filename != programName && !inPackage(e.File) {
			warnings = append(warnings, e)
		}
	}
	return warnings
}
