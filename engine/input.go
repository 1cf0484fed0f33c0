package engine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"

	"github.com/dop251/goja"

	"wizgy/engine/module"

	"wizgy/engine/internal/spool"
)

// input is wsgi.input: PEP 3333, "Input and Error Streams". It reads the body of the request that was
// taken in, or, where the page wants that, as it comes.
type input struct {
	c       *call
	object  *goja.Object
	methods map[string]goja.Value // those that the page has asked for
	body    lineReader
	left    int64 // bytes of the body, as far as it is known
	err     error // what ended the body, if not its end
}

// lineReader is what a body is read from.
type lineReader interface {
	io.Reader
	ReadByte() (byte, error)
	ReadBytes(delim byte) ([]byte, error)
}

// newInput makes the object that the page sees.
func (c *call) newInput() goja.Value {
	in := &input{c: c, object: c.rt.vm.CreateObject(c.rt.inputPrototype())}
	c.input = in
	in.body, in.left = c.openInput()
	return in.object
}

// inputPrototype is what the wsgi.input of all requests inherit from. A method belongs to its input,
// so that it works wherever it is called, and is made when it is asked for: most pages call one.
func (rt *runtime) inputPrototype() *goja.Object {
	if rt.inputMethods != nil {
		return rt.inputMethods
	}
	rt.inputMethods = rt.vm.NewObject()
	getter := func(name string) goja.Value {
		return rt.vm.ToValue(func(call goja.FunctionCall) goja.Value { return rt.inputMethod(call.This, name) })
	}
	setter := func(name string) goja.Value { // for pages that put a method of their own there
		return rt.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			if o, ok := call.This.(*goja.Object); ok {
				o.DefineDataProperty(name, call.Argument(0), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
			}
			return goja.Undefined()
		})
	}
	for _, name := range []string{"read", "readline", "readlines"} {
		rt.inputMethods.DefineAccessorProperty(name, getter(name), setter(name), goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	rt.inputMethods.DefineAccessorPropertySymbol(goja.SymIterator, getter(""), nil, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return rt.inputMethods
}

// inputMethod returns a method of an input; without a name, the one that iterates.
func (rt *runtime) inputMethod(of goja.Value, name string) goja.Value {
	if rt.call == nil || rt.call.input == nil || rt.call.input.object != of {
		panic(rt.vm.NewTypeError(inputOver))
	}
	in := rt.call.input
	if v, ok := in.methods[name]; ok {
		return v
	}
	if in.methods == nil {
		in.methods = map[string]goja.Value{}
	}
	v := rt.vm.ToValue(in.method(name))
	in.methods[name] = v
	return v
}

func (in *input) method(name string) func(goja.FunctionCall) goja.Value {
	switch name {
	case "read":
		return in.read
	case "readline":
		return in.readline
	case "readlines":
		return in.readlines
	}
	return in.lines
}

const inputOver = "wsgi.input: the request is over: read it before application returns"

// openInput returns what the page reads from, and how much of it there is.
func (c *call) openInput() (lineReader, int64) {
	if c.body != nil {
		all, inMemory := c.body.Memory()
		if inMemory {
			return bytes.NewBuffer(all), c.body.Size()
		}
		return bufio.NewReaderSize(c.body, spool.BlockSize), c.body.Size()
	}
	if c.reader != nil {
		return bufio.NewReader(patient{c, c.r.Body}), max(c.r.ContentLength, 0)
	}
	return new(bytes.Buffer), 0
}

// read returns at most size bytes, or all that is left. Less than size is the end of the body.
func (in *input) read(args goja.FunctionCall) goja.Value {
	size, limited := in.size("read", args.Argument(0))
	if !limited {
		size = math.MaxInt64
	}
	var b []byte
	in.fetch(func() (err error) {
		b, err = in.take(size)
		in.left -= int64(len(b))
		return err
	})
	return in.bytes(b)
}

// take returns the next n bytes, or what is left of the body.
func (in *input) take(n int64) ([]byte, error) {
	all, inMemory := in.body.(*bytes.Buffer)
	if !inMemory {
		foreseen := min(n, max(in.left, 0))
		if in.c.body == nil { // the client has only said so
			foreseen = min(foreseen, maxForeseen)
		}
		var b bytes.Buffer
		b.Grow(int(foreseen) + bytes.MinRead) // which the end is found with
		_, err := b.ReadFrom(io.LimitReader(in.body, n))
		return b.Bytes(), err
	}
	room := all.Cap()
	b := all.Next(int(min(n, int64(all.Len()))))
	if 2*len(b) < room { // a page that keeps a piece is not to keep all of the body
		return bytes.Clone(b), nil
	}
	return b[:len(b):len(b)], nil
}

// maxForeseen is how much room is made for what a client has only said that it will send.
const maxForeseen = 64 << 10

// readline returns a line with its end, or the last bytes, or none at the end of the body. With a
// limit, a longer line comes in pieces.
func (in *input) readline(args goja.FunctionCall) goja.Value {
	limit, limited := in.size("readline", args.Argument(0))
	if !limited {
		limit = -1
	}
	return in.bytes(in.line(limit))
}

// readlines returns the lines that are left, or as many as it takes to reach hint bytes.
func (in *input) readlines(args goja.FunctionCall) goja.Value {
	hint, limited := in.size("readlines", args.Argument(0))
	var lines []any
	for total := int64(0); !limited || hint == 0 || total < hint; {
		line := in.line(-1)
		if len(line) == 0 {
			break
		}
		total += int64(len(line))
		lines = append(lines, in.bytes(line))
	}
	return in.c.rt.vm.NewArray(lines...)
}

// lines returns an iterator over the lines.
func (in *input) lines(goja.FunctionCall) goja.Value {
	vm := in.c.rt.vm
	it := vm.NewObject()
	it.Set("next", func(goja.FunctionCall) goja.Value {
		result := vm.NewObject()
		line := in.line(-1)
		result.Set("done", len(line) == 0)
		if len(line) > 0 {
			result.Set("value", in.bytes(line))
		}
		return result
	})
	it.SetSymbol(goja.SymIterator, func(goja.FunctionCall) goja.Value { return it })
	return it
}

// line reads a line of at most limit bytes; a negative limit is none.
func (in *input) line(limit int64) []byte {
	var line []byte
	in.fetch(func() (err error) {
		if limit < 0 {
			line, err = in.body.ReadBytes('\n')
			return err
		}
		for int64(len(line)) < limit && (len(line) == 0 || line[len(line)-1] != '\n') {
			b, err := in.body.ReadByte()
			if err != nil {
				return err
			}
			line = append(line, b)
		}
		return nil
	})
	in.left -= int64(len(line))
	return line
}

// fetch runs a step that reads from the client. The end of the body is no error; any other ends
// the body for good, and throws.
func (in *input) fetch(step func() error) {
	if in.c.over {
		in.c.throw(inputOver)
	}
	if in.err != nil {
		panic(in.c.bodyError)
	}
	switch err := step(); {
	case err == nil || err == io.EOF:
	case in.c.rt.guard.fired() != nil: // it ended the read
		panic(in.c.rt.vm.NewGoError(in.c.rt.guard.fired()))
	default:
		in.fail(err)
	}
}

// patient reads from a client. Where the server has no limit of its own, the client has the whole
// limit of the page to send each piece, however many the page asked for at once.
type patient struct {
	c    *call
	body io.Reader
}

func (p patient) Read(b []byte) (n int, err error) {
	limited, _ := p.c.limits()
	p.c.rt.guard.client(limited, p.c.unblock, func() { n, err = p.body.Read(b) })
	all := p.c.rt.page.e.readers
	switch late := all.Came(p.c.reader, n); {
	case err == io.EOF:
		all.Leave(p.c.reader)
	case err != nil && late:
		err = bodySlow{}
	}
	return n, err
}

// fail throws an error that names what is wrong with the body, and has a status of its own if
// the page lets it pass.
func (in *input) fail(err error) {
	var limit int64
	message, name := "the request's body is malformed or broke off: "+err.Error(), "BodyError"
	in.c.bodyStatus = http.StatusBadRequest
	if e, ok := errors.AsType[statuser](err); ok {
		in.c.bodyStatus = e.HTTPStatus()
	}
	if _, ok := errors.AsType[*spool.Error](err); ok {
		message, in.c.bodyStatus = err.Error(), http.StatusInternalServerError
	}
	if limitOf(err, &limit) {
		message, name = fmt.Sprintf("the request's body is larger than %d bytes", limit), "BodyTooLargeError"
		in.c.bodyStatus = http.StatusRequestEntityTooLarge
	}
	in.err = err
	vm := in.c.rt.vm
	e, newErr := vm.New(vm.Get("Error"), vm.ToValue(message))
	if newErr != nil {
		panic(vm.NewGoError(err))
	}
	e.DefineDataProperty("name", vm.ToValue(name), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	in.c.bodyError = e
	panic(e)
}

// statuser is an error of a server that knows what to answer, such as that the body came too slowly.
type statuser interface {
	error
	HTTPStatus() int
}

// size returns an optional number of bytes.
func (in *input) size(method string, v goja.Value) (n int64, given bool) {
	if goja.IsUndefined(v) || goja.IsNull(v) {
		return 0, false
	}
	if !goja.IsNumber(v) || goja.IsNaN(v) {
		in.c.throw("wsgi.input.%s: the size must be a number of bytes, got %s", method, in.c.show(v))
	}
	n = v.ToInteger()
	return n, n >= 0 // a negative size is none, as in Python
}

// bytes makes a Uint8Array.
func (in *input) bytes(b []byte) goja.Value {
	vm := in.c.rt.vm
	array, err := vm.New(vm.Get("Uint8Array"), vm.ToValue(vm.NewArrayBuffer(b)))
	if err != nil {
		panic(vm.NewGoError(err))
	}
	return array
}

// newErrors makes wsgi.errors, which writes to the log.
func (c *call) newErrors() goja.Value {
	vm := c.rt.vm
	o := vm.NewObject()
	method := func(name string, f func(goja.FunctionCall) goja.Value) {
		o.DefineDataProperty(name, vm.ToValue(f), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	write := func(v goja.Value) {
		if !goja.IsString(v) {
			c.throw("wsgi.errors: write takes a string, got %s", c.show(v))
		}
		line := strings.TrimSuffix(v.String(), "\n") // each record is a line
		if line == "" {
			return
		}
		log := c.logger
		if c.over { // kept beyond its request, by a page that logs in the next one
			log = c.rt.logger
		}
		log().Error(module.Logged(line), "source", "wsgi.errors")
	}
	method("write", func(args goja.FunctionCall) goja.Value {
		write(args.Argument(0))
		return goja.Undefined()
	})
	method("writelines", func(args goja.FunctionCall) goja.Value {
		list, ok := args.Argument(0).(*goja.Object)
		if !ok || list.GetSymbol(goja.SymIterator) == nil {
			c.throw("wsgi.errors: writelines takes an array of strings, got %s", c.show(args.Argument(0)))
		}
		vm.ForOf(list, func(v goja.Value) bool {
			write(v)
			return true
		})
		return goja.Undefined()
	})
	method("flush", func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	return o
}
