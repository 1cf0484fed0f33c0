package mend

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/unistring"
)

// The interpreter's parser fails on \u{10FFFF}: it takes escapes of characters only up to the one before
// the last. So it is given another character that the text does not have, which becomes the last one
// again in the tree: in strings, in templates and what is raw of them, in regular expressions, and in
// the text of functions. Nothing moves.

// lastRuneEscape finds it with all the backslashes before it: after one of them, it is text.
var lastRuneEscape = regexp.MustCompile(`\\+u\{0*10[fF]{4}\}`)

// StandIn is the character that stands for the last one: U+10FFF0 and this.
type StandIn struct {
	original string
	digit    byte // a, b, c, d or e
	escape   *regexp.Regexp
}

// other returns an escape with another last digit, which is written as large as the one before.
func other(escape string, digit byte) string {
	last := len(escape) - len("f}")
	return escape[:last] + string(digit&^0x20|escape[last]&0x20) + "}"
}

// HideLast replaces the escapes of the last character, if there are any. It returns nil if not, or
// if the text has all that could stand for it.
func HideLast(text string) (string, *StandIn) {
	if !strings.Contains(text, `\u{`) || !lastRuneEscape.MatchString(text) {
		return text, nil
	}
	lower := strings.ToLower(text)
	for _, digit := range []byte("edcba") {
		d := string(digit)
		if strings.Contains(lower, "10fff"+d) || strings.Contains(lower, "dff"+d) || strings.ContainsRune(text, (&StandIn{digit: digit}).rune()) {
			continue
		}
		s := &StandIn{text, digit, regexp.MustCompile(`\\u\{0*10[fF]{3}[` + d + strings.ToUpper(d) + `]\}`)}
		return lastRuneEscape.ReplaceAllStringFunc(text, func(e string) string {
			if strings.IndexByte(e, 'u')%2 == 0 {
				return e
			}
			return other(e, digit)
		}), s
	}
	return text, nil
}

func (s *StandIn) rune() rune {
	return 0x10fff0 + 10 + rune(s.digit-'a')
}

// Restore puts the last character back, everywhere in a tree, which is that of the text in which it was
// replaced.
func (s *StandIn) Restore(p *ast.Program) { s.restore(reflect.ValueOf(p), map[any]bool{}) }

func (s *StandIn) restore(v reflect.Value, seen map[any]bool) {
	switch v.Kind() {
	case reflect.Interface:
		s.restore(v.Elem(), seen)
	case reflect.Pointer:
		if v.IsNil() || v.Type().Elem().PkgPath() != treePackage || seen[v.Interface()] {
			return
		}
		seen[v.Interface()] = true
		s.restore(v.Elem(), seen)
		s.restoreSource(v.Interface())
	case reflect.Slice:
		for i := range v.Len() {
			s.restore(v.Index(i), seen)
		}
	case reflect.Struct:
		if v.Type().PkgPath() != treePackage {
			return
		}
		for i := range v.NumField() {
			s.restore(v.Field(i), seen)
		}
	case reflect.String:
		if !v.CanSet() {
			return
		}
		if text, ok := v.Interface().(unistring.String); ok {
			if units := text.AsUtf16(); units != nil {
				v.Set(reflect.ValueOf(unistring.FromUtf16(s.units(units))))
			}
		} else {
			v.SetString(s.escape.ReplaceAllStringFunc(v.String(), func(e string) string { return other(e, 'f') }))
		}
	}
}

// restoreSource gives a function or a class its text, which is a part of the whole.
func (s *StandIn) restoreSource(node any) {
	part := func(at file.Idx, length int) string { return s.original[at-1:][:length] }
	switch n := node.(type) {
	case *ast.FunctionLiteral:
		n.Source = part(n.Function, len(n.Source))
	case *ast.ArrowFunctionLiteral:
		n.Source = part(n.Start, len(n.Source))
	case *ast.ClassLiteral:
		n.Source = part(n.Class, len(n.Source))
	case *ast.ClassStaticBlock:
		n.Source = part(n.Block.LeftBrace, len(n.Source))
	}
}

// units puts it back in the value of a string.
func (s *StandIn) units(text []uint16) []uint16 {
	first, second := utf16.EncodeRune(s.rune())
	text = slices.Clone(text)
	for i := 1; i < len(text); i++ {
		if text[i-1] == uint16(first) && text[i] == uint16(second) {
			text[i] = 0xdfff
		}
	}
	return text
}
