package natives

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// The interpreter makes its built-ins when they are first touched, from tables that all runtimes
// share, and offers no way in. To define two hundred functions anew in each runtime would cost
// several times what the runtime costs; so this file and rename.go, and no other, reach into the
// interpreter's own structures. It finds everything by name and by type, once, and says what is
// missing if another version of the interpreter looks otherwise.

type (
	nativeCall  = func(goja.FunctionCall) goja.Value
	nativeMake  = func(args []goja.Value, newTarget *goja.Object) *goja.Object
	propFactory = func(*goja.Runtime) goja.Value
)

// layout is where things lie in the interpreter's structures.
type layout struct {
	self         uintptr       // of *goja.Object: the interface that has the implementation
	functions    [2]funcLayout // plain ones, and those that are made from a table
	array        typeWord
	arrayValues  uintptr
	arrayLength  uintptr
	property     reflect.Type // *valueProperty
	propertyItem uintptr      // its value, a goja.Value
	propertySet  uintptr      // its setter, a *goja.Object
	ascii        reflect.Type // of strings that are kept as bytes below 128
	top          typeWord     // of Object.prototype
	topAbove     uintptr      // what its prototype is
}

// funcLayout is where a native function has its code.
type funcLayout struct {
	word typeWord
	call uintptr
	make uintptr
}

// typeWord tells which type the value in an interface has.
type typeWord uintptr

// iface is how an interface that has methods lies in memory.
type iface struct {
	word typeWord
	data unsafe.Pointer
}

// self returns the implementation of an object.
func (l *layout) implementation(o *goja.Object) *iface {
	return (*iface)(unsafe.Add(unsafe.Pointer(o), l.self))
}

// find fills in the layout, with the help of a runtime that is thrown away.
func (l *layout) find(vm *goja.Runtime) (err error) {
	defer func() {
		if v := recover(); v != nil { // of reflect
			err = fmt.Errorf("%v", v)
		}
	}()
	self, ok := reflect.TypeFor[goja.Object]().FieldByName("self")
	if !ok || self.Type.Kind() != reflect.Interface || self.Type.NumMethod() == 0 {
		return errors.New("goja.Object has no interface self")
	}
	l.self = self.Offset
	for i, name := range []string{"parseInt", "BigInt"} {
		o := vm.Get(name).(*goja.Object)
		call, make := field(o, "f"), field(o, "construct")
		if call.Type() != reflect.TypeFor[nativeCall]() || make.Type() != reflect.TypeFor[nativeMake]() {
			return fmt.Errorf("%s is made of %v and %v", name, call.Type(), make.Type())
		}
		l.functions[i] = funcLayout{l.implementation(o).word, offset(o, call), offset(o, make)}
	}
	list := vm.NewArray(1, 2, 3)
	l.array = l.implementation(list).word
	values, length := field(list, "values"), field(list, "length")
	if values.Type() != reflect.TypeFor[[]goja.Value]() || values.Len() != 3 || length.Uint() != 3 || length.Kind() != reflect.Uint32 {
		return errors.New("arrays have no values and length")
	}
	l.arrayValues, l.arrayLength = offset(list, values), offset(list, length)
	l.ascii = reflect.TypeOf(vm.ToValue("text"))
	if l.ascii.Kind() != reflect.String || l.ascii == reflect.TypeOf(vm.ToValue("Käse")) {
		return errors.New("there is no type for strings of ASCII")
	}
	top := vm.NewObject().Prototype()
	above := field(top, "prototype")
	if above.Type() != reflect.TypeFor[*goja.Object]() || !above.IsNil() {
		return errors.New("there is no place above Object.prototype")
	}
	l.top, l.topAbove = l.implementation(top).word, offset(top, above)
	props, err := l.template(vm.GlobalObject())
	if err != nil {
		return err
	}
	p := reflect.ValueOf(props.strings["parseInt"](vm))
	l.property = p.Type()
	item, set := p.Elem().FieldByName("value"), p.Elem().FieldByName("setterFunc")
	if item.Type() != reflect.TypeFor[goja.Value]() || set.Type() != reflect.TypeFor[*goja.Object]() {
		return errors.New("properties have no value and setterFunc")
	}
	l.propertyItem, l.propertySet = item.UnsafeAddr()-p.Pointer(), set.UnsafeAddr()-p.Pointer()
	return nil
}

