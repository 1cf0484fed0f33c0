package wording

import (
	"fmt"
	"unicode/utf16"
)

// jsonError says what is wrong with a text that is no JSON, and where, in UTF-16 units from 0.
func jsonError(text string) (message string) {
	switch text {
	case "undefined", "NaN", "Infinity", "[object Object]":
		return `"` + text + `" is not valid JSON`
	}
	s := jsonScanner{text: utf16.Encode([]rune(text))}
	defer func() {
		switch found := recover().(type) {
		case nil:
		case jsonFault:
			message = string(found)
		default:
			panic(found)
		}
	}()
	s.space()
	s.value()
	s.space()
	if s.at < len(s.text) {
		panic(jsonFault(fmt.Sprintf("Unexpected non-whitespace character after JSON at position %d", s.at)))
	}
	return ""
}

// jsonFault ends the scan.
type jsonFault string

type jsonScanner struct {
	text  []uint16
	at    int
	depth int
}

// jsonDepth is how deep a text is looked into: it is read by recursion, and a stack that is full ends
// the process.
const jsonDepth = 5000

// next is the character that comes next, 0 at the end.
func (s *jsonScanner) next() uint16 {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *jsonScanner) ended() bool { return s.at >= len(s.text) }

func (s *jsonScanner) fail(what string) {
	panic(jsonFault(fmt.Sprintf("%s in JSON at position %d", what, s.at)))
}

// around is how many characters of a long text are shown before and after the fault.
const around = 10

// unexpected complains of what comes next, where a value should be.
func (s *jsonScanner) unexpected() {
	if s.ended() {
		panic(jsonFault("Unexpected end of JSON input"))
	}
	c := s.next()
	switch {
	case c == '-' || isDigit(c):
		s.fail("Unexpected number")
	case c == '"':
		s.fail("Unexpected string")
	}
	from, to, before, after := 0, len(s.text), "", ""
	if len(s.text) > 2*around {
		if s.at >= around {
			from, before = s.at-around, "..."
		}
		if s.at < len(s.text)-around {
			to, after = s.at+around, "..."
		}
	}
	show := func(units []uint16) string { return string(utf16.Decode(units)) }
	panic(jsonFault(fmt.Sprintf(`Unexpected token '%s', %s"%s"%s is not valid JSON`, show(s.text[s.at:s.at+1]), before, show(s.text[from:to]), after)))
}

func (s *jsonScanner) space() {
	for c := s.next(); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = s.next() {
		s.at++
	}
}

func (s *jsonScanner) value() {
	if s.depth++; s.depth > jsonDepth {
		panic(jsonFault("")) // what was said before remains
	}
	switch c := s.next(); {
	case c == '{':
		s.object()
	case c == '[':
		s.array()
	case c == '"':
		s.string()
	case c == '-' || isDigit(c):
		s.number()
	case c == 't':
		s.word("true")
	case c == 'f':
		s.word("false")
	case c == 'n':
		s.word("null")
	default:
		s.unexpected()
	}
	s.depth--
}

func (s *jsonScanner) word(w string) {
	for i := range len(w) {
		if s.next() != uint16(w[i]) {
			s.unexpected()
		}
		s.at++
	}
}

func (s *jsonScanner) object() {
	s.at++
	s.space()
	for first := true; ; first = false {
		switch {
		case first && s.next() == '}':
			s.at++
			return
		case s.next() != '"' && first:
			s.fail("Expected property name or '}'")
		case s.next() != '"':
			s.fail("Expected double-quoted property name")
		}
		s.string()
		s.space()
		if s.next() != ':' {
			s.fail("Expected ':' after property name")
		}
		s.at++
		s.space()
		s.value()
		s.space()
		switch s.next() {
		case '}':
			s.at++
			return
		case ',':
			s.at++
			s.space()
		default:
			s.fail("Expected ',' or '}' after property value")
		}
	}
}

func (s *jsonScanner) array() {
	s.at++
	s.space()
	if s.next() == ']' {
		s.at++
		return
	}
	for {
		s.value()
		s.space()
		switch s.next() {
		case ']':
			s.at++
			return
		case ',':
			s.at++
			s.space()
		default:
			s.fail("Expected ',' or ']' after array element")
		}
	}
}

func (s *jsonScanner) string() {
	for s.at++; s.next() != '"'; s.at++ {
		switch c := s.next(); {
		case s.ended():
			s.fail("Unterminated string")
		case c < ' ':
			s.fail("Bad control character in string literal")
		case c == '\\':
			s.at++
			s.escape()
		}
	}
	s.at++
}

func (s *jsonScanner) escape() {
	switch s.next() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
	case 'u':
		for range 4 {
			s.at++
			if !isHex(s.next()) {
				s.fail("Bad Unicode escape")
			}
		}
	default:
		if s.ended() {
			s.fail("Unterminated string")
		}
		s.fail("Bad escaped character")
	}
}

func (s *jsonScanner) number() {
	if s.next() == '-' {
		s.at++
		if !isDigit(s.next()) {
			s.fail("No number after minus sign")
		}
	}
	if s.next() == '0' {
		if s.at++; isDigit(s.next()) {
			s.fail("Unexpected number")
		}
	}
	s.digits()
	if s.next() == '.' {
		s.at++
		if !isDigit(s.next()) {
			s.fail("Unterminated fractional number")
		}
		s.digits()
	}
	if c := s.next(); c == 'e' || c == 'E' {
		s.at++
		if c := s.next(); c == '+' || c == '-' {
			s.at++
		}
		if !isDigit(s.next()) {
			s.fail("Exponent part is missing a number")
		}
		s.digits()
	}
}

func (s *jsonScanner) digits() {
	for isDigit(s.next()) {
		s.at++
	}
}

func isDigit(c uint16) bool { return c >= '0' && c <= '9' }

func isHex(c uint16) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
