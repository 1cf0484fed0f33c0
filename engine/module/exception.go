package module

import (
	"fmt"
	"sync"

	"github.com/dop251/goja"
)

// exceptionProgram makes the class DOMException (Web IDL, 2.8.1). It extends Error, which gives
// it a stack; name and message are its own properties, as those of an Error are.
var exceptionProgram = sync.OnceValue(func() *goja.Program {
	return goja.MustCompile("wizgy:exception", `(setName => class DOMException extends Error {
		#code;
		constructor(message = "", name = "Error") {
			super(`+"`${message}`"+`);
			this.#code = setName(this, `+"`${name}`"+`);
		}
		get code() { return this.#code }
	})`, true)
})

// exceptionCode is one of the numbers that exceptions had before they had names.
type exceptionCode struct {
	name, constant string
	code           int
}

var exceptionCodes = []exceptionCode{
	{"IndexSizeError", "INDEX_SIZE_ERR", 1},
	{"", "DOMSTRING_SIZE_ERR", 2},
	{"HierarchyRequestError", "HIERARCHY_REQUEST_ERR", 3},
	{"WrongDocumentError", "WRONG_DOCUMENT_ERR", 4},
	{"InvalidCharacterError", "INVALID_CHARACTER_ERR", 5},
	{"", "NO_DATA_ALLOWED_ERR", 6},
	{"NoModificationAllowedError", "NO_MODIFICATION_ALLOWED_ERR", 7},
	{"NotFoundError", "NOT_FOUND_ERR", 8},
	{"NotSupportedError", "NOT_SUPPORTED_ERR", 9},
	{"InUseAttributeError", "INUSE_ATTRIBUTE_ERR", 10},
	{"InvalidStateError", "INVALID_STATE_ERR", 11},
	{"SyntaxError", "SYNTAX_ERR", 12},
	{"InvalidModificationError", "INVALID_MODIFICATION_ERR", 13},
	{"NamespaceError", "NAMESPACE_ERR", 14},
	{"InvalidAccessError", "INVALID_ACCESS_ERR", 15},
	{"", "VALIDATION_ERR", 16},
	{"TypeMismatchError", "TYPE_MISMATCH_ERR", 17},
	{"SecurityError", "SECURITY_ERR", 18},
	{"NetworkError", "NETWORK_ERR", 19},
	{"AbortError", "ABORT_ERR", 20},
	{"URLMismatchError", "URL_MISMATCH_ERR", 21},
	{"QuotaExceededError", "QUOTA_EXCEEDED_ERR", 22},
	{"TimeoutError", "TIMEOUT_ERR", 23},
	{"InvalidNodeTypeError", "INVALID_NODE_TYPE_ERR", 24},
	{"DataCloneError", "DATA_CLONE_ERR", 25},
}

// exceptionKey finds a runtime's DOMException in its Host.State.
type exceptionKey struct{}

// exceptionClass is the class DOMException of a runtime, or why there is none.
type exceptionClass struct {
	constructor *goja.Object
	err         error
}

// loadDOMException makes the global DOMException.
func loadDOMException(host Host) (goja.Value, error) {
	c := exceptionOf(host)
	return c.constructor, c.err
}

// exceptionOf returns the class of a runtime.
func exceptionOf(host Host) exceptionClass {
	return host.State(exceptionKey{}, func() any {
		constructor, err := newException(host.Runtime())
		return exceptionClass{constructor, err}
	}).(exceptionClass)
}

func newException(rt *goja.Runtime) (*goja.Object, error) {
	v, err := rt.RunProgram(exceptionProgram())
	if err != nil {
		return nil, err
	}
	setName := func(call goja.FunctionCall) goja.Value {
		define(call.Argument(0).(*goja.Object), "name", call.Argument(1))
		return rt.ToValue(codeOf(call.Argument(1).String()))
	}
	makeClass, _ := goja.AssertFunction(v)
	if v, err = makeClass(goja.Undefined(), rt.ToValue(setName)); err != nil {
		return nil, err
	}
	constructor := v.(*goja.Object)
	prototype := constructor.Get("prototype").(*goja.Object)
	define(constructor, "length", rt.ToValue(0))
	for _, c := range exceptionCodes {
		for _, o := range []*goja.Object{constructor, prototype} {
			err := o.DefineDataProperty(c.constant, rt.ToValue(c.code), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_TRUE)
			if err != nil {
				return nil, err
			}
		}
	}
	return constructor, tag(prototype, rt.ToValue("DOMException"))
}

// codeOf returns the code of exceptions of the name, or 0.
func codeOf(name string) int {
	for _, c := range exceptionCodes {
		if c.name == name && name != "" {
			return c.code
		}
	}
	return 0
}

// throwDOM ends the native function that calls it with a DOMException of the name.
func throwDOM(host Host, name, format string, args ...any) {
	rt := host.Runtime()
	c := exceptionOf(host)
	if c.err != nil {
		panic(c.err)
	}
	ex, err := rt.New(c.constructor, rt.ToValue(fmt.Sprintf(format, args...)), rt.ToValue(name))
	if err != nil {
		panic(err)
	}
	panic(ex)
}
