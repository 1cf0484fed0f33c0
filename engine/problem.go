package engine

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"
)

// problems makes errors of esbuild's messages. After HTML, in a file that may have none, the rest of the
// file is misread, so what is said of that is left out.
func (b *bundling) problems(messages []api.Message) (list []*Error) {
	misread := map[string]bool{}
	for _, m := range messages {
		if m.Location != nil && misread[m.Location.File] {
			continue
		}
		list = append(list, b.problem(m))
		if at := m.Location; at != nil && (notJSX.MatchString(m.Text) || elementInTypes(at.File, at.LineText)) {
			misread[m.Location.File] = true
		}
	}
	return list
}

// problem makes a message of esbuild's one of ours.
func (b *bundling) problem(m api.Message) *Error {
	e := &Error{File: b.name(b.entry), Line: 1, Column: 1, Message: strings.TrimSuffix(m.Text, ".")}
	e.missing = strings.HasPrefix(m.Text, "Could not resolve") || strings.HasPrefix(m.Text, "Could not read")
	if saysExhausted(e.Message) {
		e.starved, e.status, e.retry = true, http.StatusServiceUnavailable, starvedPause
		e.Hint = "it is tried again every second; raise the limit of open files (ulimit -n, LimitNOFILE)"
	}
	if at := m.Location; at != nil {
		path := b.path(at)
		e.File, e.Line, e.Column = b.name(path), at.Line, columnOf(at.LineText, at.Column)
		if src := b.sources[path]; src != nil {
			e.frame = frameAt(src.text(), e.Line, e.Column)
		}
	}
	b.sayExports(e)
	e.Message, e.Hint = explain(e.Message, e.Hint, b.modules)
	if m.Location != nil && elementInTypes(e.File, m.Location.LineText) {
		e.Message, e.Hint = "there is HTML in the code, which a .tsx file may have, and a .ts file may not", "rename the file to .tsx"
	}
	if notJSX.MatchString(m.Text) && m.Location != nil && strings.HasPrefix(m.Location.LineText, "<?") {
		e.Message, e.Hint = "this is PHP, or another template, which wizgy does not run", "write the page in JavaScript: it returns its HTML as text, `<h1>${name}</h1>`, or is a .jsx file"
	}
	for _, n := range m.Notes {
		if e.Hint == "" && n.Location != nil {
			e.Hint = b.note(n)
		}
	}
	return e
}

// note makes a hint of what esbuild has to add. It ends in a colon where it is about a place.
func (b *bundling) note(n api.Note) string {
	text, isPlace := strings.CutSuffix(n.Text, ":")
	if at := n.Location; isPlace {
		return fmt.Sprintf("%s (%s:%d:%d)", text, b.name(b.path(at)), at.Line, columnOf(at.LineText, at.Column))
	}
	return text
}

// path returns the file that a place is in.
func (b *bundling) path(at *api.Location) string {
	if filepath.IsAbs(at.File) {
		return at.File
	}
	return filepath.Join(b.dir, filepath.FromSlash(at.File))
}

// unparsable describes what esbuild took and the interpreter did not, such as a flag of a
// regular expression that it does not know.
func (b *bundling) unparsable(err error) *Error {
	e := &Error{File: b.name(b.entry), Line: 1, Column: 1, Message: err.Error(),
		Hint: "the interpreter knows the JavaScript of 2021; write this in another way"}
	var list parser.ErrorList
	var syntax *goja.CompilerSyntaxError
	switch {
	case errors.As(err, &list) && len(list) > 0:
		e.Message = "SyntaxError: " + list[0].Message
	case errors.As(err, &syntax):
		e.Message = "SyntaxError: " + syntax.Message
		if f := syntax.File; f != nil {
			at := f.Position(syntax.Offset)
			e.place(b, at)
		}
	}
	return e
}
