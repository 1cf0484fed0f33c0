package engine

import (
	"fmt"
	"regexp"

	"github.com/dop251/goja"
)

// inputStream is what a page calls input that reads the body of a request as it comes.
const inputStream = "stream"

// plainInput returns what a variable of a plain script that is called input says about how it reads.
// One that holds an object or a function is for something else.
func plainInput(v goja.Value) goja.Value {
	if _, other := v.(*goja.Object); other || v == nil {
		return nil
	}
	return v
}

// setInput takes what the page says of how it reads. Anything but "stream" is worth a warning, and
// leaves it at what all pages do.
func (p *page) setInput(said goja.Value) {
	if said == nil || goja.IsUndefined(said) {
		return
	}
	if goja.IsString(said) && said.String() == inputStream {
		p.streams = true
		return
	}
	e := &Error{File: p.name, Line: 1, Column: 1, Message: `input is not "stream", and means nothing`,
		Hint: `write export const input = "stream" in a page that is to read the body of a request as it comes, and call it something else otherwise`}
	if goja.IsString(said) {
		e.Message = fmt.Sprintf(`input must be "stream", got %.40q, which means nothing`, said.String())
	}
	if len(p.sources) > 0 {
		e.placeAt(p.sources[0].text(), inputExport)
	}
	p.warnings = append(p.warnings, e)
}

// inputExport finds where a page says it, in the forms that are likely.
var inputExport = regexp.MustCompile(`(?m)^\s*(?:export\s+)?(?:const|let|var|function)\s+(input)\b|exports\.(input)\b`)
