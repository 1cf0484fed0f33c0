package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/dop251/goja/file"

	"wizgy/engine/internal/natives"
	"wizgy/engine/module"
)

// explainError makes an *Error of whatever ended a call. It may run the page's own code (a
// getter of the error that was thrown), so the guard has to be armed.
func (rt *runtime) explainError(err error) *Error {
	var (
		known       *Error
		interrupted *goja.InterruptedError
		overflow    *goja.StackOverflowError
		exception   *goja.Exception
		rejected    *rejection
		panicked    *panicError
	)
	// An exception is no cause to keep, and comes first: errors.Is and errors.As unwrap it by
	// running the page's code, and whoever calls them may do so long after the request.
	if errors.As(err, &exception) {
		if err = rt.goError(exception.Value()); err == nil {
			return rt.thrown(exception.Value(), exception.Stack())
		}
	}
	if errors.As(err, &rejected) {
		if err = rt.goError(rejected.value); err == nil {
			return rt.thrown(rejected.value, nil)
		}
	}
	if errors.As(err, &known) {
		return known
	}
	errors.As(err, &interrupted)
	e := &Error{File: rt.page.name, cause: err}
	switch cause := rt.guard.fired(); {
	case errors.Is(err, errDeadline), interrupted != nil && errors.Is(cause, errDeadline):
		rt.explainDeadline(e, errors.Is(err, errOverdue) || errors.Is(cause, errOverdue), interrupted)
	case errors.Is(err, context.Canceled): // the client has gone, or was too slow
		e.Message = err.Error()
	case interrupted != nil && (errors.Is(cause, errMemory) || errors.Is(cause, errGiant)):
		rt.explainMemory(e, cause, interrupted)
	case interrupted != nil && cause != nil:
		e.Message, e.cause = cause.Error(), cause
	case errors.As(err, &overflow):
		rt.spoiled = true // what was still to be done is left over, and would be for the next request
		e.Message = "RangeError: the calls are nested too deep"
		e.Hint = fmt.Sprintf("%d levels are allowed: does a function call itself without end? What needs more has --max-depth", rt.page.e.cfg.MaxDepth)
		rt.placeAt(e, overflow.Stack())
		e.stack = rt.deepFrames(overflow.Stack())
	case errors.As(err, &panicked):
		e.Message = cut(panicked.Error(), maxMessage)
		if panicked.stack != "" {
			e.stack = strings.Split(cut(panicked.stack, maxMessage), "\n")
		}
	default:
		e.Message = err.Error()
	}
	e.Message, e.Hint = explain(e.Message, e.Hint, nil)
	return e
}

// explainDeadline completes e for a page that took too long: for its own deadline or, overdue, for that of
// its request. interrupted, if it is not nil, tells where the page was.
func (rt *runtime) explainDeadline(e *Error, overdue bool, interrupted *goja.InterruptedError) {
	e.Message = fmt.Sprintf("the page gave no answer for %v", rt.page.e.cfg.Timeout)
	e.Hint = "let it do less in one request, yield what is ready, or raise the limit with --timeout"
	if rt.call == nil {
		e.Message = fmt.Sprintf("the page did not start within %v", rt.page.e.cfg.Timeout)
		e.Hint = "its top level runs when it is loaded: do less there, or raise the limit with --timeout"
	}
	e.status, e.timeout, e.cause = http.StatusGatewayTimeout, true, errDeadline
	if overdue {
		e.overdue()
	}
	if interrupted != nil {
		rt.placeInterrupted(e, interrupted)
	}
}

// placeInterrupted sets the place to where the page was stopped. The interpreter notes none for a loop
// in which nothing happens: the beginning of the file stands for that.
func (rt *runtime) placeInterrupted(e *Error, interrupted *goja.InterruptedError) {
	rt.placeAt(e, interrupted.Stack())
	if own := rt.page.source(rt.page.name); e.Line == 0 && own != nil {
		e.File, e.Line, e.Column = rt.page.name, 1, 1
		e.frame = frameAt(own.text(), 1, 1)
	}
}

// explainMemory completes e for a page that was stopped for its memory: cause is errMemory or errGiant.
func (rt *runtime) explainMemory(e *Error, cause error, interrupted *goja.InterruptedError) {
	e.Message, e.cause = cause.Error(), cause
	e.Hint = "it grew faster than any other: keep less at a time, and yield what is ready"
	if errors.Is(cause, errGiant) {
		e.Message = fmt.Sprintf("%v: more than %d times the %d MiB of --max-value", cause, giant, rt.page.e.cfg.MaxValue>>20)
		e.Hint = "a string grows by being copied: yield or join its pieces, or raise --max-value"
	} else {
		e.status, e.retry = http.StatusServiceUnavailable, time.Second
	}
	rt.placeInterrupted(e, interrupted)
}

// explainPanic makes an *Error of what was recovered: what JavaScript has thrown outside of any
// call of it, or a failure of Go code.
func (rt *runtime) explainPanic(recovered any) *Error {
	if v, ok := recovered.(goja.Value); ok {
		return rt.thrown(v, nil)
	}
	return rt.explainError(rt.page.e.panics.note(recovered))
}

