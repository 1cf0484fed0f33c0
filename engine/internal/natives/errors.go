package natives

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// The interpreter makes an error as a page does, by calling the constructor. So what is to be better
// about errors is done there: the message gets the words that people know (see [Checks.Words]), and
// the stack of an error with a class of its own begins where it is made, not inside of its
// constructors, as other engines have it.
//
// A runtime in which nothing goes wrong must not pay for all these constructors, which cost several
// times what the runtime does. So it begins with stand-ins for those that the interpreter calls by
// itself. Nobody else sees them: the first call, or the first look at the name, has the true one made.

// errorClasses are the classes of errors, those first that have stand-ins.
var errorClasses = [...]string{"TypeError", "RangeError", "ReferenceError", "SyntaxError", "URIError",
	"Error", "AggregateError", "EvalError"}

// standIns is how many of them have one.
const standIns = 5

// errorLayout is where things lie that have to do with errors.
type errorLayout struct {
	code    reflect.Type // of a function that is made without a table
	class   [standIns]uintptr
	factory map[string]propFactory
}

// installErrors finds the classes of errors in the interpreter, and has them changed when they are made.
func (l *layout) installErrors(vm *goja.Runtime) error {
	l.errors.code = reflect.ValueOf(vm.Get("parseInt").(*goja.Object)).Elem().FieldByName("self").Elem().Type().Elem()
	global := reflect.ValueOf(vm).Elem().FieldByName("global")
	for i, name := range errorClasses[:standIns] {
		class := global.FieldByName(name)
		if class.Type() != reflect.TypeFor[*goja.Object]() {
			return fmt.Errorf("there is no place for %s", name)
		}
		l.errors.class[i] = class.UnsafeAddr() - reflect.ValueOf(vm).Pointer()
	}
	made := vm.NewTypeError("")
	if field(made, "stack").Type() != reflect.TypeFor[[]goja.StackFrame]() {
		return fmt.Errorf("errors have no stack")
	}
	props, err := l.template(vm.GlobalObject())
	if err != nil {
		return err
	}
	l.errors.factory = map[string]propFactory{}
	factories := map[unistring.String]propFactory{}
	for _, name := range errorClasses {
		key := unistring.NewFromString(name)
		original := props.strings[key]
		l.errors.factory[name] = original
		factories[key] = func(vm *goja.Runtime) goja.Value {
			c := of(vm)
			if c == nil {
				return original(vm)
			}
			c.reveal(name)
			v := original(vm)
			c.improve(name, l.item(v).(*goja.Object))
			return v
		}
	}
	props.replace(factories, nil)
	return nil
}

// StandIn makes the stand-ins of a runtime.
func (c *Checks) StandIn(vm *goja.Runtime) {
	if c.Max <= 0 || inside.errors.factory == nil {
		return
	}
	c.of(vm)
	code := reflect.New(inside.errors.code).UnsafePointer()
	*(*nativeMake)(unsafe.Add(code, inside.functions[0].make)) = c.makeTrue
	for i := range c.standIns {
		*inside.implementation(&c.standIns[i]) = iface{inside.functions[0].word, code}
		*inside.class(vm, i) = &c.standIns[i]
	}
}

// class is where a runtime has the class of errors of that number.
func (l *layout) class(vm *goja.Runtime, i int) **goja.Object {
	return (**goja.Object)(unsafe.Add(unsafe.Pointer(vm), l.errors.class[i]))
}

// makeTrue is called by the interpreter as the constructor of a stand-in.
func (c *Checks) makeTrue(args []goja.Value, standIn *goja.Object) *goja.Object {
	for i := range c.standIns {
		if standIn == &c.standIns[i] {
			class := c.reveal(errorClasses[i])
			_, construct := inside.function(class)
			return (*construct)(args, class)
		}
	}
	panic("natives: an error of no class")
}

// reveal puts the true class into the place of its stand-in, and returns it.
func (c *Checks) reveal(name string) *goja.Object {
	for i := range c.standIns {
		if errorClasses[i] != name {
			continue
		}
		place := inside.class(c.vm, i)
		if *place == &c.standIns[i] {
			*place = nil
			inside.errors.factory[name](c.vm)
			c.improve(name, *place)
			c.count(*place)
		}
		return *place
	}
	return nil
}