// field returns a field of an object's implementation.
func field(o *goja.Object, name string) reflect.Value {
	return reflect.ValueOf(o).Elem().FieldByName("self").Elem().Elem().FieldByName(name)
}

// offset returns where a field of an object's implementation lies in it.
func offset(o *goja.Object, field reflect.Value) uintptr {
	return field.UnsafeAddr() - reflect.ValueOf(o).Elem().FieldByName("self").Elem().Pointer()
}

// function returns the code of a native function, to be read or replaced, or nil.
func (l *layout) function(o *goja.Object) (*nativeCall, *nativeMake) {
	i := l.implementation(o)
	for _, f := range l.functions {
		if i.word == f.word {
			return (*nativeCall)(unsafe.Add(i.data, f.call)), (*nativeMake)(unsafe.Add(i.data, f.make))
		}
	}
	return nil, nil
}

// elements returns an array's elements and its length; ok is false for what is no array, or one
// that is full of holes. The elements are nil where there is a hole.
func (l *layout) elements(o *goja.Object) (values []goja.Value, length uint32, ok bool) {
	i := l.implementation(o)
	if i.word != l.array {
		return nil, 0, false
	}
	return *(*[]goja.Value)(unsafe.Add(i.data, l.arrayValues)), *(*uint32)(unsafe.Add(i.data, l.arrayLength)), true
}

// above returns what the prototype of Object.prototype is, to be read or replaced, or nil. The
// language has it that there is none.
func (l *layout) above(top *goja.Object) **goja.Object {
	i := l.implementation(top)
	if i.word != l.top {
		return nil
	}
	return (**goja.Object)(unsafe.Add(i.data, l.topAbove))
}

// item returns the value of a property, or the object that sets it.
func (l *layout) item(v goja.Value) goja.Value {
	p := reflect.ValueOf(v)
	if p.Type() != l.property {
		return v
	}
	if set := *(**goja.Object)(unsafe.Add(p.UnsafePointer(), l.propertySet)); set != nil {
		return set
	}
	return *(*goja.Value)(unsafe.Add(p.UnsafePointer(), l.propertyItem))
}

// template is the table that a built-in object is made from: what makes each of its properties.
type template struct {
	strings map[unistring.String]propFactory
	symbols map[*goja.Symbol]propFactory
	replace func(names map[unistring.String]propFactory, symbols map[*goja.Symbol]propFactory)
}

// template finds the table of an object.
func (l *layout) template(o *goja.Object) (*template, error) {
	table := field(o, "tmpl")
	if !table.IsValid() || table.Kind() != reflect.Pointer {
		return nil, fmt.Errorf("%s has no template", o.ClassName())
	}
	props, symbols := open(table.Elem().FieldByName("props")), open(table.Elem().FieldByName("symProps"))
	t := &template{strings: map[unistring.String]propFactory{}, symbols: map[*goja.Symbol]propFactory{}}
	plain := reflect.TypeFor[propFactory]()
	for name, make := range props.Seq2() {
		t.strings[name.Interface().(unistring.String)] = make.Convert(plain).Interface().(propFactory)
	}
	for symbol, make := range symbols.Seq2() {
		t.symbols[symbol.Interface().(*goja.Symbol)] = make.Convert(plain).Interface().(propFactory)
	}
	t.replace = func(names map[unistring.String]propFactory, syms map[*goja.Symbol]propFactory) {
		// Another part of the program may be using the interpreter just now, and reads these
		// tables: it finds the old one or the new one, each whole.
		props.Set(merge(props, names))
		symbols.Set(merge(symbols, syms))
	}
	return t, nil
}

// merge returns a copy of a table of factories with some of them replaced.
func merge[K comparable](table reflect.Value, changed map[K]propFactory) reflect.Value {
	all := reflect.MakeMapWithSize(table.Type(), table.Len())
	for k, v := range table.Seq2() {
		all.SetMapIndex(k, v)
	}
	for k, f := range changed {
		all.SetMapIndex(reflect.ValueOf(k), reflect.ValueOf(f).Convert(table.Type().Elem()))
	}
	return all
}

// open makes a field that is not exported readable and writable.
func open(field reflect.Value) reflect.Value {
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}
