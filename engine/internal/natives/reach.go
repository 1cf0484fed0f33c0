package natives

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
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
	functions    [3]funcLayout // plain ones, those that are made from a table, and bound ones
	wrapped      uintptr       // of bound functions: the *goja.Object that is bound
	array        typeWord
	arrayValues  uintptr
	arrayLength  uintptr
	property     reflect.Type // *valueProperty
	propertyItem uintptr      // its value, a goja.Value
	propertySet  uintptr      // its setter, a *goja.Object
	propertyGet  uintptr      // its getter, likewise
	counted      uintptr      // the code of functions that are counted
	countedNew   uintptr      // and of constructors
	machine      uintptr      // of *goja.Runtime: a pointer to what runs the code
	interrupt    uintptr      // of that: a uint32, not 0 when it is to stop
	own          sync.Map     // where objects have their properties, an ownLayout by typeWord
	plainWord    typeWord     // of objects without anything special
	plainOwn     ownLayout    // where those have their properties
	firstSymbol  uintptr      // of what objects have their symbols in: a *symbolEntry
	ascii        reflect.Type // of strings that are kept as bytes below 128
	asciiWord    typeWord     // the same
	unicodeWord  typeWord     // of strings that are kept as numbers of two bytes
	goWord       typeWord     // of strings that came from Go, which begin with that
	top          typeWord     // of Object.prototype
	topAbove     uintptr      // what its prototype is
	errors       errorLayout
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
	for i, text := range []string{"parseInt", "BigInt", "parseInt.bind()"} {
		v, err := vm.RunString(text)
		if err != nil {
			return err
		}
		o := v.(*goja.Object)
		call, make := field(o, "f"), field(o, "construct")
		if call.Type() != reflect.TypeFor[nativeCall]() || make.Type() != reflect.TypeFor[nativeMake]() {
			return fmt.Errorf("%s is made of %v and %v", text, call.Type(), make.Type())
		}
		l.functions[i] = funcLayout{l.implementation(o).word, offset(o, call), offset(o, make)}
	}
	bound, err := vm.RunString("parseInt.bind()")
	if err != nil {
		return err
	}
	wrapped := field(bound.(*goja.Object), "wrapped")
	if wrapped.Type() != reflect.TypeFor[*goja.Object]() {
		return errors.New("bound functions do not know what is bound")
	}
	l.wrapped = offset(bound.(*goja.Object), wrapped)
	l.counted, l.countedNew = codeOf((&Checks{}).counted(nil, false)), codeOf((&Checks{}).countedNew(nil))
	machine, ok := reflect.TypeFor[goja.Runtime]().FieldByName("vm")
	if !ok || machine.Type.Kind() != reflect.Pointer || machine.Type.Elem().Kind() != reflect.Struct {
		return errors.New("goja.Runtime has no vm")
	}
	interrupt, ok := machine.Type.Elem().FieldByName("interrupted")
	if !ok || interrupt.Type.Kind() != reflect.Uint32 {
		return errors.New("what runs the code has no flag interrupted")
	}
	l.machine, l.interrupt = machine.Offset, interrupt.Offset
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
	l.asciiWord, l.unicodeWord = wordOf(vm.ToValue("text")), wordOf(umlaut(vm))
	l.goWord = wordOf(vm.ToValue(strings.Repeat("ä", 1000)))
	if l.length(vm.ToValue(strings.Repeat("ä", 1000))) != 2000 || l.length(vm.ToValue("text")) != 4 || l.length(umlaut(vm)) != 4 {
		return errors.New("strings do not begin with where they are and how long")
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
	item, get, set := p.Elem().FieldByName("value"), p.Elem().FieldByName("getterFunc"), p.Elem().FieldByName("setterFunc")
	if function := reflect.TypeFor[*goja.Object](); item.Type() != reflect.TypeFor[goja.Value]() || get.Type() != function || set.Type() != function {
		return errors.New("properties have no value, getterFunc and setterFunc")
	}
	l.propertyItem, l.propertyGet, l.propertySet = item.UnsafeAddr()-p.Pointer(), get.UnsafeAddr()-p.Pointer(), set.UnsafeAddr()-p.Pointer()
	return l.findSymbols(vm.Get("JSON").(*goja.Object))
}

