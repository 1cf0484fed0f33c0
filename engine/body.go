package engine

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/dop251/goja"

	"wizgy/engine/module"
)

// chunk is a piece of the body: text or bytes.
type chunk struct {
	text  string
	bytes []byte // nil for text
	mixed bool   // bytes that were joined from chunks of which the first was text
}

func (c chunk) empty() bool  { return c.size() == 0 }
func (c chunk) isText() bool { return c.bytes == nil || c.mixed }
func (c chunk) size() int64  { return int64(len(c.text) + len(c.bytes)) }

// cut cuts a chunk after n bytes, or at its end.
func (c chunk) cut(n int64) (head, tail chunk) {
	n = min(n, c.size())
	if c.bytes != nil {
		return chunk{bytes: c.bytes[:n]}, chunk{bytes: c.bytes[n:]}
	}
	return chunk{text: c.text[:n]}, chunk{text: c.text[n:]}
}

// binary are the Go types by which the interpreter exports buffers and typed arrays.
var binary = map[reflect.Type]bool{
	reflect.TypeFor[goja.ArrayBuffer](): true,
	reflect.TypeFor[[]uint8]():          true, reflect.TypeFor[[]int8](): true,
	reflect.TypeFor[[]uint16](): true, reflect.TypeFor[[]int16](): true,
	reflect.TypeFor[[]uint32](): true, reflect.TypeFor[[]int32](): true,
	reflect.TypeFor[[]float32](): true, reflect.TypeFor[[]float64](): true,
	reflect.TypeFor[[]int64](): true, reflect.TypeFor[[]uint64](): true,
}

// buffer is what an ArrayBuffer is.
var buffer = reflect.TypeFor[goja.ArrayBuffer]()

// html is what an element in JSX is made of.
var html = reflect.TypeFor[*module.HTML]()

// chunkOf returns what v is as a piece of the body. It is called inside.
func (c *call) chunkOf(v goja.Value) (chunk, bool) {
	if goja.IsString(v) {
		return chunk{text: v.String()}, true
	}
	o, ok := v.(*goja.Object)
	if ok && o.ExportType() == html {
		return chunk{text: o.Export().(*module.HTML).String()}, true
	}
	if !ok || !binary[o.ExportType()] && !c.isView(o) || detached(o) {
		return chunk{}, false
	}
	var b []byte
	if err := c.rt.vm.ExportTo(o, &b); err != nil {
		return chunk{}, false
	}
	if b == nil {
		b = []byte{}
	}
	return chunk{bytes: b}, true
}

// detached reports whether the buffer of o, or that o is, was transferred to somebody else: there is
// nothing in it any more.
func detached(o *goja.Object) bool {
	if of, ok := o.Get("buffer").(*goja.Object); ok {
		o = of
	}
	if o.ExportType() != buffer {
		return false
	}
	b, ok := o.Export().(goja.ArrayBuffer)
	return ok && b.Detached()
}

// isView reports whether o is a DataView, which looks like any object otherwise.
func (c *call) isView(o *goja.Object) bool {
	buffers, ok := c.rt.vm.Get("ArrayBuffer").(*goja.Object)
	if !ok {
		return false
	}
	isView, ok := goja.AssertFunction(buffers.Get("isView"))
	if !ok {
		return false
	}
	v, err := isView(buffers, o)
	return err == nil && v.ToBoolean()
}

// sendText sends a string that is the whole body.
func (c *call) sendText(s string) error {
	if err := c.ready(s != ""); err != nil {
		return err
	}
	c.lint(LintString, "application returned a string: PEP 3333 asks for an array of strings")
	return c.sendAll(chunk{text: s})
}

// ready checks that the page is in time, and that start_response was called before the body, or the
// end, is sent.
func (c *call) ready(hasBody bool) error {
	if cause := c.rt.guard.late(); errors.Is(cause, errDeadline) {
		return cause
	}
	if c.started && c.head.status != 0 {
		return nil
	}
	what := "returned"
	if hasBody {
		what = "gave a body"
	}
	if c.started {
		return &Error{File: c.rt.page.name, Message: "application " + what + ", but start_response had refused what it was given",
			Hint: "mend the call of start_response, whose error was caught, or pass that error as third argument of another call"}
	}
	return &Error{File: c.rt.page.name, Message: "application " + what + " without calling start_response",
		Hint: `call start_response("200 OK", [["Content-Type", "text/html"]]) first`}
}