// improve changes the constructor of a class of errors.
func (c *Checks) improve(name string, class *goja.Object) {
	call, construct := inside.function(class)
	if construct == nil || *construct == nil || !c.first(class) {
		return
	}
	if name == "TypeError" && call != nil && *call != nil {
		c.improveCalls(call)
	}
	original := *construct
	*construct = func(args []goja.Value, newTarget *goja.Object) *goja.Object {
		if newTarget == class && c.Words != nil && len(args) == 1 { // by the interpreter
			if text := c.Words(name, args[0].String()); text != "" {
				args = []goja.Value{c.vm.ToValue(text)}
			}
		}
		place := -1
		if newTarget == class && name == "TypeError" && c.CalleePlace != nil {
			place = c.CalleePlace()
		}
		made := original(args, newTarget)
		if place >= 0 {
			moveTo(made, place)
		}
		if newTarget != nil && newTarget != class {
			beginOutside(made, newTarget)
		}
		return made
	}
}

// improveCalls changes what TypeError("…") makes where a helper of the compiler's calls it so.
func (c *Checks) improveCalls(call *nativeCall) {
	original := *call
	*call = func(call goja.FunctionCall) goja.Value {
		if len(call.Arguments) == 1 && c.Words != nil && goja.IsString(call.Arguments[0]) && ofHelper[call.Arguments[0].String()] {
			if text := c.Words("", call.Arguments[0].String()); text != "" {
				call.Arguments = []goja.Value{c.vm.ToValue(text)}
			}
		}
		return original(call)
	}
}

// ofHelper has what the helpers say that private members of classes are compiled to.
var ofHelper = map[string]bool{
	"Cannot read from private field": true, "Cannot write to private field": true, "Cannot access private method": true,
}

// beginOutside lets the stack of an error begin with the call of the constructor that new was used on.
func beginOutside(err, newTarget *goja.Object) {
	constructor := program(newTarget)
	for f := newTarget; constructor == 0; { // a class without a constructor has no program
		if f = f.Prototype(); f == nil || !field(f, "prg").IsValid() {
			return
		}
		constructor = program(f)
	}
	stack := stackOf(err)
	for i := range *stack {
		if ProgramOf(&(*stack)[i]) == constructor {
			if rest := (*stack)[i+1:]; len(rest) > 0 {
				*stack = rest
			}
			return
		}
	}
}

// moveTo lets the stack of an error begin with a later instruction of the same function, the one that has that place.
func moveTo(err *goja.Object, place int) {
	stack := stackOf(err)
	if stack == nil || len(*stack) == 0 || ProgramOf(&(*stack)[0]) == 0 {
		return
	}
	frame := reflect.ValueOf(&(*stack)[0]).Elem()
	places, pc := frame.FieldByName("prg").Elem().FieldByName("srcMap"), open(frame.FieldByName("pc"))
	for i := range places.Len() {
		p := places.Index(i)
		if at := p.FieldByName("pc").Int(); at > pc.Int() && int(p.FieldByName("srcPos").Int()) == place {
			pc.SetInt(at)
			return
		}
	}
}

// program returns the address of the program of a function that the page has, or 0.
func program(f *goja.Object) uintptr {
	if prg := field(f, "prg"); prg.IsValid() {
		return prg.Pointer()
	}
	return 0
}

// ProgramOf tells the functions apart that the calls of a stack are of. It is 0 for native ones.
func ProgramOf(frame *goja.StackFrame) uintptr {
	return reflect.ValueOf(frame).Elem().FieldByName("prg").Pointer()
}

// InstructionsBetween returns how many instructions a call of a function is after another one in it. It is -1
// for calls of different functions.
func InstructionsBetween(first, second *goja.StackFrame) int {
	if ProgramOf(first) != ProgramOf(second) {
		return -1
	}
	pc := func(f *goja.StackFrame) int { return int(reflect.ValueOf(f).Elem().FieldByName("pc").Int()) }
	return max(pc(second)-pc(first), -1)
}

// ProgramOfFunction returns what [ProgramOf] does for a call of f.
func ProgramOfFunction(f goja.Value) uintptr {
	o, ok := f.(*goja.Object)
	if !ok {
		return 0
	}
	return program(o)
}

// Frames returns the stack of an error as it was made, whatever the page has put into its property of
// that name. It is nil for what is no error.
func Frames(o *goja.Object) []goja.StackFrame {
	if stack := stackOf(o); stack != nil {
		return *stack
	}
	return nil
}

// stackOf returns where an error has its stack, or nil.
func stackOf(o *goja.Object) *[]goja.StackFrame {
	stack := field(o, "stack")
	if !stack.IsValid() || stack.Type() != reflect.TypeFor[[]goja.StackFrame]() {
		return nil
	}
	return open(stack).Addr().Interface().(*[]goja.StackFrame)
}
