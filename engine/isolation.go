package engine

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// Isolation is what is kept from what: the runtimes of different pages never have anything in
// common, and those of one page may go from request to request.
type Isolation string

const (
	// IsolationPage lets the requests of a page use its runtimes one after the other, so that
	// what one leaves in a variable of the module, in a global or in a prototype may be seen by
	// a later one, or may not. It is what the empty string stands for.
	IsolationPage Isolation = "page"

	// IsolationRequest gives each request a runtime of its own, in which the top level of the
	// page runs anew.
	IsolationRequest Isolation = "request"
)

// valid reports whether i is one of the constants.
func (i Isolation) valid() bool { return i == IsolationPage || i == IsolationRequest }

// isolationOf returns the isolation of a page, by its file, as it is configured.
func (e *Engine) isolationOf(file string) Isolation {
	if slices.ContainsFunc(e.cfg.Isolate, func(name string) bool { return covers(name, file) }) {
		return IsolationRequest
	}
	return e.cfg.Isolation
}

// covers reports whether a name of Config.Isolate is that of the file, or of a folder of its.
func covers(name, file string) bool {
	name = strings.TrimSuffix(name, "/")
	return name == file || name == "" || strings.HasPrefix(file, name+"/")
}

// idleIsolate returns warnings about names of Config.Isolate that are of nothing.
func (e *Engine) idleIsolate() []*Error {
	var list []*Error
	pages := e.site.Load().pages
	for _, name := range e.cfg.Isolate {
		found := false
		for file := range pages {
			found = found || covers(name, file)
		}
		if !found {
			list = append(list, &Error{File: e.named(&Error{File: name}).File,
				Message: "no page has this name, or lies in a folder that has, and isolate asks for it", Hint: "name a page or a folder of pages"})
		}
	}
	return list
}

// setIsolation takes what the page says itself, by exporting isolation, or what is configured.
func (p *page) setIsolation(exported goja.Value) error {
	p.isolation = p.e.isolationOf(p.file)
	if exported == nil || goja.IsUndefined(exported) {
		return nil
	}
	own := Isolation("")
	if goja.IsString(exported) {
		own = Isolation(exported.String())
	}
	if !own.valid() {
		e := &Error{File: p.name, Line: 1, Column: 1, Message: `isolation must be "page" or "request"`}
		if goja.IsString(exported) {
			e.Message += fmt.Sprintf(", got %.40q", exported.String())
		}
		if len(p.sources) > 0 {
			e.placeAt(p.sources[0].text(), isolationExport)
		}
		return e
	}
	p.isolation = own
	return nil
}

// isolationExport finds where a page exports its isolation, in the forms that are likely.
var isolationExport = regexp.MustCompile(`(?m)^\s*export\s+(?:const|let|var)\s+(isolation)\b|exports\.(isolation)\b`)

// placeAt sets the place of e to the first group of re that matches in text.
func (e *Error) placeAt(text string, re *regexp.Regexp) {
	at := re.FindStringSubmatchIndex(text)
	if at == nil {
		return
	}
	start := max(at[2], at[4])
	before := text[:start]
	lineStart := strings.LastIndexByte(before, '\n') + 1
	e.Line = strings.Count(before, "\n") + 1
	e.Column = columnOf(text[lineStart:], start-lineStart)
	e.frame = frameAt(text, e.Line, e.Column)
}
