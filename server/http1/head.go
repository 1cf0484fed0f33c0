package http1

import (
	"bytes"
	"net/http"
	"strings"
)

// headScanner finds where a request head ends, and refuses early what can no longer become one.
// It works on octets: RFC 9112, 2.2. Positions count from the start of the head.
type headScanner struct {
	line  int // start of the line that is not complete yet
	seen  int // octets known to have no line end
	lines int // complete lines: the request line and the fields
	first int // length of the request line with its end
}

// scan looks at b, which begins with the head and has more of it in each call. It returns the
// length of the head with the empty line at its end, or 0 while there must come more.
func (s *headScanner) scan(b []byte, l *limits) (int, *Error) {
	if len(b) > 0 && octets[b[0]]&classToken == 0 {
		return 0, errMethod
	}
	for {
		i := bytes.IndexByte(b[s.seen:], '\n')
		if i < 0 {
			s.seen = len(b)
			return 0, s.check(len(b), l)
		}
		end := s.seen + i // of the line feed
		if end == 0 || b[end-1] != '\r' {
			return 0, errBareLF
		}
		empty := end-1 == s.line
		s.line, s.seen = end+1, end+1
		if empty {
			return s.line, s.check(s.line, l)
		}
		s.lines++
		if s.lines == 1 {
			s.first = s.line
		}
		if err := s.check(s.line, l); err != nil {
			return 0, err
		}
	}
}

// check compares a head, of which there are n octets so far, with the limits.
func (s *headScanner) check(n int, l *limits) *Error {
	const methodAndVersion = 64
	switch {
	case s.lines == 0 && n > l.uri+methodAndVersion:
		return errURILong
	case s.lines > 0 && n-s.first > l.headerBytes:
		return errHeadLong
	case s.lines-1 > l.headerFields:
		return errManyFields
	}
	return nil
}

// head is a request head, parsed.
type head struct {
	method, target, host string
	minor                int // of the version: HTTP/1.minor

	length  int64 // of the body; -1: chunked
	chunked bool

	close     bool // the client asks for the connection to end
	keepAlive bool // the client asks for it to stay
	expect    bool // 100-continue

	hosts, lengths, codings int // how many header lines of that name
	trailer, pragma         bool
}

// parse reads a head into h and its fields into header, whose values it keeps in the values
// slice (made anew when that is too short). s is complete, with the empty line.
func (h *head) parse(s string, l *limits, header http.Header, values []string) *Error {
	*h = head{}
	end := strings.IndexByte(s, '\n') - 1 // a carriage return elsewhere is a control character
	if err := h.parseLine(s[:end], l); err != nil {
		return err
	}
	for s = s[end+2:]; ; s = s[end+2:] {
		if end = strings.IndexByte(s, '\n') - 1; end == 0 {
			break
		}
		name, value, err := parseField(s[:end])
		if err != nil {
			return err
		}
		if stored, err := h.note(name, value); err != nil {
			return err
		} else if stored {
			values = addField(header, values, name, value)
		}
	}
	return h.finish(header)
}

// parseLine reads the request line: RFC 9112, 3. It insists on single spaces.
func (h *head) parseLine(line string, l *limits) *Error {
	i := strings.IndexByte(line, ' ')
	j := strings.LastIndexByte(line, ' ')
	if i < 0 {
		return errRequestLine
	}
	h.method = line[:i]
	if !isToken(h.method) {
		return errMethod
	}
	if i == j {
		return errRequestLine
	}
	h.target = line[i+1 : j]
	var err *Error
	if h.minor, err = parseVersion(line[j+1:]); err != nil {
		return err
	}
	if len(h.target) > l.uri {
		return errURILong
	}
	if h.target == "" || !all(h.target, classTarget) {
		return errTarget
	}
	return nil
}

// parseVersion returns the minor version of HTTP/1: RFC 9112, 2.3.
func parseVersion(s string) (int, *Error) {
	switch s {
	case "HTTP/1.1":
		return 1, nil
	case "HTTP/1.0":
		return 0, nil
	}
	digit := func(c byte) bool { return '0' <= c && c <= '9' }
	if len(s) == len("HTTP/x.y") && s[:5] == "HTTP/" && digit(s[5]) && s[6] == '.' && digit(s[7]) {
		return 0, errVersion
	}
	return 0, errRequestLine
}
