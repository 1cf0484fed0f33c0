// Package polyfill adds built-ins of ECMA-262 that the interpreter lacks, to the runtimes of pages whose text
// mentions them. Others pay nothing.
package polyfill

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/dop251/goja"
)

//go:embed polyfill.js
var source string

// name is the file of these functions as a stack has it.
const name = "wizgy:polyfill"

var program = sync.OnceValue(func() *goja.Program { return goja.MustCompile(name, source, true) })

// An addition is one of the parts of polyfill.js, and what a text has that uses it.
type addition struct {
	part  string
	words []string
	with  []string // one of which must be there, too
}

var additions = []addition{
	{"groupBy", []string{"groupBy"}, nil},
	{"promises", []string{"withResolvers", "Promise.try"}, nil},
	{"fromAsync", []string{"fromAsync"}, nil},
	{"escape", []string{"RegExp.escape"}, nil},
	{"wellFormed", []string{"WellFormed"}, nil},
	{"stackTrace", []string{"captureStackTrace"}, nil},
	{"dispose", []string{"Symbol.dispose", "Symbol.asyncDispose", "DisposableStack", "SuppressedError", "__using("}, nil},
	{"weak", []string{"WeakRef", "FinalizationRegistry"}, nil},
	{"iterators", []string{"Iterator.", "(Iterator", "Iterator)", "extends Iterator", "new Iterator", "instanceof Iterator", "typeof Iterator", ").take(", ").drop(", ".toArray("}, nil},
	{"iterators", []string{"values().", "keys().", "entries().", "matchAll(", "yield"}, helpers},
}

// helpers is how the functions of an iterator are called on what a call has returned.
var helpers = []string{").map(", ").filter(", ").flatMap(", ").reduce(", ").forEach(", ").some(", ").every(", ").find("}

// In returns the parts that a text, as esbuild prints it, may need.
func In(text string) (parts []string) {
	for _, a := range additions {
		if has(text, a.words) && (a.with == nil || has(text, a.with)) {
			parts = append(parts, a.part)
		}
	}
	return parts
}

func has(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// Install adds parts to a runtime. What is there already stays.
func Install(vm *goja.Runtime, parts []string) error {
	if len(parts) == 0 {
		return nil
	}
	v, err := vm.RunProgram(program())
	if err != nil {
		return err
	}
	all := v.(*goja.Object)
	for _, part := range parts {
		f, _ := goja.AssertFunction(all.Get(part))
		if _, err := f(goja.Undefined()); err != nil {
			return err
		}
	}
	return nil
}
