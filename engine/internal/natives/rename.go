package natives

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// Offset returns where in a text a part of it begins, or -1 if the part is not one of its own.
func Offset(text, part string) int {
	at := uintptr(unsafe.Pointer(unsafe.StringData(part))) - uintptr(unsafe.Pointer(unsafe.StringData(text)))
	if at > uintptr(len(text)) || int(at)+len(part) > len(text) {
		return -1
	}
	return int(at)
}

// Start returns what tells a part of a text from others that begin elsewhere.
func Start(part string) *byte { return unsafe.StringData(part) }

// Rename gives functions and classes of a program the names that they have in names, by the start of their
// text. The program must not be in use yet. The error is of an interpreter that looks otherwise.
func Rename(p *goja.Program, names map[*byte]string) (err error) {
	if len(names) == 0 {
		return nil
	}
	defer func() {
		if v := recover(); v != nil { // of reflect
			err = fmt.Errorf("names of functions: %v", v)
		}
	}()
	r := renamer{names: names, fields: map[reflect.Type][]int{}}
	r.program(reflect.ValueOf(p))
	return nil
}

var programType = reflect.TypeFor[*goja.Program]()

type renamer struct {
	names  map[*byte]string
	fields map[reflect.Type][]int // that lead to programs, of a kind of instruction
}

// program goes through the instructions.
func (r *renamer) program(p reflect.Value) {
	if p.IsNil() {
		return
	}
	code := p.Elem().FieldByName("code")
	for i := range code.Len() {
		if instruction := code.Index(i).Elem(); instruction.Kind() == reflect.Pointer && instruction.Type().Elem().Kind() == reflect.Struct {
			r.instruction(instruction.Elem())
		}
	}
}

// instruction looks at what makes a function or a class, and may be embedded in a variety of it.
func (r *renamer) instruction(v reflect.Value) {
	known, ok := r.fields[v.Type()]
	if !ok {
		known = leading(v.Type())
		r.fields[v.Type()] = known
	}
	for _, i := range known {
		f := v.Field(i)
		if f.Kind() == reflect.Struct {
			r.instruction(f)
			continue
		}
		r.program(f)
	}
	if source := v.FieldByName("source"); len(known) > 0 && source.IsValid() {
		if name, ok := r.names[unsafe.StringData(source.String())]; ok {
			r.set(v, name)
		}
	}
}

// leading returns the fields that lead to programs.
func leading(t reflect.Type) (list []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Type == programType || f.Anonymous && f.Type.Kind() == reflect.Struct && len(leading(f.Type)) > 0 {
			list = append(list, i)
		}
	}
	return list
}

// set names a function or a class, and its calls in a stack.
func (r *renamer) set(v reflect.Value, name string) {
	text := unistring.NewFromString(name)
	open(v.FieldByName("name")).Set(reflect.ValueOf(text))
	for _, field := range []string{"prg", "ctor"} {
		if p := v.FieldByName(field); p.IsValid() && !p.IsNil() {
			open(p.Elem().FieldByName("funcName")).Set(reflect.ValueOf(text))
		}
	}
}
