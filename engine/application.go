package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// smallest is the smallest page that works.
const smallest = `function application(environ, start_response) {
  start_response("200 OK", [["Content-Type", "text/plain"]]);
  return ["hello"];
}`

// findApplication finds the page's application in any of its forms.
func (rt *runtime) findApplication(mod, own *goja.Object) error {
	var app goja.Value
	err := rt.inside(func() {
		exports := mod.Get("exports")
		candidates := []goja.Value{exports}
		if o, ok := exports.(*goja.Object); ok {
			candidates = []goja.Value{o.Get("application"), exports, o.Get("default")}
			rt.isolation, rt.inputMode = o.Get("isolation"), o.Get("input")
		}
		if rt.inputMode == nil {
			rt.inputMode = plainInput(own.Get("input"))
		}
		for _, v := range append(candidates, own.Get("plain")) {
			if _, ok := goja.AssertFunction(v); ok {
				app = v
				return
			}
		}
	})
	if err != nil {
		return err
	}
	if app == nil {
		return &Error{File: rt.page.name, Line: 1, Column: 1, Message: "the page provides no function application(environ, start_response)",
			Hint: rt.insteadOfApplication(mod) + "this is the smallest page that works:\n\n" + smallest}
	}
	rt.app, _ = goja.AssertFunction(app)
	if text, err := rt.functionText(app); err == nil {
		rt.usage = rt.page.usageOf(text.String())
	}
	return nil
}

// insteadOfApplication says what the page exports, as the beginning of a hint, or "": whoever knows another
// server may have given the function the name that it has there.
func (rt *runtime) insteadOfApplication(mod *goja.Object) (said string) {
	const most = 5 // are named
	rt.inside(func() {
		exports, ok := mod.Get("exports").(*goja.Object)
		if !ok {
			return
		}
		if v := exports.Get("application"); v != nil && !goja.IsUndefined(v) {
			said = "it exports application, which is no function; "
			return
		}
		if o, ok := exports.Get("default").(*goja.Object); ok {
			if _, ok := goja.AssertFunction(o.Get("fetch")); ok {
				said = "wizgy does not call fetch(request) of what is exported; "
				return
			}
		}
		names := slices.DeleteFunc(exports.Keys(), func(name string) bool { return name == "default" || len(name) > 40 })
		if len(names) > most {
			names = append(names[:most], "…")
		}
		if len(names) > 0 {
			said = fmt.Sprintf("it exports %s, and nothing named application; ", strings.Join(names, ", "))
		}
	})
	return said
}