// goError returns the Go error that a native function threw as v, or nil. What the page throws
// itself, of whatever kind, is none. One that says that a file is missing is not passed on: it
// would be taken for "there is no such page".
func (rt *runtime) goError(v goja.Value) (cause error) {
	o, ok := v.(*goja.Object)
	if !ok || !rt.isError(o) {
		return nil
	}
	rt.inside(func() {
		if value := o.Get("value"); value != nil && value.ExportType() != nil && value.ExportType().Implements(errorType) {
			cause, _ = value.Export().(error)
		}
	})
	var known *Error
	if errors.As(cause, &known) || errors.Is(cause, context.Canceled) || errors.Is(cause, errDeadline) {
		return cause
	}
	return nil
}

var errorType = reflect.TypeFor[error]()

// isError reports whether o is an Error, or made by a class that extends it.
func (rt *runtime) isError(o *goja.Object) (is bool) {
	rt.inside(func() { is = o.ClassName() == "Error" }) // a revoked Proxy throws
	return is
}

// thrown describes what was thrown.
func (rt *runtime) thrown(v goja.Value, stack []goja.StackFrame) *Error {
	e := &Error{File: rt.page.name}
	rt.describeThrown(e, v)
	if e.Line == 0 && stack != nil {
		rt.placeAt(e, stack)
	}
	e.Message, e.Hint = explain(e.Message, e.Hint, nil)
	if e.Hint == "" {
		e.Hint = habit(e.Message, e.line())
	}
	return e
}

// maxMessage bounds the text of what was thrown, in bytes.
const maxMessage = 4 << 10

// describeThrown sets the message to what was thrown, and the place for an Error.
func (rt *runtime) describeThrown(e *Error, v goja.Value) {
	e.Message = rt.messageOf(v)
	if rt.call != nil && rt.call.bodyError != nil && v == goja.Value(rt.call.bodyError) {
		e.status = rt.call.bodyStatus
	}
	if o, ok := v.(*goja.Object); ok && rt.isError(o) {
		made := rt.shownStack(o, natives.Frames(o))
		rt.placeAt(e, rt.throwPlace(o, made))
		e.stack = rt.frames(made, maxStack)
		lines, stack := rt.causesOf(o)
		if e.Line == 0 {
			rt.placeAt(e, stack)
		}
		e.causes = lines
		return
	}
	rt.placeAt(e, rt.throwingOf(v))
}

// messageOf describes anything that can be thrown, in a bounded time and length.
func (rt *runtime) messageOf(v goja.Value) string {
	o, ok := v.(*goja.Object)
	if !ok || !rt.isError(o) {
		return "threw " + cut(module.Inspect(rt.vm, v), maxMessage) + ", which is not an Error"
	}
	var title string
	if err := rt.inside(func() { title = rt.errorTitle(o) }); err != nil {
		title = "Error"
	}
	return cut(title, maxMessage)
}

// errorTitle returns the name of an error and what it says.
func (rt *runtime) errorTitle(o *goja.Object) string {
	text := func(key string) (s string) {
		rt.vm.Try(func() { // a getter of the page
			if v := o.Get(key); v != nil && goja.IsString(v) {
				s = v.String()
			}
		})
		return s
	}
	name, message := module.ErrorName(&rt.host, o, text("name")), text("message")
	if message == "" && name == "AggregateError" {
		message = "All promises were rejected" // Promise.any gives none
	}
	if message == "" {
		return name
	}
	return name + ": " + message
}

// cut shortens s to n bytes, at a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// placeAt sets the stack, and the place to the innermost call that is in a file of the page.
func (rt *runtime) placeAt(e *Error, stack []goja.StackFrame) {
	e.stack, e.Line, e.Column = rt.frames(stack, maxStack), 0, 0
	for _, f := range stack {
		if src, at := rt.sourceOf(f); src != nil {
			e.File, e.Line, e.Column = at.Filename, at.Line, at.Column
			e.frame = frameAt(src.text(), at.Line, at.Column)
			return
		}
	}
}

// maxStack is how many calls of a stack are kept.
const maxStack = 40

// frames describes the calls of a stack that are in files of the page, the first ones.
func (rt *runtime) frames(stack []goja.StackFrame, most int) (lines []string) {
	for _, f := range stack {
		src, at := rt.sourceOf(f)
		if src == nil || len(lines) == most {
			continue
		}
		lines = append(lines, fmt.Sprintf("at %s (%s:%d:%d)", cut(f.FuncName(), 100), at.Filename, at.Line, at.Column))
	}
	return lines
}

// deepFrames describes the calls of a stack that is full: the innermost, which call one another, and the outermost,
// which tell who began.
func (rt *runtime) deepFrames(stack []goja.StackFrame) []string {
	const inner, outer = 6, 6
	lines := rt.frames(stack, len(stack))
	if left := len(lines) - inner - outer; left > 0 {
		between := fmt.Sprintf("at … (%d more calls)", left)
		lines = slices.Concat(lines[:inner], []string{between}, lines[inner+left:])
	}
	return lines
}

// sourceOf returns the file of the page that a call is in, and the place there, or nil for a native
// function and a helper of the compiler's.
func (rt *runtime) sourceOf(f goja.StackFrame) (*source, file.Position) {
	at := f.Position()
	at.Filename = unspell(at.Filename)
	return rt.page.source(at.Filename), at
}

// place sets the place to one that the interpreter's compiler gave.
func (e *Error) place(b *bundling, at file.Position) {
	name := unspell(at.Filename)
	for _, src := range b.sources {
		if b.name(src.path) == name {
			e.File, e.Line, e.Column = name, at.Line, at.Column
			e.frame = frameAt(src.text(), at.Line, at.Column)
		}
	}
}
