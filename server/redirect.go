package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Redirect sends whoever asks for one path to another.
type Redirect struct {
	// From is the pattern of the paths, such as "/old/*" or "/blog/:year/:slug". A :name is one
	// whole segment. One * is anything, slashes included; "/old/*" is for "/old" as well.
	From string

	// To is where to: a path or an http or https URL, in which ":name" and ":splat" are what
	// the name and the * of From stand for. The query of the request is kept, unless To has one.
	To string

	// Status is 301, 302, 303, 307 or 308. 0 means 302: browsers keep the others that are for
	// GET, so a mistake with them stays.
	Status int
}

// redirect is a Redirect that is ready for requests.
type redirect struct {
	from   pattern
	to     string
	status int
	names  []string
}

var placeholder = regexp.MustCompile(`:[A-Za-z_][A-Za-z0-9_]*`)

// newRedirect checks r. The error tells which key of it is wrong.
func newRedirect(r Redirect) (*redirect, *RuleError) {
	from, err := parsePattern(r.From)
	if err != nil {
		return nil, &RuleError{Key: "from", Message: err.Error()}
	}
	rule := &redirect{from: from, to: r.To, status: orDefault(r.Status, http.StatusFound), names: from.names()}
	if err := rule.checkTo(); err != nil {
		return nil, &RuleError{Key: "to", Message: err.Error()}
	}
	if !slices.Contains([]int{301, 302, 303, 307, 308}, rule.status) {
		return nil, &RuleError{Key: "status", Message: fmt.Sprintf("must be 301, 302, 303, 307 or 308, got %d", r.Status)}
	}
	return rule, nil
}

func (r *redirect) checkTo() error {
	path := r.to
	switch {
	case r.to == "":
		return errors.New(`is missing: write a path such as "/new/:splat", or a URL that begins with https://`)
	case strings.ContainsFunc(r.to, isControl):
		return fmt.Errorf("must not have control characters, got %q", r.to)
	case strings.ContainsAny(r.to, `\`):
		return fmt.Errorf(`must have / for \, which browsers take for a slash, got %q`, r.to)
	case strings.HasPrefix(r.to, "//"):
		return fmt.Errorf("must not begin with two slashes: write https:// if another host is meant, got %q", r.to)
	case strings.Contains(r.to, "*"):
		return fmt.Errorf("must have :%s for what * stands for, got %q", splat, r.to)
	case r.to[0] != '/':
		var err error
		if path, err = checkURL(r.to); err != nil {
			return err
		}
	}
	for _, name := range placeholder.FindAllString(path, -1) {
		if !slices.Contains(r.names, name[1:]) {
			return fmt.Errorf("must have names that are in from, got %s in %q (a colon that is meant is %%3A)", name, r.to)
		}
	}
	return nil
}

// checkURL looks at the part of an absolute URL that no request may change, and returns the rest.
func checkURL(to string) (path string, err error) {
	wrong := fmt.Errorf(`must be a path that begins with a slash, or a URL such as "https://example.org/:splat", got %q`, to)
	scheme, rest, ok := strings.Cut(to, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return "", wrong
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	u, err := url.Parse(scheme + "://" + rest[:end])
	if err != nil || u.Hostname() == "" || u.User != nil {
		return "", wrong
	}
	if port := u.Port(); strings.HasSuffix(u.Host, ":") || port != "" && !isPort(port) {
		return "", wrong
	}
	return rest[end:], nil
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

func isControl(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029'
}

// location is the value of Location for what from's names stand for. It is visible ASCII, and a
// path in it starts with exactly one slash: with two it would name another host.
func (r *redirect) location(values []string, query string) string {
	to, fragment, hasFragment := strings.Cut(r.to, "#")
	to, own, hasQuery := strings.Cut(to, "?")
	host, path := "", to
	if to[0] != '/' {
		at := strings.Index(to, "://") + len("://")
		if slash := strings.IndexByte(to[at:], '/'); slash >= 0 {
			host, path = to[:at+slash], to[at+slash:]
		} else {
			host, path = to, ""
		}
	}
	path = r.fill(path, values, func(s string) string { return s })
	if strings.HasPrefix(path, "//") {
		path = "/" + strings.TrimLeft(path, "/")
	}
	var b strings.Builder
	b.WriteString(visibleASCII(host + path))
	if hasQuery {
		b.WriteString(visibleASCII("?" + r.fill(own, values, inQuery)))
	} else if query != "" {
		b.WriteString("?" + visibleASCII(query))
	}
	if hasFragment {
		b.WriteString(visibleASCII("#" + r.fill(fragment, values, func(s string) string { return s })))
	}
	return b.String()
}

// fill puts values, which are canonical, in the places of their names.
func (r *redirect) fill(s string, values []string, encode func(string) string) string {
	if !strings.Contains(s, ":") {
		return s
	}
	return placeholder.ReplaceAllStringFunc(s, func(name string) string {
		return encode(values[slices.Index(r.names, name[1:])])
	})
}

// inQuery encodes a part of a path for a query, where & and + mean something.
func inQuery(s string) string {
	decoded, err := url.PathUnescape(s)
	if err != nil {
		return ""
	}
	return url.QueryEscape(decoded)
}
