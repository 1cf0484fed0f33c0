package module

import (
	"sync"

	"github.com/dop251/goja"
)

// A reader looks at the objects of a page without running any code of the page. What it calls
// are the natives of an interpreter of its own, whose built-ins no page has touched: they read
// what they are given and keep nothing. It serves one goroutine, that of the page's runtime.
//
// What runs page code, and is therefore never done: any operation on a Proxy, Get of an accessor,
// conversion of an object to a string or number, enumeration of an error whose stack goja has not
// yet put into words (see stackIsSafe).
type reader struct {
	rt         *goja.Runtime
	descriptor native                   // Object.getOwnPropertyDescriptor
	tools      map[string]goja.Callable // those of readerTools that were used
}

// readerTools are the functions of a reader, each made at first use.
var readerTools = map[string]string{
	"keys": `(of, max) => {
		const out = [];
		for (const key in of) {
			if (out.length >= max || !Object.hasOwn(of, key)) break;
			out.push(key);
		}
		return out;
	}`,
	"entries":      first + `(Map.prototype.entries)`,
	"values":       first + `(Set.prototype.values)`,
	"mapSize":      `Object.getOwnPropertyDescriptor(Map.prototype, "size").get`,
	"setSize":      `Object.getOwnPropertyDescriptor(Set.prototype, "size").get`,
	"length":       `Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "length").get`,
	"typedArray":   `Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get`,
	"viewLength":   `Object.getOwnPropertyDescriptor(DataView.prototype, "byteLength").get`,
	"stringOf":     `String.prototype.valueOf`,
	"source":       `Object.getOwnPropertyDescriptor(RegExp.prototype, "source").get`,
	"g":            flag("global"),
	"i":            flag("ignoreCase"),
	"m":            flag("multiline"),
	"s":            flag("dotAll"),
	"u":            flag("unicode"),
	"y":            flag("sticky"),
	"parseInt":     `parseInt`,
	"parseFloat":   `parseFloat`,
	"functionText": `Function.prototype.toString`,
}

const first = `(iterate => (of, max) => {
	const out = [];
	for (const item of iterate.call(of)) {
		if (out.length >= max) break;
		out.push(item);
	}
	return out;
})`

// flag is not RegExp.prototype.flags, which asks the object.
func flag(name string) string {
	return `Object.getOwnPropertyDescriptor(RegExp.prototype, "` + name + `").get`
}

// readerPrograms are the programs of readerTools, and that of a reader's descriptor.
var readerPrograms = sync.OnceValue(func() map[string]*goja.Program {
	programs := map[string]*goja.Program{
		"": goja.MustCompile("wizgy:reader", "Object.getOwnPropertyDescriptor", true),
	}
	for name, src := range readerTools {
		programs[name] = goja.MustCompile("wizgy:reader", "("+src+")", true)
	}
	return programs
})

// newReader makes a reader.
func newReader() *reader {
	rd := &reader{rt: goja.New(), tools: map[string]goja.Callable{}}
	rd.descriptor = rd.run("").Export().(native)
	return rd
}

// run returns what a program of the reader comes to.
func (rd *reader) run(name string) goja.Value {
	v, err := rd.rt.RunProgram(readerPrograms()[name])
	if err != nil {
		panic(err)
	}
	return v
}

// call calls one of readerTools. It panics with the exception if there is one.
func (rd *reader) call(tool string, this goja.Value, args ...goja.Value) goja.Value {
	f, ok := rd.tools[tool]
	if !ok {
		f, _ = goja.AssertFunction(rd.run(tool))
		rd.tools[tool] = f
	}
	v, err := f(this, args...)
	if err != nil {
		panic(err)
	}
	return v
}

// readerKey finds a runtime's reader in its Host.State.
type readerKey struct{}

// readerOf returns the reader of a runtime, for those who read often.
func readerOf(host Host) *reader {
	return host.State(readerKey{}, func() any { return newReader() }).(*reader)
}
