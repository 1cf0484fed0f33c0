package scan

import (
	"fmt"
	"strings"
)

// What a scan skips: strings, templates, regular expressions and comments.

// comment skips a comment.
func (s *scan) comment() {
	start := s.at
	s.at += 2
	if s.follows("# sourceMappingURL=") || s.follows("@ sourceMappingURL=") {
		s.maps = append(s.maps, s.at)
	}
	if s.text[start+1] == '/' {
		s.skipLine()
		return
	}
	if !s.skipTo("*/") {
		s.at = start + 2
		s.confused("/*")
		return
	}
	s.newline = s.newline || strings.ContainsAny(s.text[start:s.at], "\n\r\u2028\u2029")
}

// quoted skips a string, which ends within its line.
func (s *scan) quoted(mark byte) {
	for ; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.escape()
			if s.at++; s.follows("\r\n") {
				s.at++
			}
		case mark:
			s.at++
			return
		case '\n', '\r':
			s.confused(string(mark))
			return
		}
	}
}

// escape notes \u{10FFFF}.
func (s *scan) escape() {
	if s.follows(`\u{`) && lastCharacter(s.text[s.at:]) > 0 {
		s.escapes = append(s.escapes, s.at)
	}
}

// template skips the text of a template, up to its end or the next ${.
func (s *scan) template() {
	s.last, s.operand = '`', true
	start := s.at
	for ; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.escape()
			s.at++
		case '`':
			s.at++
			return
		case '$':
			if s.follows("${") {
				s.at += 2
				s.push(level{kind: '$'})
				s.last, s.operand = '(', false
				return
			}
		}
	}
	s.at = start
	s.confused("`")
}

// slash takes a division or a regular expression.
func (s *scan) slash(before byte) {
	start := s.at
	switch {
	case s.word == "" && before == '}' || ambiguous[s.word]:
		// Both are possible, and it matters where one of them has more in it than operators.
		s.pattern()
		if text := s.text[start:min(s.at, len(s.text))]; strings.ContainsAny(text, "\"'`()[]{}") || strings.Contains(text, "//") || s.follows("*") {
			s.at = start
			s.confused("/ after " + s.text[max(0, start-12):start-1])
			return
		}
		s.at = start
		s.link(1)
		s.operand = false
	case s.operand:
		s.link(1)
		s.operand = false
	default:
		if !s.pattern() || strings.ContainsAny(s.text[start:s.at], "\u2028\u2029") {
			s.at = start
			s.confused("/")
			return
		}
		s.groups(s.text[start:s.at])
		for s.at < len(s.text) && isLetter(s.text[s.at]) { // flags
			s.at++
		}
		s.last, s.operand = '/', true
	}
}

// skipTo goes behind a text, or to the end if there is none.
func (s *scan) skipTo(end string) bool {
	i := strings.Index(s.text[s.at:], end)
	if i < 0 {
		s.at = len(s.text)
		return false
	}
	s.at += i + len(end)
	return true
}

// skipLine goes to the end of the line.
func (s *scan) skipLine() {
	if i := strings.IndexAny(s.text[s.at:], "\n\r\u2028\u2029"); i >= 0 {
		s.at += i
	} else {
		s.at = len(s.text)
	}
	s.newline = true
}

// pattern skips a regular expression. It is false if that does not end with its line.
func (s *scan) pattern() bool {
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
				return true
			}
		case '\n', '\r':
			return false
		}
	}
	return false
}

// groups looks how deep the groups of a regular expression are nested.
func (s *scan) groups(pattern string) {
	if GroupsDeep(pattern) {
		s.Wrong = fmt.Sprintf("groups of a regular expression are nested more than %d deep", MaxGroups)
	}
}

// MaxGroups is how deep groups may be nested in a regular expression.
const MaxGroups = 500

// GroupsDeep reports whether they are nested deeper. A ) in a class may make it miss some, up to as
// many as there are.
func GroupsDeep(pattern string) bool {
	if strings.Count(pattern, "(") <= MaxGroups {
		return false
	}
	depth, class := 0, false
	for i := 0; i < len(pattern); i++ {
		switch b := pattern[i]; {
		case b == '\\':
			i++
		case class:
			class = b != ']'
		case b == '[':
			class = true
		case b == '(':
			if depth++; depth > MaxGroups {
				return true
			}
		case b == ')':
			depth--
		}
	}
	return false
}
