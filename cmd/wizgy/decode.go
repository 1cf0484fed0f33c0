package main

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// decoder puts the values of a TOML document into options.
type decoder struct {
	*tomlDocument
	folder   string // of the file
	complain func(path, format string, args ...any)
}

// decode sets target, which is addressable, to value, and complains where value is of a wrong
// type.
func (d *decoder) decode(path string, value any, target reflect.Value) {
	wrong := func(what string) { d.complain(path, "must be %s, got %s", what, describe(value)) }
	switch t := target.Addr().Interface().(type) {
	case *time.Duration:
		s, _ := value.(string)
		v, err := time.ParseDuration(s)
		if err != nil {
			wrong(`a duration in quotes, such as "30s"`)
		}
		*t = v
	case *fallbackPage:
		switch value.(type) {
		case string, bool:
			_ = t.set(value)
		default:
			wrong(`true, or the name of a file in quotes, such as "app.html"`)
		}
	case *fileName:
		name, ok := value.(string)
		if !ok {
			wrong(`the name of a file in quotes, such as "site.pem"`)
		}
		t.set(name, d.folder)
	case *socketMode:
		text, ok := value.(string)
		if !ok {
			wrong(`a mode in quotes, such as "660"`)
		} else if err := t.UnmarshalText([]byte(text)); err != nil {
			d.complain(path, "%v", err)
		}
	case *byteSize, *memoryLimit:
		switch v := value.(type) {
		case string, int64:
			if err := t.(encoding.TextUnmarshaler).UnmarshalText([]byte(fmt.Sprint(v))); err != nil {
				d.complain(path, "%v", err)
			}
		default:
			wrong(`a size in quotes, such as "10MiB", or a number of bytes`)
		}
	default:
		d.decodeKind(path, value, target, wrong)
	}
}

// decodeKind is decode for options whose type has no rules of its own.
func (d *decoder) decodeKind(path string, value any, target reflect.Value, wrong func(what string)) {
	switch target.Kind() {
	case reflect.String:
		v, ok := value.(string)
		if !ok {
			wrong("text in quotes")
			return
		}
		target.SetString(v)
	case reflect.Bool:
		v, ok := value.(bool)
		if !ok {
			wrong("true or false")
			return
		}
		target.SetBool(v)
	case reflect.Int:
		v, ok := value.(int64)
		if !ok || target.OverflowInt(v) {
			wrong("a whole number")
			return
		}
		target.SetInt(v)
	case reflect.Map:
		d.decodeMap(path, value, target)
	case reflect.Slice:
		d.decodeList(path, value, target)
	default:
		panic(fmt.Sprintf("option %s: no way to read a %s from TOML", path, target.Type()))
	}
}

// decodeMap is for tables whose names are free, and whose values are strings.
func (d *decoder) decodeMap(path string, value any, target reflect.Value) {
	table, ok := value.(map[string]any)
	if !ok {
		d.complain(path, "must be a table, such as { NAME = \"value\" }, got %s", describe(value))
		return
	}
	target.Set(reflect.MakeMap(target.Type()))
	for _, name := range slices.Sorted(maps.Keys(table)) {
		v := reflect.New(target.Type().Elem()).Elem()
		d.decode(path+"."+name, table[name], v)
		target.SetMapIndex(reflect.ValueOf(name), v)
	}
}

// decodeList is for lists of tables whose keys are the fields of a struct. An element that is
// text is read as it would be on a command line.
func (d *decoder) decodeList(path string, value any, target reflect.Value) {
	list, ok := value.([]any)
	place := func(i int) string { return fmt.Sprintf("%s[%d]", path, i) }
	if text, isText := value.(string); isText && mayBeText(target) {
		list, ok = splitText(text), true
		place = func(int) string { return path }
	}
	if !ok {
		what := fmt.Sprintf("a list of tables, each with [[%s]] above it", path)
		switch {
		case mayBeText(target):
			what = "a text in quotes, or a list of such texts"
		case target.Type().Elem().Kind() == reflect.String:
			what = "a list of names in quotes"
		}
		d.complain(path, "must be %s, got %s", what, describe(value))
		return
	}
	target.Set(reflect.MakeSlice(target.Type(), len(list), len(list)))
	for i, value := range list {
		element, path := target.Index(i), place(i)
		switch v := value.(type) {
		case map[string]any:
			if element.Kind() != reflect.Struct {
				d.complain(path, "must be %s, got a table", elementOf(target))
				break
			}
			d.decodeTable(path, v, element)
		case string:
			if err := element.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(v)); err != nil {
				d.complain(path, "%v", err)
			}
			if file, ok := element.Addr().Interface().(interface{ relativeTo(folder string) }); ok {
				file.relativeTo(d.folder)
			}
		default:
			d.complain(path, "must be %s, got %s", elementOf(target), describe(value))
		}
	}
}

// mayBeText reports whether a text stands for a list of those that it has between its commas.
func mayBeText(target reflect.Value) bool {
	_, ok := target.Addr().Interface().(interface{ mayBeText() })
	return ok
}

func splitText(text string) (list []any) {
	for entry := range strings.SplitSeq(text, ",") {
		list = append(list, strings.TrimSpace(entry))
	}
	return list
}

// elementOf says what the elements of a list are.
func elementOf(list reflect.Value) string {
	if list.Type().Elem().Kind() == reflect.String {
		return "a name in quotes"
	}
	return "a table"
}

func (d *decoder) decodeTable(path string, table map[string]any, target reflect.Value) {
	fields := map[string]reflect.Value{}
	for i := range target.NumField() {
		fields[strings.ToLower(target.Type().Field(i).Name)] = target.Field(i)
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if field, ok := fields[key]; ok {
			d.decode(path+"."+key, table[key], field)
			continue
		}
		d.complain(path+"."+key, "is no key of %s: did you mean %s?", lastKey(path), nearest(key, slices.Sorted(maps.Keys(fields))))
	}
}

// describe says what a TOML value is.
func describe(value any) string {
	switch v := value.(type) {
	case string:
		return fmt.Sprintf("the text %q", v)
	case bool:
		return fmt.Sprint(v)
	case int64, float64:
		return fmt.Sprintf("the number %v", v)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return fmt.Sprintf("the date %v", value)
}
