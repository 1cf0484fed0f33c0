package server

import (
	"fmt"
	"net/http"
	"strings"
)

// redirects are the rules in their order: the first that matches counts.
type redirects struct {
	rules    []*redirect
	literal  map[string]int // path: index in rules
	patterns []int          // indexes of the others
}

// newRedirects returns what is right of list, and what is wrong.
func newRedirects(list []Redirect) (*redirects, []*RuleError) {
	var wrong []*RuleError
	rs := &redirects{literal: map[string]int{}}
	first := map[string]int{}
	at := []int{} // index in list of each rule
	for i, entry := range list {
		rule, err := newRedirect(entry)
		if err == nil {
			if before, ok := first[rule.from.key()]; ok {
				err = &RuleError{Key: "from", Message: fmt.Sprintf("must be there once, got %q again, after redirect %d: the first one counts", entry.From, before+1)}
			}
		}
		if err != nil {
			err.List, err.Index = "redirect", i
			wrong = append(wrong, err)
			continue
		}
		first[rule.from.key()] = i
		rs.add(rule)
		at = append(at, i)
	}
	for i, rule := range rs.rules {
		if path := rs.circle(rule); path != "" {
			wrong = append(wrong, &RuleError{List: "redirect", Index: at[i], Key: "to",
				Message: fmt.Sprintf("must lead somewhere, and %s is redirected in a circle", path)})
		}
	}
	return rs, wrong
}

func (rs *redirects) add(rule *redirect) {
	if rule.from.literal() {
		rs.literal[rule.from.parts[0].text] = len(rs.rules)
	} else {
		rs.patterns = append(rs.patterns, len(rs.rules))
	}
	rs.rules = append(rs.rules, rule)
}

// find returns the rule for a canonical path, or nil, and what its names stand for.
func (rs *redirects) find(path string) (*redirect, []string) {
	exact, isExact := rs.literal[path]
	for _, i := range rs.patterns {
		if isExact && exact < i {
			break
		}
		if values, ok := rs.rules[i].from.match(path); ok {
			return rs.rules[i], values
		}
	}
	if isExact {
		return rs.rules[exact], nil
	}
	return nil, nil
}

// circle follows a path that rule matches, and returns it if that has no end.
func (rs *redirects) circle(rule *redirect) string {
	var b strings.Builder
	for _, part := range rule.from.parts {
		b.WriteString(part.text)
		if part.name != "" {
			b.WriteByte('x')
		}
	}
	start := b.String()
	for path, hops := start, 0; ; hops++ {
		next, values := rs.find(path)
		if next == nil || next.to[0] != '/' {
			return ""
		}
		if hops > len(rs.rules) {
			return start
		}
		path, _, _ = strings.Cut(next.location(values, ""), "#")
		path, _, _ = strings.Cut(path, "?")
		if _, err := parseTarget(path); err != nil {
			return ""
		}
		path = canonicalPath(path)
	}
}

// RedirectOf tells where Config.Redirects sends urlPath, a path as it is sent: percent-encoded,
// and without a query. It is false if none of them is for it.
func (s *Server) RedirectOf(urlPath string) (to string, rule Redirect, ok bool) {
	if _, err := parseTarget(urlPath); err != nil || len(s.redirects.rules) == 0 {
		return "", Redirect{}, false
	}
	found, values := s.redirects.find(canonicalPath(urlPath))
	if found == nil {
		return "", Redirect{}, false
	}
	return found.location(values, ""), Redirect{From: found.from.text, To: found.to, Status: found.status}, true
}

// redirect answers r if there is a redirect for it, and reports whether there was one. raw is
// its path.
func (s *Server) redirect(w *recorder, r *http.Request, raw string) bool {
	if len(s.redirects.rules) == 0 {
		return false
	}
	rule, values := s.redirects.find(canonicalPath(raw))
	if rule == nil {
		return false
	}
	if s.config.Dev {
		w.Header().Set("Cache-Control", "no-cache") // a 301 would stay in the browser
	}
	location := rule.location(values, r.URL.RawQuery)
	if location[0] == '/' {
		location = w.prefix + location
	}
	w.Header().Set("Location", location)
	w.WriteHeader(rule.status)
	return true
}
