package engine

import (
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"golang.org/x/net/http/httpguts"

	"wizgy/engine/module"
)

// head is what start_response was given: PEP 3333, "The start_response() Callable".
type head struct {
	status int
	reason string
	fields []field
	length int64 // the page's own Content-Length, or -1
	typed  int   // index of Content-Type in fields, or -1
}

type field struct{ name, value string }

// maxFields is how many header fields a page may send.
const maxFields = 1000

// maxHeadSize is how long their names and values may be all together, in bytes. No client takes more.
const maxHeadSize = 256 << 10

// startResponse is the function that the page gets. What is wrong with its arguments throws at
// the call, so that nothing wrong can reach the client.
func (c *call) startResponse(args goja.FunctionCall) goja.Value {
	cause := args.Argument(2)
	again := !goja.IsUndefined(cause) && !goja.IsNull(cause)
	switch {
	case c.over:
		c.throw("start_response: the request is over: call it before application returns, or await what calls it")
	case c.started && !again:
		c.throw("start_response was called before: call it once, or pass the error as third argument to replace what was said")
	case c.sent || c.complete:
		panic(cause)
	}
	c.started = true
	h := head{length: -1, typed: -1}
	h.setStatus(c, args.Argument(0))
	h.setFields(c, args.Argument(1))
	c.head = h
	if c.rt.usage.noWrite {
		return goja.Undefined()
	}
	return c.rt.vm.ToValue(c.writeFunction)
}

// throw throws a TypeError into the page.
func (c *call) throw(format string, args ...any) {
	panic(c.rt.vm.NewTypeError("%s", fmt.Sprintf(format, args...)))
}

// show describes a value in an error message.
func (c *call) show(v goja.Value) string {
	if goja.IsString(v) {
		return strconv.Quote(cut(v.String(), 200))
	}
	return cut(module.Inspect(c.rt.vm, v), 200)
}

func (h *head) setStatus(c *call, v goja.Value) {
	if !goja.IsString(v) {
		c.throw(`start_response: status must be a string like "200 OK", got %s`, c.show(v))
	}
	s := v.String()
	if len(s) < 4 || s[3] != ' ' || !digits(s[:3]) || s[0] < '1' || s[0] > '5' {
		c.throw(`start_response: status must be like "200 OK", got %s`, c.show(v))
	}
	if !httpguts.ValidHeaderFieldValue(s) || strings.Contains(s, "\t") {
		c.throw("start_response: the status has a control character: %s", c.show(v))
	}
	if s[0] == '1' {
		c.throw("start_response: status %s is not an answer: 1xx comes before one, and the server sends it itself", s[:3])
	}
	h.status, _ = strconv.Atoi(s[:3])
	h.reason = s[4:]
	if h.reason == "" {
		c.lint(LintReason, "the status "+s[:3]+" has no reason: write it like \"200 OK\"")
	}
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

const wantHeaders = `start_response: headers must be an array of [name, value] pairs, like [["Content-Type", "text/plain"]]`

func (h *head) setFields(c *call, v goja.Value) {
	list := c.array(v)
	if list == nil {
		c.throw("%s, got %s", wantHeaders, c.show(v))
	}
	n := int(list.Get("length").ToInteger())
	if n > maxFields {
		c.throw("start_response: %d headers are too many: %d are allowed", n, maxFields)
	}
	if h.fields = c.fewFields[:0]; n > len(c.fewFields) || c.head.status != 0 { // what was said before still counts if this throws
		h.fields = make([]field, 0, n)
	}
	size := 0
	for i := range n {
		item := list.Get(index(i))
		pair := c.array(item)
		if pair == nil || pair.Get("length").ToInteger() != 2 {
			c.throw("%s, got %s at index %d", wantHeaders, c.show(item), i)
		}
		name, value := pair.Get("0"), pair.Get("1")
		if !goja.IsString(name) || !goja.IsString(value) {
			c.throw("start_response: a header's name and value must be strings, got [%s, %s] at index %d", c.show(name), c.show(value), i)
		}
		if size += name.(goja.String).Length() + value.(goja.String).Length(); size > maxHeadSize {
			c.throw("start_response: the headers are longer than %d KiB, which no client takes", maxHeadSize>>10)
		}
		h.add(c, name.String(), value.String())
	}
}

// index returns i as a property name.
func index(i int) string {
	const small = "0123456789"
	if i < len(small) {
		return small[i : i+1]
	}
	return strconv.Itoa(i)
}

// array returns v as an array object, or nil.
func (c *call) array(v goja.Value) *goja.Object {
	if o, ok := v.(*goja.Object); ok && o.ClassName() == "Array" {
		return o
	}
	return nil
}

// hopByHop are the fields that belong to the connection: RFC 9110, 7.6.1.
var hopByHop = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Te": true, "Trailer": true, "Transfer-Encoding": true,
	"Upgrade": true,
}

