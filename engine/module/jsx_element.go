package module

import (
	"regexp"
	"strings"
	"sync"

	"github.com/dop251/goja"
)

// write writes the element name, which closes itself if it is one that cannot have children
// (HTML Standard, 13.1.2 "Elements").
func (j *jsx) write(w *htmlWriter, name string, props *goja.Object) {
	if !isElementName(name) {
		throw(j.rt, "jsx: %s is no name of an element", quote(cut(name, maxName), 0))
	}
	if name == "html" {
		w.raw("<!DOCTYPE html>")
	}
	w.raw("<")
	w.raw(name)
	var children, inner goja.Value
	for _, key := range props.Keys() {
		switch key {
		case "children":
			children = props.Get(key)
		case "dangerouslySetInnerHTML":
			inner = props.Get(key)
		case "key", "ref":
		default:
			j.attribute(w, name, key, props.Get(key))
		}
	}
	w.raw(">")
	isEmpty := children == nil || goja.IsUndefined(children) || goja.IsNull(children)
	switch content := voidElements[name]; {
	case content && (!isEmpty || inner != nil):
		throw(j.rt, "jsx: <%s> cannot have children", name)
	case content:
		return
	case inner != nil && !isEmpty:
		throw(j.rt, "jsx: <%s> has both children and dangerouslySetInnerHTML", name)
	case inner != nil:
		j.innerHTML(w, name, inner)
	default:
		j.content(w, name, children)
	}
	w.raw("</")
	w.raw(name)
	w.raw(">")
}

var voidElements = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "source": true, "track": true, "wbr": true,
}

// isElementName reports whether a tag can have the name without ending early.
func isElementName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || (c < '0' || c > '9') && strings.IndexByte("-.:_", c) < 0) {
			return false
		}
	}
	return name != ""
}

// content writes what is between the tags of name.
func (j *jsx) content(w *htmlWriter, name string, children goja.Value) {
	switch name {
	case "script", "style":
		// The text of these is not decoded: references would become part of the program.
		inner := htmlWriter{of: j}
		j.code(&inner, children, 0)
		w.raw(safeCode(name, inner.done().String()))
		return
	case "pre", "textarea", "listing":
		// A line end directly after the tag is dropped by browsers.
		inner := htmlWriter{of: j}
		j.child(&inner, children, 0)
		h := inner.done()
		if strings.HasPrefix(h.String(), "\n") {
			w.raw("\n")
		}
		w.html(h)
		return
	}
	j.child(w, children, 0)
}

// code writes the text of a script or style sheet, or of a list of such texts.
func (j *jsx) code(w *htmlWriter, v goja.Value, depth int) {
	if s, ok := v.(goja.String); ok {
		w.raw(s.String())
		return
	}
	if o, ok := v.(*goja.Object); ok && o.ClassName() == "Array" && !isProxy(o) && depth < maxChildDepth {
		j.rt.ForOf(o, func(item goja.Value) bool {
			j.code(w, item, depth+1)
			return true
		})
		return
	}
	j.child(w, v, depth)
}

// endOfCode matches what ends a script or style sheet early, or makes its end unseen.
var endOfCode = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)<(/?script|/style|!--)`)
})

// safeCode writes < in another way where it would end the element. Both are escapes of string
// literals, the only place where a working program has such text.
func safeCode(name, code string) string {
	if name == "script" {
		return endOfCode().ReplaceAllString(code, `\u003c$1`)
	}
	return endOfCode().ReplaceAllString(code, `\3c $1`)
}

// innerHTML writes the HTML that v, {__html: …}, holds.
func (j *jsx) innerHTML(w *htmlWriter, name string, v goja.Value) {
	if goja.IsUndefined(v) || goja.IsNull(v) {
		return
	}
	o, ok := v.(*goja.Object)
	var html goja.Value
	if ok {
		html = o.Get("__html")
	}
	if html == nil {
		throw(j.rt, "jsx: dangerouslySetInnerHTML of <%s> must be {__html: …}, got %s", name, cut(Inspect(j.rt, v), maxName))
	}
	if !goja.IsUndefined(html) && !goja.IsNull(html) {
		w.raw(text(j.rt, html))
	}
}
