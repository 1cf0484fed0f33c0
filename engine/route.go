package engine

import (
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// Extensions are the file name extensions of pages.
var extensions = []string{".cjs", ".js", ".jsx", ".mjs", ".mts", ".cts", ".ts", ".tsx"}

// Route says which URLs a page answers.
type Route struct {
	// Pattern is the URL path, with [name] for a segment of any content and [...name] for all
	// segments that are left: /blog/[slug].
	Pattern string
	// File is the page's file below the folder of pages, with slashes: blog/[slug].js.
	File string
}

// routes is a tree of path segments. It is built once and then only read.
type routes struct {
	root     node
	plain    map[string]match // the paths without a parameter that a page is named for
	list     []Route
	problems []*Error
}

// node is a place in the tree: the segments that lead to it are matched.
type node struct {
	literals map[string]*node
	params   []param // by name
	page     string  // file that answers this very path
	index    string  // file that answers it with a slash at the end
	rest     string  // file that answers everything below
	restName string
	depth    int
}

type param struct {
	name string
	node *node
}

// newRoutes builds the tree for files, slash-separated paths below the folder of pages. A file
// that is private, or whose name is no page's, is left out; one whose name is wrong is a problem.
func newRoutes(files []string) *routes {
	t := &routes{plain: map[string]match{}}
	for _, file := range slices.Sorted(slices.Values(files)) {
		if !isPage(file) {
			continue
		}
		if hint := t.add(file); hint != "" {
			t.problems = append(t.problems, &Error{File: file, Line: 1, Column: 1, Message: "no URL leads to this page", Hint: hint})
		}
	}
	return t
}

// isPage reports whether a file is routed by its name: no part of its path starts with "_" or
// ".", and its extension is a page's (a .d.ts file has only types).
func isPage(file string) bool {
	for segment := range strings.SplitSeq(file, "/") {
		if private(segment) {
			return false
		}
	}
	return slices.Contains(extensions, path.Ext(file)) && !strings.HasSuffix(file, ".d.ts")
}

func private(name string) bool {
	return name == "" || name[0] == '_' || name[0] == '.' || name == "node_modules"
}

// add puts a page into the tree. If it cannot, it returns what to do about it.
func (t *routes) add(file string) (hint string) {
	if !utf8.ValidString(file) {
		return "its name is not UTF-8, which a path in a URL is: rename it"
	}
	ext := path.Ext(file)
	segments := strings.Split(strings.TrimSuffix(file, ext), "/")
	last := len(segments) - 1
	if name := repeated(segments); name != "" {
		return "there are two parameters [" + name + "] on the way to it: give one of them another name"
	}
	n := &t.root
	for _, s := range segments[:last] {
		name, kind := parseSegment(s)
		switch kind {
		case literal:
			n = n.literal(s)
		case single:
			n = n.param(name)
		case rest:
			return "[..." + name + "] takes all that is left of a path, so it can only be a file's name: rename the folder to [" + name + "]"
		default:
			return badSegment(s)
		}
	}
	folder := strings.Join(segments[:last], "/")
	if folder != "" {
		folder = "/" + folder
	}
	name, kind := parseSegment(segments[last])
	switch kind {
	case literal:
		if hint := t.addLiteral(n, folder, name, ext, file); hint != "" {
			return hint
		}
		t.addPlain(folder, name, ext, file)
		return ""
	case single:
		return t.set(&n.param(name).page, folder+"/"+segments[last], file)
	case rest:
		if hint := t.set(&n.rest, folder+"/"+segments[last], file); hint != "" {
			return hint
		}
		n.restName = name
		return ""
	}
	return badSegment(segments[last])
}

// addLiteral adds a page under its own name, with and without the extension.
func (t *routes) addLiteral(n *node, folder, name, ext, file string) (hint string) {
	if name == "index" {
		if hint := t.set(&n.index, folder+"/", file); hint != "" {
			return hint
		}
	} else if hint := t.set(&n.literal(name).page, folder+"/"+name, file); hint != "" {
		return hint
	}
	for _, alias := range []string{name, name + ext} {
		if at := n.literal(alias); at.page == "" {
			at.page = file
		}
	}
	return ""
}

// addPlain notes the paths that need no search: a literal name comes before everything else.
func (t *routes) addPlain(folder, name, ext, file string) {
	if strings.Contains(folder, "[") {
		return
	}
	if name == "index" {
		t.plain[folder+"/"] = match{file: file, scriptName: folder, pathInfo: "/"}
	}
	for _, alias := range []string{name, name + ext} {
		if _, taken := t.plain[folder+"/"+alias]; !taken {
			t.plain[folder+"/"+alias] = match{file: file, scriptName: folder + "/" + alias}
		}
	}
}

// set makes file the answer at a place, unless another page, earlier by name, has it already.
func (t *routes) set(place *string, pattern, file string) (hint string) {
	if *place != "" {
		return pattern + " is answered by " + *place + " already: rename or remove one of the two"
	}
	*place = file
	t.list = append(t.list, Route{Pattern: pattern, File: file})
	return ""
}

func (n *node) literal(segment string) *node {
	next := n.literals[segment]
	if next == nil {
		if n.literals == nil {
			n.literals = map[string]*node{}
		}
		next = &node{depth: n.depth + 1}
		n.literals[segment] = next
	}
	return next
}

func (n *node) param(name string) *node {
	for _, p := range n.params {
		if p.name == name {
			return p.node
		}
	}
	next := &node{depth: n.depth + 1}
	n.params = append(n.params, param{name, next})
	slices.SortFunc(n.params, func(a, b param) int { return strings.Compare(a.name, b.name) })
	return next
}

type segmentKind int

const (
	bad segmentKind = iota
	literal
	single // [name]
	rest   // [...name]
)

// parseSegment tells what a file's or folder's name stands for in a path.
func parseSegment(s string) (name string, kind segmentKind) {
	if !strings.ContainsAny(s, "[]") {
		return s, literal
	}
	inner, ok := strings.CutPrefix(s, "[")
	inner, ok2 := strings.CutSuffix(inner, "]")
	name, isRest := strings.CutPrefix(inner, "...")
	if !ok || !ok2 || name == "" || strings.ContainsAny(name, "[]") || strings.HasPrefix(name, ".") {
		return "", bad
	}
	if isRest {
		return name, rest
	}
	return name, single
}

// repeated returns the name that two parameters on the way to a page have, or "".
func repeated(segments []string) string {
	seen := map[string]bool{}
	for _, s := range segments {
		name, kind := parseSegment(s)
		if kind != single && kind != rest {
			continue
		}
		if seen[name] {
			return name
		}
		seen[name] = true
	}
	return ""
}

func badSegment(s string) string {
	return "write a parameter as the whole name, [name] or [...name], not " + s
}

// files returns the files of all pages.
func (t *routes) files() []string {
	seen := map[string]bool{}
	for _, r := range t.list {
		seen[r.File] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
