package wording

import (
	"reflect"
	"strings"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/unistring"
)

// site is where the interpreter is.
type site struct {
	vm    *goja.Runtime
	class string // of the error

	native bool   // in a built-in function
	caller string // which one

	instruction string        // the name of the one that is being done
	operand     reflect.Value // of that instruction: how many arguments, or the name of a property
	file        *file.File    // the program
	text        string        // of that
	offset      int           // in that
	before      string        // the name of the one before it
	key         goja.Value    // that was looked up just before, for a pattern: the name of a property

	stack  []goja.Value
	height int          // of the stack
	args   []goja.Value // of the built-in function
	this   goja.Value
}

// here returns where the interpreter is. It reads what the interpreter does not show.
func here(vm *goja.Runtime) *site {
	state := inner(reflect.ValueOf(vm).Elem(), "vm").Elem()
	s := &site{}
	values := inner(state, "stack").Convert(reflect.TypeFor[[]goja.Value]()).Interface().([]goja.Value)
	s.stack, s.height = values, int(inner(state, "sp").Int())
	program := inner(state, "prg")
	if program.IsNil() {
		s.native = true
		if frames := vm.CaptureCallStack(1, nil); len(frames) > 0 {
			s.caller = frames[0].FuncName()
		}
		s.enter(int(inner(state, "sb").Int()))
		return s
	}
	s.enterProgram(program.Elem(), int(inner(state, "pc").Int()))
	return s
}

// enterProgram sets what a site in a program of the page is.
func (s *site) enterProgram(program reflect.Value, pc int) {
	code := inner(program, "code")
	s.operand = code.Index(pc).Elem()
	s.instruction = nameOf(s.operand)
	if pc > 0 {
		s.before = nameOf(code.Index(pc - 1).Elem())
	}
	if pc > 2 && s.before == "getKey" {
		s.key = constant(code.Index(pc - 3).Elem())
	}
	s.file = inner(program, "src").Interface().(*file.File)
	s.text = s.file.Source()
	positions := inner(program, "srcMap")
	for i := range positions.Len() {
		p := positions.Index(i)
		if int(p.FieldByName("pc").Int()) > pc {
			break
		}
		s.offset = int(p.FieldByName("srcPos").Int())
	}
}

// nameOf returns the name of an instruction.
func nameOf(instruction reflect.Value) string {
	kind := instruction.Type()
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	return strings.TrimPrefix(kind.Name(), "_")
}

// constant returns the value of an instruction that puts one on the stack, or nil.
func constant(instruction reflect.Value) goja.Value {
	if nameOf(instruction) != "loadVal" {
		return nil
	}
	copied := reflect.New(instruction.Type()).Elem()
	copied.Set(instruction)
	v, _ := inner(copied, "v").Interface().(goja.Value)
	return v
}

// own begins the names of programs that are not eval's. What has no place in a file of the page is in such a
// one.
const own = "wizgy:"

// inHelper reports whether the site is in what the compiler has added to the page.
func (s *site) inHelper() bool {
	return s.file != nil && strings.HasPrefix(s.file.Name(), own) && s.file.Position(s.offset).Filename == s.file.Name()
}

// caller returns the innermost site that is not in a helper, or nil.
func caller(vm *goja.Runtime) *site {
	for _, frame := range vm.CaptureCallStack(0, nil) {
		if frame.Position().Filename == frame.SrcName() || frame.SrcName() == "<native>" {
			continue
		}
		f := reflect.ValueOf(&frame).Elem()
		s := &site{}
		s.enterProgram(inner(f, "prg").Elem(), int(inner(f, "pc").Int()))
		return s
	}
	return nil
}

// enter sets what a built-in function was called with. base is where its arguments begin; below them
// lie the function and this.
func (s *site) enter(base int) {
	if base >= 2 && base <= s.height {
		s.this, s.args = s.stack[base-2], s.stack[base:s.height]
	}
}

// passOn makes what f.call(this, …) calls the built-in function that the interpreter is in.
func (s *site) passOn(t *Teller) {
	if f, ok := s.this.(*goja.Object); ok && s.caller == "call" && f.ClassName() == "Function" {
		s.caller, s.this = t.FunctionName(f), s.argument(0)
		s.args = s.args[min(1, len(s.args)):]
	}
}

// argument is what a built-in function was called with.
func (s *site) argument(i int) goja.Value {
	if i < len(s.args) && s.args[i] != nil {
		return s.args[i]
	}
	return goja.Undefined()
}

// inner returns a field that is not exported, to be read.
func inner(of reflect.Value, name string) reflect.Value {
	field := of.FieldByName(name)
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}

// top returns a value on the stack, the last one for 1, and for 0 the one that was taken from it.
func (s *site) top(n int) goja.Value {
	if i := s.height - n; i >= 0 && i < len(s.stack) && s.stack[i] != nil {
		return s.stack[i]
	}
	return goja.Undefined()
}

// count is the operand of an instruction that has a number.
func (s *site) count() int {
	if s.operand.CanUint() {
		return int(s.operand.Uint())
	}
	return 0
}

// property is the operand of an instruction that has a name.
func (s *site) property() string {
	if s.operand.Kind() == reflect.String {
		return unistring.String(s.operand.String()).String()
	}
	return ""
}
