package module

import (
	"encoding/hex"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// shape finds out what o is, which goja tells by its class and by the type of its export.
func (in *inspector) shape(o *goja.Object, level int) shape {
	typ := o.ExportType()
	switch o.ClassName() {
	case "Array":
		return in.arrayShape(o, "Array", level)
	case "Arguments":
		sh := in.arrayShape(o, "Arguments", level)
		sh.base = "[Arguments]"
		return sh
	case "Error":
		return in.errorShape(o)
	case "RegExp":
		return shape{kind: "RegExp", base: in.regexpText(o), keys: in.keys(o)}
	case "Date":
		return shape{kind: "Date", base: dateText(o), keys: in.keys(o)}
	case "String":
		s := in.reader().call("stringOf", o).(goja.String)
		return shape{kind: "String", base: "[String: " + quote(clipped(s, min(maxInspectString, in.left))) + "]"}
	case "Number", "Boolean":
		v := in.reader().rt.ToValue(o.Export())
		return shape{kind: o.ClassName(), base: "[" + o.ClassName() + ": " + primitive(v) + "]", keys: in.keys(o)}
	}
	switch {
	case typ == functionType || typ == classType:
		return shape{kind: "Function", base: in.functionText(o), keys: in.keys(o)}
	case typ == mapType:
		return in.mapShape(o, level)
	case typ == setType:
		return in.setShape(o, level)
	case typ == promiseType:
		return in.promiseShape(o, level)
	case typ == arrayBufferType:
		return in.arrayBufferShape(o)
	case typ.Kind() == reflect.Slice:
		return in.typedArrayShape(o, level)
	case typ.Kind() == reflect.String:
		return shape{kind: "Symbol", base: "[Symbol: Symbol(" + cut(o.Export().(string), maxName) + ")]", keys: in.keys(o)}
	case typ == bigIntType:
		v := in.reader().rt.ToValue(o.Export().(*big.Int))
		return shape{kind: "BigInt", base: "[BigInt: " + primitive(v) + "]", keys: in.keys(o)}
	}
	return shape{kind: "Object", plain: true, keys: in.keys(o)}
}

// arrayShape is the shape of an array. Its keys are those that are no index.
func (in *inspector) arrayShape(o *goja.Object, kind string, level int) shape {
	rd := in.reader()
	var length int64
	if p, _ := rd.own(o, rd.rt.ToValue("length")); p.value != nil && goja.IsNumber(p.value) {
		length = p.value.ToInteger()
	}
	var indexes []int64
	sh := shape{kind: kind, plain: true, array: true, size: "(" + strconv.FormatInt(length, 10) + ")"}
	for _, key := range in.arrayKeys(o, length) {
		if i, err := strconv.ParseUint(key, 10, 32); err == nil && int64(i) < length {
			indexes = append(indexes, int64(i))
		} else {
			sh.keys = append(sh.keys, key)
		}
	}
	if length > 0 {
		sh.items = func() []string { return in.arrayItems(o, length, indexes, level) }
	}
	return sh
}

// arrayItems describes the items of o at indexes, and the holes between them.
func (in *inspector) arrayItems(o *goja.Object, length int64, indexes []int64, level int) (out []string) {
	next := int64(0)
	hole := func(to int64) {
		if to > next {
			out = append(out, in.write("<"+count(to-next, "empty item", "empty items")+">"))
			next = to
		}
	}
	for _, i := range indexes {
		if hole(i); len(out) >= maxInspectItems || in.left <= 0 {
			return append(out, "... "+count(length-next, "more item", "more items"))
		}
		out = append(out, in.propertyValue(o, in.rd.rt.ToValue(strconv.FormatInt(i, 10)), level))
		next = i + 1
	}
	hole(length)
	return out
}

// typedArrayShape is the shape of a typed array, whose items are plain numbers.
func (in *inspector) typedArrayShape(o *goja.Object, level int) shape {
	kind := in.reader().typedArrayKind(o)
	if kind == "" {
		return shape{kind: "Object", plain: true}
	}
	length := in.rd.call("length", o).ToInteger()
	sh := shape{kind: kind, array: true, size: "(" + strconv.FormatInt(length, 10) + ")"}
	if length > 0 {
		sh.items = func() (out []string) {
			for i := range length {
				if i >= maxInspectItems || in.left <= 0 {
					return append(out, "... "+count(length-i, "more item", "more items"))
				}
				out = append(out, in.value(o.Get(strconv.FormatInt(i, 10)), level+1))
			}
			return out
		}
	}
	return sh
}

func (in *inspector) mapShape(o *goja.Object, level int) shape {
	size := in.reader().call("mapSize", o).ToInteger()
	return shape{kind: "Map", size: "(" + strconv.FormatInt(size, 10) + ")", keys: in.keys(o),
		items: in.list(size, func() (out []string) {
			for _, entry := range in.rd.entries(o, maxInspectItems) {
				if in.left <= 0 {
					break
				}
				key := in.value(entry[0], level+1)
				out = append(out, key+in.write(" => ")+in.value(entry[1], level+1))
			}
			return out
		})}
}

func (in *inspector) setShape(o *goja.Object, level int) shape {
	size := in.reader().call("setSize", o).ToInteger()
	return shape{kind: "Set", size: "(" + strconv.FormatInt(size, 10) + ")", keys: in.keys(o),
		items: in.list(size, func() (out []string) {
			for _, item := range in.rd.values(o, maxInspectItems) {
				if in.left <= 0 {
					break
				}
				out = append(out, in.value(item, level+1))
			}
			return out
		})}
}

// list makes the items of a shape with size of them, given what writes the first ones.
func (in *inspector) list(size int64, first func() []string) func() []string {
	if size == 0 {
		return nil
	}
	return func() []string {
		out := first()
		if n := size - int64(len(out)); n > 0 {
			out = append(out, "... "+count(n, "more item", "more items"))
		}
		return out
	}
}

func (in *inspector) promiseShape(o *goja.Object, level int) shape {
	p := o.Export().(*goja.Promise)
	return shape{kind: "Promise", keys: in.keys(o), items: func() []string {
		switch p.State() {
		case goja.PromiseStatePending:
			return []string{in.write("<pending>")}
		case goja.PromiseStateRejected:
			return []string{in.write("<rejected> ") + in.value(p.Result(), level+1)}
		}
		return []string{in.value(p.Result(), level+1)}
	}}
}

func (in *inspector) arrayBufferShape(o *goja.Object) shape {
	const shown = 50
	return shape{kind: "ArrayBuffer", keys: in.keys(o), items: func() []string {
		buf := o.Export().(goja.ArrayBuffer)
		if buf.Detached() {
			return []string{"(detached)", "byteLength: 0"}
		}
		b := buf.Bytes()
		var text strings.Builder
		for i, c := range b[:min(len(b), shown)] {
			if i > 0 {
				text.WriteByte(' ')
			}
			text.WriteString(hex.EncodeToString([]byte{c}))
		}
		if n := len(b) - shown; n > 0 {
			text.WriteString(" ... " + count(int64(n), "more byte", "more bytes"))
		}
		return []string{"[Uint8Contents]: <" + text.String() + ">", "byteLength: " + strconv.Itoa(len(b))}
	}}
}

// functionText describes a function or class.
func (in *inspector) functionText(f *goja.Object) string {
	rd := in.reader()
	name := rd.name(f)
	if f.ExportType() == classType {
		text := "[class " + name
		if name == "" {
			text += "(anonymous)"
		}
		if parent := f.Prototype(); parent != nil && !isProxy(parent) {
			if of := rd.name(parent); of != "" {
				text += " extends " + of
			}
		}
		return text + "]"
	}
	kind := "Function"
	if p, _ := rd.lookup(f, goja.SymToStringTag); p.value != nil && goja.IsString(p.value) {
		kind = clip(p.value.(goja.String), maxName)
	}
	if name == "" {
		return "[" + kind + " (anonymous)]"
	}
	return "[" + kind + ": " + name + "]"
}

// regexpText writes a regular expression as a literal.
func (in *inspector) regexpText(o *goja.Object) string {
	rd := in.reader()
	return "/" + clip(rd.call("source", o).(goja.String), maxInspectString) + "/" + rd.flags(o)
}

// dateText writes a date as toISOString does.
func dateText(o *goja.Object) string {
	t, ok := o.Export().(time.Time)
	if !ok {
		return "Invalid Date"
	}
	t = t.UTC()
	year := strconv.Itoa(t.Year())
	if t.Year() < 0 || t.Year() > 9999 {
		return "[Date of the year " + year + "]"
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}
