package server

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// CacheRule sets Cache-Control where browsers and caches may keep an answer, which is one to GET
// or HEAD with status 200, 203, 206 or 304.
type CacheRule struct {
	// Path is the pattern of the paths, as in [Redirect], such as "/assets/*". A file is found
	// by its own name as well: "/*.html" is also for /about, if about.html answers it.
	Path string

	// Control is the value, such as "public, max-age=3600". With an empty one nothing is sent,
	// not even for a name with a hash.
	Control string
}

// HeaderRule sets headers of answers of any status.
type HeaderRule struct {
	// Path is the pattern of the paths, as in [CacheRule].
	Path string

	// Set has the values by name. What a page has set itself stays; what the server sets of its
	// own accord is replaced, or left out if the value is empty. Content-Type,
	// Content-Disposition and Content-Language are for answers with status 200 to 299 only, but
	// for 204 and 205, which have no content. Where several ranges of a file are sent, the type
	// is that of the parts.
	Set map[string]string
}

// RuleError tells what is wrong with one of the rules of a [Config].
type RuleError struct {
	List    string // "redirect", "headers" or "cache"
	Index   int    // in the list, from 0
	Key     string // "from", "to", "status", "path", "set" or "control"
	Message string // begins with a verb: "must begin with a slash, such as …"
}

func (e *RuleError) Error() string {
	return fmt.Sprintf("%s %d: %s %s", e.List, e.Index+1, e.Key, e.Message)
}

// CheckRules returns what is wrong with the redirects, headers and cache rules of config, all of
// it. New fails with the first.
func CheckRules(config Config) []*RuleError {
	_, wrong := newRedirects(config.Redirects)
	_, more := newRules(config)
	return append(wrong, more...)
}

// rules are CacheRules and HeaderRules that are ready for requests.
type rules struct {
	cache       []cacheRule
	headers     []headerRule
	noTransform bool // one of cache says so
}

type cacheRule struct {
	path        pattern
	control     []string // nil: send none
	noTransform bool     // control says so: RFC 9111, 5.2.2.6
}

type headerRule struct {
	path pattern
	set  []header
}

type header struct {
	name  string
	value []string // nil: send none
}

// newRules returns what is right of the rules of config, and what is wrong.
func newRules(config Config) (*rules, []*RuleError) {
	rs := &rules{}
	var wrong []*RuleError
	bad := func(list string, i int, key string, err error) {
		wrong = append(wrong, &RuleError{List: list, Index: i, Key: key, Message: err.Error()})
	}
	for i, c := range config.Cache {
		path, err := parsePattern(c.Path)
		if err != nil {
			bad("cache", i, "path", err)
			continue
		}
		if err := checkValue(c.Control); err != nil {
			bad("cache", i, "control", err)
			continue
		}
		control := valueOf(c.Control)
		rule := cacheRule{path, control, hasNoTransform(control)}
		rs.cache = append(rs.cache, rule)
		rs.noTransform = rs.noTransform || rule.noTransform
	}
	for i, h := range config.Headers {
		path, err := parsePattern(h.Path)
		if err != nil {
			bad("headers", i, "path", err)
			continue
		}
		set, err := newHeaders(h.Set)
		if err != nil {
			bad("headers", i, "set", err)
			continue
		}
		rs.headers = append(rs.headers, headerRule{path, set})
	}
	return rs, wrong
}

func valueOf(s string) []string {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	return []string{s}
}

func newHeaders(set map[string]string) ([]header, error) {
	if len(set) == 0 {
		return nil, errors.New(`is missing: write set = { "X-Frame-Options" = "DENY" }`)
	}
	var list []header
	for _, name := range slices.Sorted(maps.Keys(set)) {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		if !httpguts.ValidHeaderFieldName(name) {
			return nil, fmt.Errorf("must have names of headers, such as X-Frame-Options, got %q", name)
		}
		if why := reserved[canonical]; why != "" {
			return nil, fmt.Errorf("must not have %s, %s", canonical, why)
		}
		if slices.ContainsFunc(list, func(h header) bool { return h.name == canonical }) {
			return nil, fmt.Errorf("must have each name once, got %s in two spellings", canonical)
		}
		if err := checkValue(set[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", canonical, err)
		}
		list = append(list, header{canonical, valueOf(set[name])})
	}
	return list, nil
}

// reserved are the headers that a rule would break an answer with: RFC 9110, 7.6.1 and 8, and
// RFC 9112, 6.
var reserved = map[string]string{
	"Accept-Ranges":     ownMatter,
	"Cache-Control":     "which has a list of its own: write [[cache]] with path and control",
	"Connection":        ownMatter,
	"Content-Encoding":  ownMatter,
	"Content-Length":    ownMatter,
	"Content-Range":     ownMatter,
	"Date":              ownMatter,
	"Etag":              ownMatter,
	"Keep-Alive":        ownMatter,
	"Last-Modified":     ownMatter,
	"Location":          "which has a list of its own: write [[redirect]] with from and to",
	"Proxy-Connection":  ownMatter,
	"Te":                ownMatter,
	"Trailer":           ownMatter,
	"Transfer-Encoding": ownMatter,
	"Upgrade":           ownMatter,
}

const ownMatter = "which the server sets as each answer needs it: leave it out"

// checkValue is stricter than RFC 9110, 5.5, which leaves room for bytes of no known charset.
func checkValue(value string) error {
	for _, c := range []byte(value) {
		if c < ' ' && c != '\t' || c >= 0x7f {
			return fmt.Errorf("must be visible ASCII on one line, got %q", value)
		}
	}
	return nil
}

// ofContent reports whether a header tells about content that is only there if all went well.
func ofContent(name string) bool {
	return name == "Content-Type" || name == "Content-Disposition" || name == "Content-Language"
}

// saysContent reports whether the header called name may be set on an answer with this status. The
// type of one with several parts tells how to take it apart: RFC 9110, 14.6.
func saysContent(name string, status int, h http.Header) bool {
	if status == http.StatusNoContent || status == http.StatusResetContent || status < 200 || status > 299 {
		return false
	}
	own := h["Content-Type"]
	return name != "Content-Type" || status != http.StatusPartialContent || len(own) != 1 || !isByteParts(own[0])
}

// contentType returns the media type that the rules which matches selects give to what has another
// one without them; empty for none.
func (rs *rules) contentType(otherwise string, matches func(*pattern) bool) string {
	for i := range rs.headers {
		at := slices.IndexFunc(rs.headers[i].set, func(h header) bool { return h.name == "Content-Type" })
		if at >= 0 && matches(&rs.headers[i].path) {
			return strings.Join(rs.headers[i].set[at].value, "")
		}
	}
	return otherwise
}

// set applies the rules that matches selects: where two set the same header, the first counts.
// A page's own headers stay.
func (rs *rules) set(h http.Header, status int, page bool, matches func(*pattern) bool) {
	var done []string
	for i := range rs.headers {
		if !matches(&rs.headers[i].path) {
			continue
		}
		for _, rule := range rs.headers[i].set {
			_, exists := h[rule.name]
			switch {
			case slices.Contains(done, rule.name), ofContent(rule.name) && !saysContent(rule.name, status, h):
				continue
			case rule.name == "Vary": // what it lists adds up: RFC 9110, 12.5.5
				h[rule.name] = append(slices.Clip(h[rule.name]), rule.value...)
			case page && exists:
			case rule.value == nil:
				delete(h, rule.name)
			default:
				h[rule.name] = rule.value
			}
			done = append(done, rule.name)
		}
	}
}