// findSymbols finds out how the properties lie of which the key is a symbol, by an object that has some.
func (l *layout) findSymbols(o *goja.Object) error {
	symbols := field(o, "symValues")
	if symbols.Kind() != reflect.Pointer || symbols.Type().Elem().Kind() != reflect.Struct {
		return errors.New("objects have no symValues")
	}
	first, ok := symbols.Type().Elem().FieldByName("iterFirst")
	if !ok || first.Type.Kind() != reflect.Pointer || first.Type.Elem().Kind() != reflect.Struct {
		return errors.New("symValues has no iterFirst")
	}
	ours := reflect.TypeFor[symbolEntry]()
	for i, name := range []string{"key", "value", "iterPrev", "iterNext"} {
		if f := first.Type.Elem().Field(i); f.Name != name || f.Offset != ours.Field(i).Offset {
			return fmt.Errorf("what symValues consists of has no %s", name)
		}
	}
	l.firstSymbol = first.Offset
	l.plainOwn = l.ownLayout(o) // JSON is one
	l.plainWord = l.implementation(o).word
	if names, symbol := l.properties(o); names == nil || symbol == nil {
		return errors.New("objects have no properties")
	}
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

// boundTo returns what a bound function calls, or nil.
func (l *layout) boundTo(o *goja.Object) *goja.Object {
	i := l.implementation(o)
	if i.word != l.functions[2].word {
		return nil
	}
	return *(**goja.Object)(unsafe.Add(i.data, l.wrapped))
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

// wordOf returns which type a value has.
func wordOf(v goja.Value) typeWord { return (*iface)(unsafe.Pointer(&v)).word }

// umlaut returns a string of four characters that is kept as numbers of two bytes, as results of the
// interpreter are.
func umlaut(vm *goja.Runtime) goja.Value {
	v, err := vm.RunString(`"Kä" + "se"`)
	if err != nil {
		panic(err)
	}
	return v
}

// length returns how long a value is if it is a string of the interpreter's, and 0 for all others.
func (l *layout) length(v goja.Value) int {
	i := (*iface)(unsafe.Pointer(&v))
	switch i.word {
	case l.asciiWord:
		return len(*(*string)(i.data))
	case l.goWord:
		return len(*(*string)(i.data))
	case l.unicodeWord: // the first of them is a mark
		return max(len(*(*[]uint16)(i.data))-1, 0)
	}
	return 0
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

// parts returns what a property consists of: its value, its getter and its setter, nil for none.
func (l *layout) parts(v goja.Value) (parts [3]goja.Value) {
	p := reflect.ValueOf(v)
	if !p.IsValid() || p.Type() != l.property {
		return [3]goja.Value{v}
	}
	parts[0] = *(*goja.Value)(unsafe.Add(p.UnsafePointer(), l.propertyItem))
	for i, at := range [2]uintptr{l.propertyGet, l.propertySet} {
		if f := *(**goja.Object)(unsafe.Add(p.UnsafePointer(), at)); f != nil {
			parts[1+i] = f
		}
	}
	return parts
}

// ownLayout is where an object has its properties: by name, and by symbol. It is zero for those that make
// them from a table.
type ownLayout struct{ names, order, symbols uintptr }

// symbolEntry is one of a list of properties by symbol.
type symbolEntry struct {
	key, value goja.Value
	_, next    *symbolEntry
}

// ownLayout returns where an object has its properties.
func (l *layout) ownLayout(o *goja.Object) (own ownLayout) {
	word := l.implementation(o).word
	if word == l.plainWord {
		return l.plainOwn
	}
	if at, ok := l.own.Load(word); ok {
		return at.(ownLayout)
	}
	names, order, symbols := field(o, "values"), field(o, "propNames"), field(o, "symValues")
	known := names.IsValid() && order.IsValid() && symbols.IsValid() &&
		names.Type() == reflect.TypeFor[map[unistring.String]goja.Value]() && order.Type() == reflect.TypeFor[[]unistring.String]()
	if known && !field(o, "tmpl").IsValid() {
		own = ownLayout{offset(o, names), offset(o, order), offset(o, symbols)}
	}
	l.own.Store(word, own)
	return own
}

// properties returns those that an object has by a name, and the first by a symbol, unless it makes them
// from a table.
func (l *layout) properties(o *goja.Object) (map[unistring.String]goja.Value, *symbolEntry) {
	own, data := l.ownLayout(o), l.implementation(o).data
	if own == (ownLayout{}) {
		return nil, nil
	}
	names := *(*map[unistring.String]goja.Value)(unsafe.Add(data, own.names))
	symbols := *(*unsafe.Pointer)(unsafe.Add(data, own.symbols))
	if symbols == nil {
		return names, nil
	}
	return names, *(**symbolEntry)(unsafe.Add(symbols, l.firstSymbol))
}

// named calls f for each property that an object has by a name, until it returns false: faster than going
// through them as a map.
func (l *layout) named(o *goja.Object, f func(name unistring.String, v goja.Value) bool) bool {
	own, data := l.ownLayout(o), l.implementation(o).data
	if own == (ownLayout{}) {
		return true
	}
	names := *(*map[unistring.String]goja.Value)(unsafe.Add(data, own.names))
	for _, name := range *(*[]unistring.String)(unsafe.Add(data, own.order)) {
		if !f(name, names[name]) {
			return false
		}
	}
	return true
}

// interrupted returns what is not 0 when a runtime is to stop.
func (l *layout) interrupted(vm *goja.Runtime) *uint32 {
	machine := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(vm), l.machine))
	return (*uint32)(unsafe.Add(machine, l.interrupt))
}

// codeOf returns where the code of a function is, which closures that differ in their variables share.
func codeOf[F nativeCall | nativeMake](f F) uintptr { return reflect.ValueOf(f).Pointer() }

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
