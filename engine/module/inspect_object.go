package module

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// inspectable is the Go side of a built-in object that knows how it should be described.
type inspectable interface {
	// inspect describes the object, whose constructor has the name name.
	inspect(name string) string
}

var inspectableType = reflect.TypeFor[inspectable]()

// A shape is what an object looks like before its properties are written.
type shape struct {
	kind   string          // what it is without a class of its own: "Object", "Array", "Map" …
	base   string          // what stands for it, such as [Function: f]; or "", and then:
	size   string          // "(2)" for two items, where that is shown even of a plain one
	plain  bool            // its kind goes without saying
	array  bool            // it is written in brackets
	items  func() []string // writes its items; nil if it has none
	keys   []string        // its properties
	hidden []string        // properties that are shown although they are not enumerable
}

// object describes o.
func (in *inspector) object(o *goja.Object, level int) string {
	if in.left <= 0 {
		return "…"
	}
	in.left -= 4 // also what is empty takes room
	if isProxy(o) {
		return in.write("[Proxy]")
	}
	if slices.Contains(in.path, o) {
		if in.circular == nil {
			in.circular = map[*goja.Object]int{}
		}
		if in.circular[o] == 0 {
			in.circular[o] = len(in.circular) + 1
		}
		return in.write("[Circular *" + strconv.Itoa(in.circular[o]) + "]")
	}
	in.path = append(in.path, o)
	s := in.unseen(o, level)
	in.path = in.path[:len(in.path)-1]
	if n := in.circular[o]; n > 0 {
		s = "<ref *" + strconv.Itoa(n) + "> " + s
	}
	return s
}

// unseen describes o, which is not in the path.
func (in *inspector) unseen(o *goja.Object, level int) string {
	name, known := in.constructorName(o)
	if of, ok := in.goSide(o).(inspectable); ok {
		return in.write(cut(of.inspect(name), maxInspectString))
	}
	sh, symbols := in.shape(o, level), in.symbols(o)
	head := sh.base
	if head == "" {
		head = strings.TrimSpace(in.prefix(o, sh, name, known))
	}
	in.write(head)
	if sh.items == nil && len(sh.keys)+len(sh.hidden)+len(symbols) == 0 {
		switch {
		case sh.array:
			return strings.TrimSpace(head + " []")
		case sh.base != "":
			return head
		}
		return strings.TrimSpace(head + " {}")
	}
	if level > in.depth {
		if name == "" {
			name = sh.kind
		}
		return in.write("[" + name + "]")
	}
	in.deepest = level
	var out []string
	if sh.items != nil {
		out = sh.items()
	}
	return in.join(head, sh.array, in.properties(out, o, sh, symbols, level), level)
}

// goSide returns what a built-in of this package keeps in o, or nil.
func (in *inspector) goSide(o *goja.Object) any {
	if o.ExportType().Implements(inspectableType) {
		return o.Export()
	}
	if p, _ := in.reader().own(o, stateKey); isObject(p.value) && p.value.ExportType().Implements(inspectableType) {
		return p.value.Export()
	}
	return nil
}

// prefix is what stands before the braces of o: its class, its size, its tag.
func (in *inspector) prefix(o *goja.Object, sh shape, name string, known bool) string {
	tag := ""
	if p, _ := in.reader().lookup(o, goja.SymToStringTag); p.value != nil && goja.IsString(p.value) {
		if t := clip(p.value.(goja.String), maxName); t != "" && t != name {
			tag = " [" + t + "]"
		}
	}
	switch {
	case !known:
		return "[" + sh.kind + sh.size + ": null prototype]" + tag
	case name == "":
		name = sh.kind
	}
	if sh.plain && name == sh.kind && tag == "" {
		return ""
	}
	return name + sh.size + tag
}

