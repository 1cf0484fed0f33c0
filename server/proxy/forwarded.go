package proxy

import (
	"net/http"
	"strings"
)

// fromForwarded returns what the field Forwarded says: RFC 7239, 4. It is false if there is a mistake
// anywhere in it: a quote that is left open would hide what the next proxy has written.
func fromForwarded(h http.Header) (elements []element, ok bool) {
	for _, line := range h["Forwarded"] {
		s := scanner(line)
		for more := true; more; {
			e, ok := s.element()
			if !ok {
				return nil, false
			}
			if e != nil {
				elements = append(elements, *e)
			}
			more = s.take(',')
		}
		if s != "" {
			return nil, false
		}
	}
	return elements, true
}

// scanner is what is left to read of a line.
type scanner string

// element reads pairs up to a comma. It is nil if there is none.
func (s *scanner) element() (e *element, ok bool) {
	seen := map[string]bool{}
	for more := true; more; more = s.take(';') {
		s.space()
		if *s == "" || (*s)[0] == ',' || (*s)[0] == ';' {
			continue
		}
		name, value, ok := s.pair()
		if !ok || seen[name] {
			return nil, false
		}
		seen[name] = true
		if e == nil {
			e = &element{}
		}
		switch name {
		case "for":
			e.node = value
		case "proto":
			e.scheme = value
		case "host":
			e.host = value
		}
	}
	return e, true
}

// pair reads token "=" value.
func (s *scanner) pair() (name, value string, ok bool) {
	if name = s.token(); name == "" || !s.take('=') {
		return "", "", false
	}
	if strings.HasPrefix(string(*s), `"`) {
		value, ok = s.quoted()
	} else {
		value = s.token()
		ok = value != ""
	}
	s.space()
	return strings.ToLower(name), value, ok
}

// token reads a token, which is empty if there is none: RFC 9110, 5.6.2. The characters of an
// address are let through without quotes, for many proxies write them so.
func (s *scanner) token() string {
	n := 0
	for n < len(*s) && isTokenByte((*s)[n]) {
		n++
	}
	token := string((*s)[:n])
	*s = (*s)[n:]
	return token
}

func isTokenByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' ||
		strings.IndexByte("!#$%&'*+-.^_`|~:[]", c) >= 0
}

// quoted reads a quoted string: RFC 9110, 5.6.4.
func (s *scanner) quoted() (text string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(*s); i++ {
		c := (*s)[i]
		switch {
		case c == '"':
			*s = (*s)[i+1:]
			return b.String(), true
		case c == '\\':
			if i++; i == len(*s) {
				return "", false
			}
			c = (*s)[i]
		}
		b.WriteByte(c)
	}
	return "", false
}

// take reads the byte c, with the space before it, if it comes next.
func (s *scanner) take(c byte) bool {
	if *s == "" || (*s)[0] != c {
		return false
	}
	*s = (*s)[1:]
	return true
}

func (s *scanner) space() { *s = scanner(strings.TrimLeft(string(*s), " \t")) }
