package engine

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// match is a request path, resolved to a page.
type match struct {
	file       string
	scriptName string   // decoded; "" or starting with a slash
	pathInfo   string   // decoded; "" or starting with a slash
	params     []string // names and values in turn
	redirect   bool     // the path lacks the slash that a folder's index page has
}

// split cuts a request path into its decoded segments. It cuts first and decodes then, so that
// %2F is part of a segment. slash tells that the path ends in one, which is no segment.
func split(u *url.URL) (segments []string, slash, ok bool) {
	raw := u.RawPath
	decoded, err := url.PathUnescape(raw)
	encoded := raw != "" && err == nil && decoded == u.Path
	if !encoded {
		raw = u.Path // the default encoding, or a path that a program has set: no segment has a slash in it
	}
	raw, ok = strings.CutPrefix(raw, "/")
	if !ok {
		return nil, false, false
	}
	if raw == "" {
		return nil, true, true
	}
	segments = make([]string, 0, 8)
	for segment := range strings.SplitSeq(raw, "/") {
		if encoded {
			var err error
			if segment, err = url.PathUnescape(segment); err != nil {
				return nil, false, false
			}
		}
		if segment == "." || segment == ".." {
			return nil, false, false
		}
		if !utf8.ValidString(segment) {
			segment = string([]rune(segment)) // each byte that is wrong becomes U+FFFD
		}
		segments = append(segments, segment)
	}
	if last := len(segments) - 1; segments[last] == "" {
		return segments[:last], true, true
	}
	return segments, false, true
}

// match finds the page for a path. What decides: a page for the very path comes before one that
// takes a remainder (the longer its own part the better), and that before one that takes
// everything below a folder; at each segment a literal name comes before a parameter.
func (t *routes) match(u *url.URL) (match, bool) {
	if u.RawPath == "" {
		if m, ok := t.plain[u.Path]; ok {
			return m, true
		}
	}
	segments, slash, ok := split(u)
	if !ok {
		return match{}, false
	}
	w := walk{segments: segments, slash: slash}
	if w.exact(&t.root) {
		return w.result(len(segments)), true
	}
	w = walk{segments: segments, slash: slash}
	w.longest(&t.root, (*node).remainder)
	if w.found == "" {
		w.longest(&t.root, func(n *node) (string, string) { return n.rest, n.restName })
	}
	if w.found == "" {
		return match{}, false
	}
	w.names = w.best
	return w.result(w.depth), true
}

// remainder returns the page that answers what lies below n, with the rest in PATH_INFO. The
// index page of the root does not: a mistyped path is a 404.
func (n *node) remainder() (file, restName string) {
	if n.depth == 0 || n.page != "" {
		return n.page, ""
	}
	return n.index, ""
}

// walk is one search through the tree.
type walk struct {
	segments []string
	slash    bool

	names    []string // names of the parameters on the way, with the segment's place
	at       []int
	found    string
	restName string
	redirect bool
	depth    int
	best     []string
	bestAt   []int
}

// exact looks for a page that answers the whole path.
func (w *walk) exact(n *node) bool {
	if n.depth == len(w.segments) {
		switch {
		case w.slash:
			w.found = n.index
		case n.page != "":
			w.found = n.page
		case n.depth > 0 && n.index != "":
			w.found, w.redirect = n.index, true
		}
		return w.found != ""
	}
	segment := w.segments[n.depth]
	if next := n.literals[segment]; next != nil && w.exact(next) {
		return true
	}
	if segment == "" {
		return false
	}
	for _, p := range n.params {
		w.push(p.name, n.depth)
		if w.exact(p.node) {
			return true
		}
		w.pop()
	}
	return false
}

// longest looks for the deepest node at which page has an answer.
func (w *walk) longest(n *node, page func(*node) (file, restName string)) {
	if file, restName := page(n); file != "" && (w.found == "" || n.depth > w.depth) {
		w.found, w.restName, w.depth = file, restName, n.depth
		w.best, w.bestAt = slices.Clone(w.names), slices.Clone(w.at)
	}
	if n.depth == len(w.segments) {
		return
	}
	segment := w.segments[n.depth]
	if next := n.literals[segment]; next != nil {
		w.longest(next, page)
	}
	if segment == "" {
		return
	}
	for _, p := range n.params {
		w.push(p.name, n.depth)
		w.longest(p.node, page)
		w.pop()
	}
}

func (w *walk) push(name string, at int) {
	w.names, w.at = append(w.names, name), append(w.at, at)
}

func (w *walk) pop() {
	w.names, w.at = w.names[:len(w.names)-1], w.at[:len(w.at)-1]
}

// result splits the path after the first own segments: those are the page's, the rest is left
// to it.
func (w *walk) result(own int) match {
	if w.bestAt != nil {
		w.at = w.bestAt
	}
	m := match{file: w.found, redirect: w.redirect}
	m.scriptName = join(w.segments[:own])
	m.pathInfo = join(w.segments[own:])
	if w.slash {
		m.pathInfo += "/"
	}
	for i, name := range w.names {
		m.params = append(m.params, name, w.segments[w.at[i]])
	}
	if w.restName != "" {
		m.params = append(m.params, w.restName, strings.TrimPrefix(m.pathInfo, "/"))
	}
	return m
}

// join is the inverse of split: "" for no segment, else each with a slash before it.
func join(segments []string) string {
	if len(segments) == 0 {
		return ""
	}
	return "/" + strings.Join(segments, "/")
}
