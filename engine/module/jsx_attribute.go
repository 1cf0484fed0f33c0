package module

import (
	"strings"

	"github.com/dop251/goja"
)

// attributeNames are names that JSX has because those of HTML are words of JavaScript, or are no
// identifiers.
var attributeNames = map[string]string{
	"className":     "class",
	"htmlFor":       "for",
	"acceptCharset": "accept-charset",
	"httpEquiv":     "http-equiv",
}

// attribute writes one attribute of the element of, unless its value is undefined, null or false.
func (j *jsx) attribute(w *htmlWriter, of, name string, v goja.Value) {
	if to, ok := attributeNames[name]; ok {
		name = to
	}
	if !isAttributeName(name) {
		throw(j.rt, "jsx: %s is no name of an attribute, in <%s>", quote(cut(name, maxName), 0), of)
	}
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return
	}
	value := ""
	switch v := v.(type) {
	case goja.String:
		value = v.String()
	case *goja.Symbol:
		throw(j.rt, "jsx: %s cannot be the value of %s, in <%s>", primitive(v), name, of)
	case *goja.Object:
		value = j.objectValue(of, name, v)
	default:
		if isBoolean(v) && !hasBooleanText(name) {
			if v.ToBoolean() {
				w.raw(" ")
				w.raw(name)
			}
			return
		}
		value = v.String()
	}
	w.raw(" ")
	w.raw(name)
	w.raw(`="`)
	w.value(value)
	w.raw(`"`)
}

// objectValue returns the text of an object that is the value of an attribute.
func (j *jsx) objectValue(of, name string, o *goja.Object) string {
	switch typ := o.ExportType(); {
	case typ == functionType || typ == classType:
		throw(j.rt, "jsx: %s of <%s> is a function, which HTML cannot hold: pass the text of a script", name, of)
	case typ == promiseType:
		throw(j.rt, "jsx: %s of <%s> is a Promise: await it first", name, of)
	case name == "style" && typ != htmlType:
		return j.style(of, o)
	}
	return o.String()
}

func isBoolean(v goja.Value) bool {
	_, ok := v.Export().(bool)
	return ok
}

// hasBooleanText reports whether an attribute says true and false in words: there it makes a
// difference whether it is false or missing.
func hasBooleanText(name string) bool {
	switch strings.ToLower(name) {
	case "contenteditable", "draggable", "spellcheck":
		return true
	}
	return strings.HasPrefix(name, "aria-") || strings.HasPrefix(name, "data-")
}

// isAttributeName reports whether name is one (HTML Standard, 13.1.2.3 "Attributes").
func isAttributeName(name string) bool {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f && c <= 0x9f || c == '\ufffd' || strings.ContainsRune("\"'<>/=`", c) {
			return false
		}
	}
	return name != ""
}

// style writes the properties of o as declarations of CSS.
func (j *jsx) style(of string, o *goja.Object) string {
	var b strings.Builder
	for _, key := range o.Keys() {
		v := o.Get(key)
		if v == nil || goja.IsUndefined(v) || goja.IsNull(v) || isBoolean(v) {
			continue
		}
		name := styleName(key)
		if !isStyleName(name) {
			throw(j.rt, "jsx: %s is no name of a property of style, in <%s>", quote(cut(key, maxName), 0), of)
		}
		value := strings.TrimSpace(text(j.rt, v))
		if value == "" {
			continue
		}
		if goja.IsNumber(v) && v.ToFloat() != 0 && !unitless[name] && !strings.HasPrefix(name, "--") {
			value += "px"
		}
		if b.Len() > 0 {
			b.WriteByte(';')
		}
		b.WriteString(name + ":" + value)
	}
	return b.String()
}

// styleName turns backgroundColor into background-color, and msGrid and WebkitMask into -ms-grid
// and -webkit-mask. What begins with -- is a name already.
func styleName(key string) string {
	if strings.HasPrefix(key, "--") {
		return key
	}
	var b strings.Builder
	if strings.HasPrefix(key, "ms") && len(key) > 2 && key[2] >= 'A' && key[2] <= 'Z' {
		b.WriteByte('-')
	}
	for i := range len(key) {
		if c := key[i]; c >= 'A' && c <= 'Z' {
			b.WriteByte('-')
			b.WriteByte(c | 0x20)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isStyleName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return name != ""
}

// unitless are the properties of which a number is not a length.
var unitless = map[string]bool{
	"animation-iteration-count": true, "aspect-ratio": true, "border-image-outset": true, "border-image-slice": true,
	"border-image-width": true, "column-count": true, "columns": true, "fill-opacity": true, "flex": true,
	"flex-grow": true, "flex-shrink": true, "flood-opacity": true, "font-weight": true, "grid-area": true,
	"grid-column": true, "grid-column-end": true, "grid-column-start": true, "grid-row": true, "grid-row-end": true,
	"grid-row-start": true, "line-clamp": true, "line-height": true, "opacity": true, "order": true, "orphans": true,
	"scale": true, "stop-opacity": true, "stroke-dasharray": true, "stroke-dashoffset": true,
	"stroke-miterlimit": true, "stroke-opacity": true, "stroke-width": true, "tab-size": true, "widows": true,
	"z-index": true, "zoom": true, "-webkit-line-clamp": true,
}
