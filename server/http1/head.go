package http1

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"

	"wizgy/server/strict"
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
	if len(b) > 0 && !strict.IsTokenOctet(b[0]) {
		return 0, strict.ErrMethod
	}
	for {
		i := bytes.IndexByte(b[s.seen:], '\n')
		if i < 0 {
			s.seen = len(b)
			if s.lines == 0 && len(b) > strict.MaxMethod && bytes.IndexByte(b[:strict.MaxMethod+1], ' ') < 0 {
				return 0, longMethod(b)
			}
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
	const version = len(" HTTP/1.1\r\n")
	switch {
	case s.lines == 0 && n > strict.MaxMethod+1+l.uri+version:
		return strict.ErrURILong
	case s.lines > 0 && n-s.first > l.headerBytes:
		return strict.ErrHeadLong
	case s.lines-1 > l.headerFields:
		return strict.ErrManyFields
	}
	return nil
}

// longMethod tells what is wrong with a request line that begins without a space for so long.
func longMethod(b []byte) *Error { return strict.CheckMethod(string(b[:strict.MaxMethod+1])) }

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
	unknownCoding           bool
	trailer, pragma         bool
}

// parse reads a head into h, its target into u, and its fields into header, whose values it keeps in
// the values slice (made anew when that is too short). s is complete, with the empty line.
func (h *head) parse(s string, l *limits, u *url.URL, header http.Header, values []string) *Error {
	*h = head{}
	end := strings.IndexByte(s, '\n') - 1 // a carriage return elsewhere is a control character
	if err := h.parseLine(s[:end]); err != nil {
		return err
	}
	if err := strict.ParseTarget(u, h.method, h.target, l.uri); err != nil {
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
func (h *head) parseLine(line string) *Error {
	i := strings.IndexByte(line, ' ')
	j := strings.LastIndexByte(line, ' ')
	if i < 0 {
		return errRequestLine
	}
	h.method = line[:i]
	if err := strict.CheckMethod(h.method); err != nil {
		return err
	}
	if i == j {
		return errRequestLine
	}
	h.target = line[i+1 : j]
	var err *Error
	h.minor, err = parseVersion(line[j+1:])
	return err
}

// parseVersion returns the minor version of HTTP/1: RFC 9112, 2.3. Those above 1 are taken for it:
// RFC 9110, 2.5.
func parseVersion(s string) (int, *Error) {
	if s == "HTTP/1.1" {
		return 1, nil
	}
	digit := func(c byte) bool { return '0' <= c && c <= '9' }
	if len(s) != len("HTTP/x.y") || s[:5] != "HTTP/" || !digit(s[5]) || s[6] != '.' || !digit(s[7]) {
		return 0, errRequestLine
	}
	if s[5] != '1' {
		return 0, errVersion
	}
	return min(int(s[7]-'0'), 1), nil
}
