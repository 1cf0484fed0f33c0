package module

import (
	"math/big"
	"reflect"

	"github.com/dop251/goja"
)

// property is an own property of an object: a value, or the accessors that stand for it.
type property struct {
	value    goja.Value
	get, set bool
}

// own returns o's own property key, a string or a symbol. o is not a Proxy.
func (rd *reader) own(o *goja.Object, key goja.Value) (p property, ok bool) {
	d, ok := rd.descriptor(goja.FunctionCall{Arguments: []goja.Value{o, key}}).(*goja.Object)
	if !ok {
		return property{}, false
	}
	if v := d.Get("value"); v != nil {
		return property{value: v}, true
	}
	return property{get: isObject(d.Get("get")), set: isObject(d.Get("set"))}, true
}

// lookup finds the property name of o or of the objects that it inherits from. It finds nothing
// beyond a Proxy, where hidden is true.
func (rd *reader) lookup(o *goja.Object, key goja.Value) (p property, hidden bool) {
	for range maxPrototypes {
		if o == nil {
			return property{}, false
		}
		if isProxy(o) {
			return property{}, true
		}
		if p, ok := rd.own(o, key); ok {
			return p, false
		}
		o = o.Prototype()
	}
	return property{}, true
}

// isInstance reports whether o inherits from f.prototype.
func (rd *reader) isInstance(o, f *goja.Object) bool {
	p, _ := rd.own(f, rd.rt.ToValue("prototype"))
	proto, ok := p.value.(*goja.Object)
	for range maxPrototypes {
		if !ok || o == nil || isProxy(o) {
			return false
		}
		if o = o.Prototype(); o == proto {
			return true
		}
	}
	return false
}

// maxPrototypes is how far a chain of prototypes is followed.
const maxPrototypes = 100

// name returns the own property name of a function, or "".
func (rd *reader) name(f *goja.Object) string {
	if p, ok := rd.own(f, rd.rt.ToValue("name")); ok && p.value != nil && goja.IsString(p.value) {
		return clip(p.value.(goja.String), maxName)
	}
	return ""
}

// names returns the first max names of o's enumerable properties, in time that does not depend
// on how many there are.
func (rd *reader) names(o *goja.Object, max int) []string {
	var names []string
	for _, name := range rd.list(rd.call("keys", goja.Undefined(), o, rd.rt.ToValue(max))) {
		names = append(names, name.String())
	}
	return names
}

// isPlainChain reports whether enumerating what o inherits runs no page code.
func (rd *reader) isPlainChain(o *goja.Object) bool {
	for range maxPrototypes {
		if o == nil {
			return true
		}
		if isProxy(o) || o.ClassName() == "Error" {
			return false
		}
		o = o.Prototype()
	}
	return false
}

// entries returns the first max entries of a Map.
func (rd *reader) entries(o *goja.Object, max int64) [][]goja.Value {
	var entries [][]goja.Value
	for _, entry := range rd.list(rd.call("entries", goja.Undefined(), o, rd.rt.ToValue(max))) {
		entries = append(entries, rd.list(entry))
	}
	return entries
}

// values returns the first max values of a Set.
func (rd *reader) values(o *goja.Object, max int64) []goja.Value {
	return rd.list(rd.call("values", goja.Undefined(), o, rd.rt.ToValue(max)))
}

// list returns the items of an array that the reader made.
func (rd *reader) list(v goja.Value) []goja.Value {
	var items []goja.Value
	rd.rt.ForOf(v, func(item goja.Value) bool {
		items = append(items, item)
		return true
	})
	return items
}

// typedArrayKind returns "Int8Array" or what else of its kin o is, or "".
func (rd *reader) typedArrayKind(o *goja.Object) string {
	if o.ExportType().Kind() != reflect.Slice || o.ClassName() != "Object" {
		return ""
	}
	if kind, ok := rd.call("typedArray", o).(goja.String); ok {
		return kind.String()
	}
	return ""
}

// isDataView reports whether o is a DataView on a buffer that is still there.
func (rd *reader) isDataView(o *goja.Object) (ok bool) {
	defer func() { _ = recover() }()
	rd.call("viewLength", o)
	return true
}

// flags returns the flags of a regular expression.
func (rd *reader) flags(o *goja.Object) string {
	var flags string
	for _, flag := range []string{"g", "i", "m", "s", "u", "y"} {
		if rd.call(flag, o).ToBoolean() {
			flags += flag
		}
	}
	return flags
}

// stackIsSafe reports whether the stack of err can be read. goja writes it down when it is first
// asked for, with the name and message that it then finds, and by whatever code they run.
func (rd *reader) stackIsSafe(err *goja.Object) bool {
	for _, name := range []string{"name", "message"} {
		p, hidden := rd.lookup(err, rd.rt.ToValue(name))
		if _, symbol := p.value.(*goja.Symbol); hidden || p.get || symbol || isObject(p.value) {
			return false
		}
	}
	return true
}

var (
	proxyType       = reflect.TypeFor[goja.Proxy]()
	classType       = reflect.TypeFor[func(goja.ConstructorCall) *goja.Object]()
	functionType    = reflect.TypeFor[func(goja.FunctionCall) goja.Value]()
	promiseType     = reflect.TypeFor[*goja.Promise]()
	arrayBufferType = reflect.TypeFor[goja.ArrayBuffer]()
	mapType         = reflect.TypeFor[[][2]any]()
	setType         = reflect.TypeFor[[]any]()
	bigIntType      = reflect.TypeFor[*big.Int]()
)

func isFunction(o *goja.Object) bool {
	typ := o.ExportType()
	return typ == functionType || typ == classType
}

func isObject(v goja.Value) bool {
	_, ok := v.(*goja.Object)
	return ok
}

func isProxy(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	return ok && o.ExportType() == proxyType
}
