package engine

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"

	"wizgy/engine/internal/natives"
)

// An error has the stack of where it was made, and what is no Error has none at all: in a sync function
// the interpreter tells where it was thrown, but a promise keeps nothing but the value. So throw x becomes
// throw $wizgy.thrown(x), unless x is made just there by new, or was caught just before.

// throwing is something that was thrown, and from where.
type throwing struct {
	value goja.Value
	stack []goja.StackFrame
}

// maxThrowings is how many of those are kept, the last ones: something else may be thrown, and caught,
// before they reach anybody.
const maxThrowings = 8

// thrownNow notes what is about to be thrown, and returns it. It is $wizgy.thrown of a page.
func (rt *runtime) thrownNow(call goja.FunctionCall) goja.Value {
	v := call.Argument(0)
	if _, ok := v.(*goja.Object); !ok || rt.throwingOf(v) == nil { // the first time is what counts
		rt.noteThrowing(v)
	}
	return v
}

// noteThrowing notes where something is thrown.
func (rt *runtime) noteThrowing(v goja.Value) {
	stack := rt.vm.CaptureCallStack(maxStack, nil)
	stack = slices.DeleteFunc(stack, isNative)
	if len(rt.throwings) == maxThrowings {
		copy(rt.throwings, rt.throwings[1:])
		rt.throwings = rt.throwings[:maxThrowings-1]
	}
	rt.throwings = append(rt.throwings, throwing{v, stack})
}

func isNative(f goja.StackFrame) bool { return natives.ProgramOf(&f) == 0 }

// noteRejection notes where a promise is rejected with what is no Error, unless it was thrown.
func (rt *runtime) noteRejection(v goja.Value) {
	if o, ok := v.(*goja.Object); ok && natives.Frames(o) != nil || rt.throwingOf(v) != nil {
		return
	}
	rt.noteThrowing(v)
}

// throwingOf returns what is noted of a value, or nil.
func (rt *runtime) throwingOf(v goja.Value) []goja.StackFrame {
	for i := len(rt.throwings) - 1; i >= 0; i-- {
		if rt.throwings[i].value.SameAs(v) {
			return rt.throwings[i].stack
		}
	}
	return nil
}

// throwPlace returns the stack whose first call is the place of an error: where it was made, or where it
// was thrown, if it was made for that: by something that was called in the throw, in the same function,
// or before there was a request.
func (rt *runtime) throwPlace(err *goja.Object, made []goja.StackFrame) []goja.StackFrame {
	thrown := rt.throwingOf(err)
	made = slices.DeleteFunc(slices.Clone(made), isNative)
	if len(thrown) == 0 || len(made) == 0 {
		return made
	}
	sameFunction := natives.InstructionsBetween(&made[0], &thrown[0]) >= 0
	beforeRequest := rt.call != nil && natives.ProgramOf(&made[len(made)-1]) == rt.topLevel
	calledInThrow := func(f goja.StackFrame) bool {
		n := natives.InstructionsBetween(&f, &thrown[0])
		return n == 1 || n == 2 // with an await
	}
	if sameFunction || beforeRequest || slices.ContainsFunc(made, calledInThrow) {
		return thrown
	}
	return made
}

// throwsOther reports whether a bundle has a statement that throws something else than what new makes.
func throwsOther(bundle string) bool {
	for {
		_, after, ok := strings.Cut(bundle, "throw ")
		if !ok || !strings.HasPrefix(after, "new ") {
			return ok
		}
		bundle = after
	}
}

// shownStack leaves out the calls of a stack that the page has taken from it, with Error.captureStackTrace:
// those before the first one that the property stack has.
func (rt *runtime) shownStack(err *goja.Object, made []goja.StackFrame) []goja.StackFrame {
	var text string
	rt.inside(func() {
		if s := err.Get("stack"); s != nil && goja.IsString(s) {
			text = s.String()
		}
	})
	first := firstCall.FindStringSubmatch(cut(text, maxMessage))
	if first == nil {
		return made
	}
	for i, f := range made {
		if at := f.Position(); fmt.Sprintf("%s:%d:%d", at.Filename, at.Line, at.Column) == first[1] {
			return made[i:]
		}
	}
	return made
}

// firstCall finds the first call in the text of a stack.
var firstCall = regexp.MustCompile(`(?m)^\s+at (?:.* \()?([^\s()]+:\d+:\d+)`)

// noteThrow has what is thrown noted.
func (w *rewriter) noteThrow(n *ast.ThrowStatement) {
	if w.throws && !isMadeThere(n.Argument) && !isThrownAgain(n.Argument) {
		n.Argument = ownCall("thrown", n.Argument, n.Throw)
		w.notes = true
	}
}

func isMadeThere(e ast.Expression) bool {
	_, ok := e.(*ast.NewExpression)
	return ok
}

// isThrownAgain reports whether e is what for await is compiled to: throw error[0].
func isThrownAgain(e ast.Expression) bool {
	element, ok := e.(*ast.BracketExpression)
	if !ok {
		return false
	}
	_, ok = element.Member.(*ast.NumberLiteral)
	return ok
}

// leaveRethrow takes that back where what was caught is thrown again.
func (w *rewriter) leaveRethrow(n *ast.CatchStatement) {
	if caught, ok := n.Parameter.(*ast.Identifier); ok && w.throws {
		leaveThrows(n.Body, caught.Name.String())
	}
}

func leaveThrows(body ast.Statement, caught string) {
	visitNodes(body, func(node any) bool {
		switch n := node.(type) {
		case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral, *ast.ClassLiteral:
			return false
		case *ast.ThrowStatement:
			if call, ok := n.Argument.(*ast.CallExpression); ok && isOwnCall(call, "thrown") && nameOf(call.ArgumentList[0]) == caught {
				n.Argument = call.ArgumentList[0]
			}
		}
		return true
	})
}
