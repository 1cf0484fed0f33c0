package server

import (
	"net/http"
	"strings"
	"time"
)

// precondition evaluates the conditions of r in the order of RFC 9110, 13.2.2. It returns 0 to go
// on, 304 or 412. A condition on entity tags is compared with every representation that the
// client accepts, the one that would be sent first: any of them could be sent, and the one that
// the client has is the best to choose. tag is that of the representation that was chosen so.
func precondition(r *http.Request, v *version, accept *weights, rep *representation) (status int, tag []string) {
	h := r.Header
	if list := h["If-Match"]; list != nil {
		if matching(list, v, accept, rep, true) == nil {
			return http.StatusPreconditionFailed, nil
		}
	} else if list := h["If-Unmodified-Since"]; list != nil {
		if since, ok := httpDate(list); ok && (v.lastModified == nil || v.modified.After(since)) {
			return http.StatusPreconditionFailed, nil
		}
	}
	// Only GET and HEAD come here, so what does not match is 304 and never 412.
	if list := h["If-None-Match"]; list != nil {
		if tag := matching(list, v, accept, rep, false); tag != nil {
			return http.StatusNotModified, tag
		}
	} else if list := h["If-Modified-Since"]; list != nil {
		if since, ok := httpDate(list); ok && v.lastModified != nil && !v.modified.After(since) {
			return http.StatusNotModified, rep.etag
		}
	}
	return 0, nil
}

// rangeHolds reports whether a range may be taken of the file as it is. Whoever names a tag with
// If-Match that is not of it, but of what was made from it, has a part of that. If-Range is
// evaluated by RFC 9110, 13.1.5: a date counts only where it is as good as a tag.
func rangeHolds(r *http.Request, v *version) bool {
	if list := r.Header["If-Match"]; list != nil && !isStar(list) && !listed(list, v.plain.tag, true) {
		return false
	}
	list := r.Header["If-Range"]
	if list == nil {
		return true
	}
	if len(list) > 1 {
		return false
	}
	if tag, weak, rest, ok := cutTag(list[0]); ok {
		return !weak && trimSpace(rest) == "" && tag == v.plain.tag
	}
	since, ok := httpDate(list)
	return ok && v.isOf(since, time.Now())
}

// matching returns the entity tag of v that list names, as a header value, or nil.
func matching(list []string, v *version, accept *weights, rep *representation, strong bool) []string {
	if isStar(list) {
		return rep.etag
	}
	if listed(list, rep.tag, strong) {
		return rep.etag
	}
	for c, weight := range accept {
		if weight == 0 || coding(c) == rep.coding {
			continue
		}
		if tag := v.tagOf(coding(c)); tag != "" && listed(list, tag, strong) {
			return []string{tag}
		}
	}
	return nil
}

func isStar(list []string) bool { return len(list) == 1 && trimSpace(list[0]) == "*" }

// listed reports whether lists of entity tags have tag, which is strong. A list ends where it is
// malformed.
func listed(list []string, tag string, strong bool) bool {
	for _, rest := range list {
		for {
			rest = strings.TrimLeft(rest, " \t,")
			t, weak, after, ok := cutTag(rest)
			if !ok {
				break
			}
			if t == tag && !(weak && strong) { // RFC 9110, 8.8.3.2
				return true
			}
			after = trimSpace(after)
			if after != "" && after[0] != ',' {
				break
			}
			rest = after
		}
	}
	return false
}

// cutTag cuts an entity tag off s: RFC 9110, 8.8.3.
func cutTag(s string) (tag string, weak bool, rest string, ok bool) {
	s, weak = strings.CutPrefix(trimSpace(s), "W/")
	if s == "" || s[0] != '"' {
		return "", false, "", false
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return s[:i+1], weak, s[i+1:], true
		case c <= ' ' || c == 0x7f:
			return "", false, "", false
		}
	}
	return "", false, "", false
}

// trimSpace removes OWS at both ends: RFC 9110, 5.6.3.
func trimSpace(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// httpDate parses a field that is one date, in any of the forms of RFC 9110, 5.6.7.
func httpDate(values []string) (time.Time, bool) {
	if len(values) != 1 {
		return time.Time{}, false
	}
	date, err := http.ParseTime(values[0])
	return date, err == nil
}
