package server

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// splat is the name of what a * stands for.
const splat = "splat"

// pattern stands for paths: "/old/*", "/blog/:year/:slug". A :name is one whole segment, which
// is not empty. One * is anything, slashes included, and nothing as well; "/old/*" also stands
// for "/old". Paths and patterns are compared in the form that canonicalPath gives them, so it
// does not matter how either of them is encoded.
type pattern struct {
	text  string
	parts []part
	star  int // index of the * in parts, or -1
}

// part is a piece of a pattern: text if name is empty.
type part struct{ text, name string }

// literal reports whether the pattern stands for one path.
func (p *pattern) literal() bool { return len(p.parts) == 1 && p.parts[0].name == "" }

// key is the same for patterns that differ in how they are encoded only.
func (p *pattern) key() string {
	var b strings.Builder
	for _, part := range p.parts {
		b.WriteString(part.text)
		if part.name != "" {
			b.WriteString("\x00" + part.name + "\x00") // ":name" may be text
		}
	}
	return b.String()
}

// names are what the parts of a path are called.
func (p *pattern) names() []string {
	var names []string
	for _, part := range p.parts {
		if part.name != "" {
			names = append(names, part.name)
		}
	}
	return names
}

// parsePattern reads a pattern. The error continues a sentence that the name of the option began.
func parsePattern(text string) (pattern, error) {
	p := pattern{text: text, star: -1}
	if err := checkPattern(text); err != nil {
		return p, err
	}
	literal := ""
	add := func(name string) {
		if literal != "" {
			p.parts = append(p.parts, part{text: literal})
			literal = ""
		}
		p.parts = append(p.parts, part{name: name})
	}
	segments := strings.Split(text[1:], "/")
	for i, segment := range segments {
		literal += "/"
		switch before, after, star := strings.Cut(segment, "*"); {
		case strings.HasPrefix(segment, ":"):
			if !isName(segment[1:]) {
				return p, fmt.Errorf("must have a placeholder as a whole segment, /:name/, got %q in %q (a colon that is meant is %%3A)", segment, text)
			}
			if slices.Contains(p.names(), segment[1:]) || segment == ":"+splat {
				return p, fmt.Errorf("must have a name once, and %q is what * stands for, got %q", ":"+splat, text)
			}
			add(segment[1:])
		case star:
			literal += canonicalSegment(before)
			p.star = len(p.parts) + 1
			add(splat)
			literal = canonicalSegment(after)
		case segment == "" && i < len(segments)-1:
			return p, fmt.Errorf("must not have two slashes in a row, got %q", text)
		default:
			literal += canonicalSegment(segment)
		}
	}
	if literal != "" {
		p.parts = append(p.parts, part{text: literal})
	}
	return p, nil
}

func checkPattern(text string) error {
	switch {
	case text == "":
		return errors.New(`is missing: write a path such as "/old/*"`)
	case strings.Contains(text, "://"):
		return fmt.Errorf(`must be a path such as "/old/*", without https:// and the host, got %q`, text)
	case text[0] != '/':
		return fmt.Errorf(`must begin with a slash, such as "/old/*", got %q`, text)
	case strings.ContainsAny(text, "?#"):
		return fmt.Errorf("must be a path without ? and #, since the query is not looked at, got %q", text)
	case strings.Count(text, "*") > 1:
		return fmt.Errorf("must have one * at most, which stands for slashes as well, got %q", text)
	}
	if _, err := parseTarget(strings.ReplaceAll(text, "*", "x")); err != nil {
		return fmt.Errorf("must be a path that can be asked for (%w), got %q", err, text)
	}
	return nil
}

func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// match reports whether the pattern stands for a canonical path, and what its names stand for,
// in the order of names.
func (p *pattern) match(path string) (values []string, ok bool) {
	if p.literal() {
		return nil, p.parts[0].text == path
	}
	if p.star < 0 {
		values, rest, ok := matchForward(p.parts, path)
		return values, ok && rest == ""
	}
	values, rest, ok := matchForward(p.parts[:p.star], path)
	if !ok {
		return p.matchFolder(path)
	}
	last, rest, ok := matchBackward(p.parts[p.star+1:], rest)
	slices.Reverse(last)
	return append(append(values, rest), last...), ok
}

// matchFolder is about "/old" for "/old/*".
func (p *pattern) matchFolder(path string) (values []string, ok bool) {
	before := p.parts[p.star-1].text
	if p.star != len(p.parts)-1 || before[len(before)-1] != '/' {
		return nil, false
	}
	if p.star == 1 {
		if len(path) != len(before)-1 || !strings.HasPrefix(before, path) {
			return nil, false
		}
		return []string{""}, true
	}
	values, rest, ok := matchForward(p.parts[:p.star], path+"/")
	return append(values, rest), ok && rest == ""
}

func matchForward(parts []part, path string) (values []string, rest string, ok bool) {
	for _, part := range parts {
		if part.name == "" {
			if path, ok = strings.CutPrefix(path, part.text); !ok {
				return nil, "", false
			}
			continue
		}
		end := strings.IndexByte(path, '/')
		if end < 0 {
			end = len(path)
		}
		if end == 0 {
			return nil, "", false
		}
		values, path = append(values, path[:end]), path[end:]
	}
	return values, path, true
}

// matchBackward takes parts from the end of path; the values are in that order.
func matchBackward(parts []part, path string) (values []string, rest string, ok bool) {
	for _, part := range slices.Backward(parts) {
		if part.name == "" {
			if path, ok = strings.CutSuffix(path, part.text); !ok {
				return nil, "", false
			}
			continue
		}
		start := strings.LastIndexByte(path, '/') + 1
		if start == len(path) {
			return nil, "", false
		}
		values, path = append(values, path[start:]), path[:start]
	}
	return values, path, true
}

// canonicalPath gives a path that parseTarget accepts the one form in which it is compared:
// every segment decoded and encoded anew, and without empty ones. It starts with exactly one
// slash and has nothing but visible ASCII, and no backslash.
func canonicalPath(raw string) string {
	if isCanonical(raw) {
		return raw
	}
	var b strings.Builder
	for segment := range strings.SplitSeq(raw, "/") {
		if segment != "" {
			b.WriteByte('/')
			b.WriteString(canonicalSegment(segment))
		}
	}
	if b.Len() == 0 || strings.HasSuffix(raw, "/") {
		b.WriteByte('/')
	}
	return b.String()
}

func canonicalSegment(segment string) string {
	if decoded, err := url.PathUnescape(segment); err == nil {
		segment = decoded
	}
	return url.PathEscape(segment)
}

// isCanonical reports whether raw need not be looked at closer.
func isCanonical(raw string) bool {
	last := byte(0)
	for i := range len(raw) {
		c := raw[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
		case c == '/' && last != '/':
		default:
			return false
		}
		last = c
	}
	return raw != "" && raw[0] == '/'
}
