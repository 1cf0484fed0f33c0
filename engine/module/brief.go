package module

import (
	"strings"

	"github.com/dop251/goja"
)

// Brief describes v in a word or two, as the messages of errors do: a string as it is, a function by
// its text, and an object as #<Class> or [object Array]. Like [Inspect] it runs no code of the page.
func Brief(host Host, v goja.Value) (s string) {
	defer func() {
		if x := recover(); x != nil {
			s = "[unreadable]"
		}
		s = cut(s, maxBrief)
	}()
	in := newInspector(readerOf(host))
	switch v := v.(type) {
	case *goja.Object:
		return in.briefObject(v)
	case goja.String:
		return clip(v, maxBrief)
	}
	return strings.TrimSuffix(primitive(v), "n")
}

// maxBrief bounds what Brief writes.
const maxBrief = 200

func (in *inspector) briefObject(o *goja.Object) string {
	if isProxy(o) {
		return "#<Object>"
	}
	if isFunction(o) {
		return in.textOf(o)
	}
	switch class := o.ClassName(); class {
	case "Array", "RegExp", "Date", "String", "Number", "Boolean", "Arguments":
		return "[object " + class + "]"
	case "Error":
		return in.errorTitle(o)
	}
	if name, _ := in.constructorName(o); name != "" {
		return "#<" + cut(name, maxName) + ">"
	}
	return "[object Object]"
}

// textOf is the text of a function as it was written.
func (in *inspector) textOf(f *goja.Object) string {
	text := in.reader().call("functionText", f)
	return clip(text.(goja.String), maxBrief)
}

// FunctionName returns the name of a function, or "". It runs no code of the page.
func FunctionName(host Host, f *goja.Object) (name string) {
	defer func() {
		if x := recover(); x != nil {
			name = ""
		}
	}()
	return readerOf(host).name(f)
}

// HasProperty reports whether o has, or inherits, a property, as far as that can be told without running
// code of the page.
func HasProperty(host Host, o *goja.Object, key string) (has bool) {
	defer func() {
		if x := recover(); x != nil {
			has = true
		}
	}()
	rd := readerOf(host)
	p, hidden := rd.lookup(o, rd.rt.ToValue(key))
	return hidden || p.value != nil || p.get || p.set
}

// HasGetter reports whether o has, or inherits, a property with a getter and no setter. It runs no code
// of the page.
func HasGetter(host Host, o *goja.Object, key string) (has bool) {
	defer func() {
		if x := recover(); x != nil {
			has = false
		}
	}()
	rd := readerOf(host)
	p, _ := rd.lookup(o, rd.rt.ToValue(key))
	return p.get && !p.set
}