// constructorName returns the name of o's class. It is "" behind a Proxy, and unknown of an
// object that inherits from no class.
func (in *inspector) constructorName(o *goja.Object) (name string, known bool) {
	rd := in.reader()
	key := rd.rt.ToValue("constructor")
	for p, n := o, 0; p != nil; p, n = p.Prototype(), n+1 {
		if isProxy(p) || n == maxPrototypes {
			return "", true
		}
		c, ok := rd.own(p, key)
		if !ok {
			continue
		}
		f, ok := c.value.(*goja.Object)
		if !ok || isProxy(f) || !isFunction(f) {
			continue
		}
		if name := rd.name(f); name != "" && rd.isInstance(o, f) {
			return name, true
		}
	}
	return "", false
}

// keys returns the names of o's enumerable properties. One large object may be met often.
func (in *inspector) keys(o *goja.Object) []string {
	keys, ok := in.manyKeys[o]
	if !ok {
		if keys = o.Keys(); len(keys) > maxInspectItems {
			in.remember(o, keys)
		}
	}
	return keys
}

// arrayKeys is keys for an array, of which it returns only the first few if it is long.
func (in *inspector) arrayKeys(o *goja.Object, length int64) []string {
	if length <= 10*maxInspectItems || !in.reader().isPlainChain(o) {
		return in.keys(o)
	}
	keys, ok := in.manyKeys[o]
	if !ok {
		keys = in.rd.names(o, maxInspectItems+1)
		in.remember(o, keys)
	}
	return keys
}

func (in *inspector) remember(o *goja.Object, keys []string) {
	if in.manyKeys == nil {
		in.manyKeys = map[*goja.Object][]string{}
	}
	in.manyKeys[o] = keys
}

// symbols returns o's enumerable properties that have a symbol for a name.
func (in *inspector) symbols(o *goja.Object) []*goja.Symbol {
	symbols, ok := in.manySymbols[o]
	if !ok {
		if symbols = o.Symbols(); len(symbols) > maxInspectItems {
			if in.manySymbols == nil {
				in.manySymbols = map[*goja.Object][]*goja.Symbol{}
			}
			in.manySymbols[o] = symbols
		}
	}
	return symbols
}

// properties appends to out what is shown of o's properties.
func (in *inspector) properties(out []string, o *goja.Object, sh shape, symbols []*goja.Symbol, level int) []string {
	rd := in.reader()
	for i, key := range sh.keys {
		if i >= maxInspectItems || in.left <= 0 {
			return append(out, "... "+count(int64(len(sh.keys)-i), "more property", "more properties"))
		}
		out = append(out, in.property(o, rd.rt.ToValue(key), propertyName(key), level))
	}
	for _, key := range sh.hidden {
		out = append(out, in.property(o, rd.rt.ToValue(key), "["+key+"]", level))
	}
	for i, sym := range symbols {
		if i >= maxInspectItems || in.left <= 0 {
			return append(out, "... "+count(int64(len(symbols)-i), "more symbol", "more symbols"))
		}
		out = append(out, in.property(o, sym, "["+primitive(sym)+"]", level))
	}
	return out
}

// property describes o's own property key under the name label.
func (in *inspector) property(o *goja.Object, key goja.Value, label string, level int) string {
	return in.write(label+": ") + in.propertyValue(o, key, level)
}

// propertyValue describes the value of o's own property key, or its accessors.
func (in *inspector) propertyValue(o *goja.Object, key goja.Value, level int) string {
	p, _ := in.reader().own(o, key)
	switch {
	case p.get && p.set:
		return in.write("[Getter/Setter]")
	case p.get:
		return in.write("[Getter]")
	case p.set:
		return in.write("[Setter]")
	}
	return in.value(p.value, level+1)
}

// propertyName writes the name of a property, in quotes unless it is an identifier.
func propertyName(name string) string {
	name = cut(name, maxName)
	identifier := name != "" && (name[0] < '0' || name[0] > '9')
	for _, c := range name {
		identifier = identifier && (c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
	}
	if identifier {
		return name
	}
	return quote(name, 0)
}

// count writes n with the word for one or for many.
func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatInt(n, 10) + " " + many
}