// sendAll sends a body that is there as a whole.
func (c *call) sendAll(all chunk) error {
	if !c.sent && c.head.length > all.size() && !c.withoutBody() {
		return c.tooShort(all.size())
	}
	if c.sent || all.bytes != nil || c.head.length >= 0 && c.head.length != all.size() {
		known := all.size()
		if c.written {
			known = -1
		}
		switch err := c.send(all, known); {
		case err == errNoMore:
			return nil
		case err != nil:
			return err
		}
		return c.end()
	}
	c.text, c.whole, c.complete = all.text, true, true
	return nil
}

// sendWhole sends the text of sendAll. The runtime may be at another request's work already.
func (c *call) sendWhole() error {
	body := chunk{text: c.text}
	c.sendHead(body, body.size())
	if body.empty() || c.withoutBody() {
		c.lintBody(body)
		return nil
	}
	if w, ok := c.w.(stringWriter); ok {
		w.WriteString(c.text)
	} else {
		c.w.Write([]byte(c.text))
	}
	return nil
}

type stringWriter interface{ WriteString(string) (int, error) }

// withoutBody reports whether nothing of the body is sent.
func (c *call) withoutBody() bool { return c.head.noBody() || c.r.Method == http.MethodHead }

// send sends a chunk, and the head before the first one that is not empty.
func (c *call) send(part chunk, known int64) error {
	if part.empty() {
		return nil
	}
	if c.full {
		return errNoMore
	}
	if err := c.ready(true); err != nil {
		return err
	}
	if !c.sent {
		c.sendHead(part, known)
	}
	if c.withoutBody() {
		c.lintBody(part)
		return errNoMore
	}
	if limit := c.head.length; limit >= 0 && c.sentSize+part.size() > limit {
		c.logger().Error("the body is longer than the page's own Content-Length: the rest is not sent", "content-length", limit)
		part, _ = part.cut(limit - c.sentSize)
		c.sentSize, c.full = limit, true
		if !part.empty() {
			if err := c.write(part); err != nil {
				return err
			}
		}
		return errNoMore
	}
	c.sentSize += part.size()
	return c.write(part)
}

// end ends the body: the head is sent if nothing was, and a body that is too short is an error.
func (c *call) end() error {
	if err := c.ready(false); err != nil {
		return err
	}
	c.complete = true
	if c.head.length > c.sentSize && !c.withoutBody() {
		return c.tooShort(c.sentSize)
	}
	if !c.sent {
		c.sendHead(chunk{}, 0)
	}
	return nil
}

// tooShort is an error, for which the connection is closed if the head is out.
func (c *call) tooShort(size int64) error {
	return &Error{File: c.rt.page.name, Message: fmt.Sprintf("the body has %d bytes, and the page's own Content-Length says %d", size, c.head.length),
		Hint: "leave Content-Length out: the server knows it"}
}

// writeFunction is what start_response returns: PEP 3333, "The write() Callable".
func (c *call) writeFunction(args goja.FunctionCall) goja.Value {
	if c.over {
		c.throw("write: the request is over")
	}
	part, ok := c.chunkOf(args.Argument(0))
	if !ok {
		c.throw("write: a chunk must be a string or bytes, got %s", c.show(args.Argument(0)))
	}
	if c.complete {
		c.throw("write: the body is complete: what application returned was its end")
	}
	c.lint(LintWrite, "write() was used: return or yield the body")
	c.written = true
	if err := c.send(part, -1); err != nil && err != errNoMore {
		panic(c.rt.vm.NewGoError(err))
	}
	c.rt.guard.renew()
	return goja.Undefined()
}

// wrongChunk is the error of a chunk that is none, in what may be an array.
func (c *call) wrongChunk(v goja.Value, inArray bool) error {
	hint := "yield strings, or bytes as a Uint8Array"
	if inArray {
		hint = "return an array of strings, or of bytes as a Uint8Array"
	}
	switch o, isObject := v.(*goja.Object); {
	case promiseOf(v) != nil && inArray:
		hint = "await it, in an async function; for a list of them there is await Promise.all(list)"
	case promiseOf(v) != nil:
		hint = "await it, and let the page be an async function*"
	case isObject && c.rt.isError(o):
	case isObject:
		hint += "; an object becomes text with JSON.stringify"
	case v != nil && !goja.IsUndefined(v) && !goja.IsNull(v):
		hint += "; String makes one of it"
	}
	return &Error{File: c.rt.page.name, Message: "a chunk of the body must be a string or bytes, got " + c.show(v), Hint: hint}
}