// add checks a header field and adds it.
func (h *head) add(c *call, name, value string) {
	if !httpguts.ValidHeaderFieldName(name) {
		c.throw("start_response: %s is no header name: letters, digits and - are allowed", strconv.Quote(cut(name, 200)))
	}
	if last := name[len(name)-1]; last == '-' || last == '_' {
		c.throw("start_response: a header name must not end in %q, got %q", last, name)
	}
	if !httpguts.ValidHeaderFieldValue(value) {
		c.throw("start_response: the value of %s has a control character: %s", name, strconv.Quote(cut(value, 200)))
	}
	name = textproto.CanonicalMIMEHeaderKey(name)
	switch {
	case name == "Status":
		c.throw("start_response: the status is the first argument, not a header Status")
	case hopByHop[name] || strings.HasPrefix(name, "Proxy-"):
		c.throw("start_response: %s belongs to the connection, which the server keeps: leave it out", name)
	case name == "Content-Length":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || !digits(value) {
			c.throw("start_response: Content-Length must be a number of bytes, got %q", value)
		}
		if h.length >= 0 {
			c.throw("start_response: Content-Length is there twice")
		}
		h.length = n
		return // it is sent with the head
	case name == "Content-Type":
		if h.typed >= 0 {
			c.throw("start_response: Content-Type is there twice")
		}
		h.typed = len(h.fields)
	}
	h.fields = append(h.fields, field{name, value})
}

// noBody reports whether the answer has no body by its status: RFC 9110, 6.4.1 and 15.3.6.
func (h *head) noBody() bool {
	switch h.status {
	case http.StatusNoContent, http.StatusResetContent, http.StatusNotModified:
		return true
	}
	return false
}

// reasonWriter is a ResponseWriter that can send a reason of the page's own; net/http's cannot.
type reasonWriter interface {
	WriteStatus(status int, reason string)
}

// sendHead sends the head. first is the first chunk of the body, known its whole length, or -1.
func (c *call) sendHead(first chunk, known int64) {
	c.sent = true
	if c.r.ContentLength != 0 && !c.whole {
		// The page may read on after its first chunk. net/http would throw the body away.
		http.NewResponseController(c.w).EnableFullDuplex()
	}
	h, header := &c.head, c.w.Header()
	if h.length >= 0 {
		known = h.length
	} else if first.empty() && c.r.Method == http.MethodHead {
		known = -1 // the page may have left the body out on purpose
	}
	if h.noBody() {
		known = -1
		switch h.status {
		case http.StatusNotModified:
			known = h.length
		case http.StatusResetContent: // clients wait for a body that is not said to be empty
			known = 0
		}
	} else {
		h.setType(first, c)
	}
	values := make([]string, len(h.fields)) // the writer may hold on to them
	for i, f := range h.fields {
		if h.noBody() && f.name == "Content-Type" {
			continue
		}
		values[i] = f.value
		if slices.ContainsFunc(h.fields[:i], func(earlier field) bool { return earlier.name == f.name }) {
			header[f.name] = append(header[f.name], f.value)
		} else {
			header[f.name] = values[i : i+1 : i+1]
		}
	}
	if known >= 0 {
		header["Content-Length"] = []string{strconv.FormatInt(known, 10)}
	}
	if header["Content-Type"] == nil {
		header["Content-Type"] = nil // none, and none that is guessed
	}
	if w, ok := c.w.(reasonWriter); ok {
		w.WriteStatus(h.status, h.reason)
	} else {
		c.w.WriteHeader(h.status)
	}
}

// setType adds what the server knows of the body: its type where the page named none, and the
// charset, since it is the server that encodes.
func (h *head) setType(first chunk, c *call) {
	switch {
	case first.empty():
	case h.typed < 0:
		c.lint(LintNoType, "the answer has a body and no Content-Type")
		value := "application/octet-stream"
		if first.isText() {
			value = "text/html; charset=utf-8"
		}
		h.fields = append(h.fields, field{"Content-Type", value})
	case first.isText():
		f := &h.fields[h.typed]
		if kind := strings.ToLower(strings.TrimSpace(f.value)); strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset=") {
			f.value += "; charset=utf-8"
		}
	}
}
