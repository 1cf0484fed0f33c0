package natives

import (
	"fmt"
	"strings"
)

// MaxNesting is how deep brackets may be nested in JavaScript, and MaxChain how many operators
// an expression may have without a comma or a semicolon: a + b + c is nested, too, and so are
// else if; of arrow functions in one another, there may be MaxArrows. A level takes up to 10 KB of a stack that may have 1 GB.
const (
	MaxNesting = 2000
	MaxChain   = 25000
	MaxArrows  = 1000
)

// Nesting returns what is wrong with the nesting of a JavaScript text, or "". It tells strings,
// comments and regular expressions from the rest as well as that is possible without parsing.
func Nesting(text string) string {
	s := scan{text: text}
	for s.at < len(text) && s.wrong == "" {
		s.step()
	}
	return s.wrong
}

// scan goes through a text.
type scan struct {
	text      string
	at        int
	depth     int
	chain     int
	templates []int // the depths at which the ${ of open templates stand
	last      byte  // the last byte that was no space
	wrong     string
}

func (s *scan) step() {
	b := s.text[s.at]
	s.at++
	switch b {
	case ' ', '\t', '\r', '\n':
		return
	case '"', '\'':
		s.quoted(b)
	case '`':
		s.template()
	case '/':
		s.slash()
		return
	case '(', '[', '{':
		s.open()
	case ')', ']', '}':
		s.close(b)
	case ';', ',':
		s.chain = 0
	case '>':
		if s.last == '=' { // of =>, which esbuild takes the cube of their number for
			s.chain += MaxChain / MaxArrows
		}
		s.link()
	case '!', '~', '+', '-', '*', '%', '&', '|', '^', '<', '=', '?', ':', '.':
		s.link()
	default:
		s.word(b)
	}
	s.last = b
}

func (s *scan) open() {
	if s.depth++; s.depth > MaxNesting {
		s.wrong = fmt.Sprintf("brackets are nested more than %d deep", MaxNesting)
	}
	s.link()
}

// close ends a bracket, or the ${ of a template, whose text goes on.
func (s *scan) close(b byte) {
	s.depth = max(s.depth-1, 0)
	if n := len(s.templates); n > 0 && b == '}' && s.templates[n-1] == s.depth {
		s.templates = s.templates[:n-1]
		s.template()
	}
}

// link counts what may be one level more.
func (s *scan) link() {
	if s.chain++; s.chain > MaxChain {
		s.wrong = fmt.Sprintf("an expression goes on for more than %d operators without a comma or a semicolon", MaxChain)
	}
}

// nesting are the words after which something stands that is nested in what went before.
var nesting = map[string]bool{"typeof": true, "void": true, "delete": true, "new": true, "await": true,
	"yield": true, "else": true, "do": true, "in": true, "of": true, "instanceof": true, "extends": true}

func (s *scan) word(b byte) {
	start := s.at - 1
	for s.at < len(s.text) && isLetter(s.text[s.at]) {
		s.at++
	}
	if b >= 'a' && b <= 'z' && s.at-start < 11 && nesting[s.text[start:s.at]] {
		s.link()
	}
}

func isLetter(b byte) bool {
	return b == '_' || b == '$' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80
}

// quoted skips a string, which ends with its line at the latest.
func (s *scan) quoted(mark byte) {
	for ; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.at++
		case mark:
			s.at++
			return
		case '\n':
			return
		}
	}
}

// template skips the text of a template, up to its end or the next ${.
func (s *scan) template() {
	for ; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.at++
		case '`':
			s.at++
			return
		case '$':
			if strings.HasPrefix(s.text[s.at:], "${") {
				s.at += 2
				s.templates = append(s.templates, s.depth)
				s.open()
				return
			}
		}
	}
}

// slash skips a comment or a regular expression; otherwise it is a division.
func (s *scan) slash() {
	rest := s.text[s.at:]
	switch {
	case strings.HasPrefix(rest, "/"):
		s.skipTo("\n")
	case strings.HasPrefix(rest, "*"):
		s.skipTo("*/")
	case s.last == 0 || strings.IndexByte("(,=:[!&|?{};+-*%<>~^", s.last) >= 0:
		s.pattern()
		s.last = '/'
	default:
		s.link()
		s.last = '/'
	}
}

func (s *scan) skipTo(end string) {
	if i := strings.Index(s.text[s.at:], end); i >= 0 {
		s.at += i + len(end)
	} else {
		s.at = len(s.text)
	}
}

// pattern skips a regular expression, which ends with its line at the latest.
func (s *scan) pattern() {
	for class := false; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.at++
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				s.at++
				return
			}
		case '\n':
			return
		}
	}
}
