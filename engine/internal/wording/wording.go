// Package wording has errors that the interpreter throws by itself say what other engines say, which
// is what people know, and find with a search: "handler is not a function" in place of "Value is not
// an object: undefined".
//
// The interpreter says neither which variable it was nor whether it was null. Both can be found out
// while it makes the error: its program counter leads to the place in the text of the program, the
// text tells what stands there, and the values that the operation was about still lie on its stack.
package wording

import (
	"github.com/dop251/goja"
	"github.com/dop251/goja/file"
)

// Teller words the errors of one runtime.
type Teller struct {
	// Cache remembers what it took long to find out; nil remembers nothing.
	Cache *Cache

	// Show describes a value briefly. It must not run code of the page.
	Show func(v goja.Value) string

	// FunctionName returns the name of a function, or "". It must not run code of the page.
	FunctionName func(f *goja.Object) string

	// Getter reports whether an object has, or inherits, a property with a getter and no setter. It must
	// not run code of the page. Nil is never.
	Getter func(o *goja.Object, key string) bool

	// Has reports whether an object has, or inherits, a property. It must not run code of the page. Nil is
	// always.
	Has func(o *goja.Object, key string) bool

	// Name returns the name that a variable has in the source, by the place there and by the name that
	// it has in the text of the program. Nil leaves names as they are.
	Name func(at file.Position, name string) string
}

// Say returns the words for an error of a class that the interpreter is about to make, by its own
// words, or "" if those are as good. Without a class it is a helper of the compiler's that makes one.
func (t *Teller) Say(vm *goja.Runtime, class, message string) (text string) {
	defer func() {
		if v := recover(); v != nil { // the text may be of a kind that the parser fails on
			text = ""
		}
	}()
	if class == "" {
		return t.private(vm, message)
	}
	at := here(vm)
	at.vm, at.class = vm, class
	if !at.native {
		if rule, ok := byInstruction[at.instruction]; ok {
			if text := rule(t, at, message); text != "" {
				return text
			}
		}
	}
	return t.builtin(at, class, message)
}
