package engine

import (
	"fmt"

	"github.com/dop251/goja"

	"wizgy/engine/internal/mend"
	"wizgy/engine/internal/natives"
	"wizgy/engine/internal/polyfill"
)

// symAsyncIterator is what the interpreter lacks and async generators are compiled to.
var symAsyncIterator = goja.NewSymbol("Symbol.asyncIterator")

// start makes the globals and runs the page's top level, up to its application.
func (rt *runtime) start() error {
	if err := rt.checks.CheckHidden(rt.vm, rt.page.hidden); err != nil {
		return err
	}
	if err := polyfill.Install(rt.vm, rt.page.additions); err != nil {
		return err
	}
	wrapper, err := rt.vm.RunProgram(rt.page.program)
	if err != nil {
		return err
	}
	enclosing, ok := goja.AssertFunction(wrapper)
	if !ok {
		return fmt.Errorf("the bundle of %s is not a function", rt.page.file)
	}
	mod, own := rt.vm.NewObject(), rt.vm.NewObject()
	exports := rt.vm.NewObject()
	mod.Set("exports", exports)
	if err := rt.checks.SetOperators(rt.vm, own, rt.page.operators); err != nil {
		return err
	}
	if rt.page.holds {
		own.Set("held", rt.held)
	}
	if rt.page.notes {
		own.Set("thrown", rt.thrownNow)
	}
	rt.topLevel = natives.ProgramOfFunction(wrapper)
	parts := []goja.Value{mod, exports, rt.requireFunction(), own}
	if rt.page.shortcuts {
		parts = append(parts, rt.ownStarter())
	}
	modules, err := enclosing(goja.Undefined(), parts...)
	if err != nil {
		return err
	}
	if run, ok := goja.AssertFunction(modules); ok { // see separate
		if _, err := run(goja.Undefined()); err != nil {
			return err
		}
	}
	return rt.findApplication(mod, own)
}

// setGlobals puts the built-in globals behind the global object, as its prototype: making even
// the accessors of two dozen names would cost more than most pages do.
func (rt *runtime) setGlobals() error {
	if err := rt.vm.GlobalObject().SetPrototype(rt.vm.NewDynamicObject(lazyGlobals{rt})); err != nil {
		return err
	}
	if !rt.page.asyncIterators {
		return nil // Symbol is half of what a runtime costs
	}
	symbols := rt.vm.Get("Symbol").(*goja.Object)
	return symbols.DefineDataProperty("asyncIterator", symAsyncIterator, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
}

// lazyGlobals makes a built-in global when a page first touches it. From then on it is an
// ordinary variable.
type lazyGlobals struct{ rt *runtime }

// Get makes the global.
func (l lazyGlobals) Get(name string) goja.Value {
	if name == mend.Checker {
		return l.rt.vm.ToValue(l.rt.checks.Source)
	}
	g, ok := l.rt.page.e.globals[name]
	if !ok {
		return nil
	}
	v, err := g.Load(&l.rt.host)
	if err != nil {
		panic(l.rt.vm.NewGoError(fmt.Errorf("load %s: %w", name, err)))
	}
	l.rt.checks.Count(l.rt.vm, v)
	if err := l.rt.vm.GlobalObject().DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
		panic(l.rt.vm.NewGoError(fmt.Errorf("define %s: %w", name, err)))
	}
	return v
}

// Has reports whether there is such a global.
func (l lazyGlobals) Has(name string) bool {
	_, ok := l.rt.page.e.globals[name]
	return ok || name == mend.Checker
}

// Set is not called for a property of the global object; the prototype itself cannot be changed.
func (l lazyGlobals) Set(string, goja.Value) bool { return false }

// Delete does nothing: the names stay.
func (l lazyGlobals) Delete(string) bool { return true }

// Keys returns none: built-ins are not enumerable.
func (l lazyGlobals) Keys() []string { return nil }

// Natives returns the limits of the built-in functions.
func (l lazyGlobals) Natives() *natives.Checks { return &l.rt.checks }
