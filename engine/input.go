package engine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/dop251/goja"
)

// input is wsgi.input: PEP 3333, "Input and Error Streams". It reads the request's body as the
// page asks for it, and holds no more of it than a line, or what the page asked for.
type input struct {
	c     *call
	body  *bufio.Reader
	taken int64 // bytes that have come from the client, read or buffered
	err   error // what ended the body, if not its end
}

// newInput makes the object that the page sees.
func (c *call) newInput() goja.Value {
	var body io.Reader = http.NoBody
	if c.r.Body != nil {
		body = c.r.Body
	}
	in := &input{c: c, body: bufio.NewReader(patient{c, body})}
	c.input = in
	vm := c.rt.vm
	o := vm.NewObject()
	method := func(name string, f func(goja.FunctionCall) goja.Value) {
		o.DefineDataProperty(name, vm.ToValue(f), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	method("read", in.read)
	method("readline", in.readline)
	method("readlines", in.readlines)
	o.DefineDataPropertySymbol(goja.SymIterator, vm.ToValue(in.lines), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return o
}

// read returns at most size bytes, or all that is left. Less than size is the end of the body.
func (in *input) read(args goja.FunctionCall) goja.Value {
	size, limited := in.size("read", args.Argument(0))
	var from io.Reader = in.body
	length := max(in.c.r.ContentLength-in.taken+int64(in.body.Buffered()), 0)
	if limited {
		from, length = io.LimitReader(in.body, size), min(size, length)
	}
	var b bytes.Buffer
	b.Grow(int(min(length, maxForeseen)) + bytes.MinRead) // which the end is found with
	in.fetch(func() error {
		_, err := b.ReadFrom(from)
		return err
	})
	return in.bytes(b.Bytes())
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
	return line
}

// fetch runs a step that reads from the client. The end of the body is no error; any other ends
// the body for good, and throws.
func (in *input) fetch(step func() error) {
	if in.c.over {
		in.c.throw("wsgi.input: the request is over: read it before application returns")
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
	p.c.input.taken += int64(n)
	return n, err
}

// fail throws an error that names what is wrong with the body, and has a status of its own if
// the page lets it pass.
func (in *input) fail(err error) {
	var tooLarge *http.MaxBytesError
	message, name := "the request's body is malformed or broke off: "+err.Error(), "BodyError"
	in.c.bodyStatus = http.StatusBadRequest
	if e, ok := errors.AsType[statuser](err); ok {
		in.c.bodyStatus = e.HTTPStatus()
	}
	if errors.As(err, &tooLarge) {
		message, name = fmt.Sprintf("the request's body is larger than %d bytes", tooLarge.Limit), "BodyTooLargeError"
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
		log().Error(line, "source", "wsgi.errors")
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
