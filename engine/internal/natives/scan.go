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
	chain     int   // operators since the last comma or semicolon, inside this bracket
	outer     []int // the same for each bracket around it
	sum       int   // of outer
	templates []int // the depths at which the ${ of open templates stand
	last      byte  // the last byte that was no space
	wrong     string
}

func (s *scan) step() {
	b := s.text[s.at]
	s.at++
	switch b {
	case '\n':
		s.line()
		return
	case ' ', '\t', '\r':
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
	case '<', '>', '=':
		s.angle(b)
	case '!', '~', '+', '-', '*', '%', '&', '|', '^', '?', ':', '.':
		s.link(1)
	default:
		if s.word(b) {
			b = '+' // something has to follow
		}
	}
	s.last = b
}

func (s *scan) open() {
	if len(s.outer) >= MaxNesting {
		s.wrong = fmt.Sprintf("brackets are nested more than %d deep", MaxNesting)
	}
	if s.last == ')' || s.last == ']' { // f()()() is nested, too
		s.link(1)
	}
	s.outer = append(s.outer, s.chain)
	s.sum += s.chain
	s.chain = 0
}

// close ends a bracket, or the ${ of a template, whose text goes on.
func (s *scan) close(b byte) {
	n := len(s.outer)
	if n == 0 {
		return
	}
	s.chain = s.outer[n-1]
	s.outer = s.outer[:n-1]
	s.sum -= s.chain
	if t := len(s.templates); t > 0 && b == '}' && s.templates[t-1] == n-1 {
		s.templates = s.templates[:t-1]
		s.template()
	}
}

// link counts what may be so many levels more.
func (s *scan) link(n int) {
	if s.chain += n; s.sum+s.chain > MaxChain {
		s.wrong = fmt.Sprintf("an expression goes on for more than %d operators without a comma or a semicolon", MaxChain)
	}
}

// angle takes what may be an operator or a tag.
func (s *scan) angle(b byte) {
	var next byte
	if s.at < len(s.text) {
		next = s.text[s.at]
	}
	switch {
	case b == '<' && next == '/': // </a> ends what <a> began
		s.at++
		s.chain = max(s.chain-3, 0)
	case b == '=' && (next == '"' || next == '\'' || next == '{'): // an attribute, or not nested
	case b == '>' && s.last == '=': // esbuild takes the cube of the number of => for them
		s.link(MaxChain / MaxArrows)
	default:
		s.link(1)
	}
}

// line ends a statement that has no semicolon, as far as that is sure.
func (s *scan) line() {
	rest := strings.TrimLeft(s.text[s.at:], " \t\r\n")
	done := isLetter(s.last) || strings.IndexByte(")]}\"'`", s.last) >= 0
	if done && rest != "" && isLetter(rest[0]) && !strings.HasPrefix(rest, "else") && !strings.HasPrefix(rest, "in") {
		s.chain = 0
	}
}

// nesting are the words after which something stands that is nested in what went before.
var nesting = map[string]bool{"typeof": true, "void": true, "delete": true, "new": true, "await": true,
	"yield": true, "else": true, "do": true, "in": true, "of": true, "instanceof": true, "extends": true}

// word skips a word, and reports whether it is one of these.
func (s *scan) word(b byte) bool {
	start := s.at - 1
	for s.at < len(s.text) && isLetter(s.text[s.at]) {
		s.at++
	}
	if b < 'a' || b > 'z' || s.at-start > 10 || !nesting[s.text[start:s.at]] {
		return false
	}
	s.link(1)
	return true
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
				s.templates = append(s.templates, len(s.outer))
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
	case strings.HasPrefix(rest, ">"): // of <br/>
		s.chain = max(s.chain-2, 0)
		s.last = '/'
	case s.last == 0 || strings.IndexByte("(,=:[!&|?{};+-*%<>~^", s.last) >= 0:
		s.pattern()
		s.last = '/'
	default:
		s.link(1)
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
