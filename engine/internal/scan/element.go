package scan

import "strings"

// JSX: elements in expressions, with expressions in them.

// element reports whether a < that was just read, where an operand may stand, begins an element. In
// TypeScript it may also begin the parameters of a type: <T,>(x: T) => x, or <T extends U>.
func (s *scan) element() bool {
	rest := strings.TrimLeft(s.text[s.at:min(len(s.text), s.at+256)], " \t\r\n")
	if rest == "" {
		return false
	}
	if rest[0] == '>' {
		return true
	}
	name := 0
	for name < len(rest) && isLetter(rest[name]) {
		name++
	}
	if name == 0 {
		return false
	}
	if rest[:name] == "const" && s.Types {
		return false
	}
	after := strings.TrimLeft(rest[name:], " \t\r\n")
	if !s.Types || !strings.HasPrefix(after, ",") && !strings.HasPrefix(after, "extends") {
		return true
	}
	after = strings.TrimLeft(strings.TrimPrefix(after, "extends"), " \t\r\n")
	return after != "" && (after[0] == '=' || after[0] == '>' || after[0] == '/') // an attribute of that name
}

// tag takes a piece of what stands between < and >.
func (s *scan) tag() {
	l := s.top()
	b := s.text[s.at]
	before := s.last
	s.at++
	if b > ' ' {
		s.last = b
	}
	switch b {
	case '"', '\'':
		s.skipTo(string(b))
	case '{':
		s.push(level{kind: '{'})
		s.operand, s.newline, s.word = false, false, ""
	case '/':
		switch {
		case s.follows("/"):
			s.skipTo("\n")
		case s.follows("*"):
			s.skipTo("*/")
		case strings.HasPrefix(strings.TrimLeft(s.text[s.at:], " \t\r\n"), ">"):
			s.skipTo(">")
			s.endElement()
		}
	case '<':
		if before == '=' { // an attribute that is an element
			s.push(level{kind: '<', inTag: true})
			return
		}
		s.add(&l.angles, 1) // of types
	case '>':
		if l.angles > 0 {
			s.add(&l.angles, -1)
			return
		}
		l.inTag = false
	case '(', '[': // of types
		s.link(1)
	}
}

// children takes the text up to an element, an expression or the end.
func (s *scan) children() {
	i := strings.IndexAny(s.text[s.at:], "<{")
	if i < 0 {
		s.at = len(s.text)
		return
	}
	s.at += i + 1
	switch {
	case s.text[s.at-1] == '{':
		s.push(level{kind: '{'})
		s.last, s.operand, s.newline, s.word = '(', false, false, ""
	case strings.HasPrefix(strings.TrimLeft(s.text[s.at:], " \t\r\n"), "/"):
		s.skipTo(">")
		s.endElement()
	default:
		s.last = '<'
		s.push(level{kind: '<', inTag: true})
	}
}

func (s *scan) endElement() {
	s.pop()
	s.last, s.word, s.operand, s.newline = '>', "", true, false
}
