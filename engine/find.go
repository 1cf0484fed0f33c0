package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Routes returns the pages' URL patterns, by pattern.
func (e *Engine) Routes() []Route { return e.site.Load().sortedRoutes() }

// Found says which page answers a path.
type Found struct {
	Page string // the page's file, as in Error.File
	// ScriptName is the part of the path that led to the page, and PathInfo what is left to it. Both are
	// decoded, and either may be empty.
	ScriptName, PathInfo string
	Params               map[string]string // by name; not nil
	Redirect             bool              // to the same path with a slash at the end
	Why                  string            // why it is this page, as a clause
}

// Find returns which page answers a URL path, percent-encoded as in a request. The error wraps
// fs.ErrNotExist if none does.
func (e *Engine) Find(path string) (Found, error) {
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return Found{}, err
	}
	m, ok := e.site.Load().routes.match(u)
	if !ok {
		return Found{}, e.noPage(u.Path)
	}
	f := Found{Page: e.name(filepath.Join(e.dir, filepath.FromSlash(m.file))), Redirect: m.redirect, Why: m.why(),
		ScriptName: m.scriptName, PathInfo: m.pathInfo, Params: map[string]string{}}
	for i := 0; i < len(m.params); i += 2 {
		f.Params[m.params[i]] = m.params[i+1]
	}
	return f, nil
}

// why says what decided for the page.
func (m match) why() string {
	base := m.file[strings.LastIndex(m.file, "/")+1:]
	_, kind := parseSegment(strings.TrimSuffix(base, filepath.Ext(base)))
	index := strings.HasPrefix(base, "index.")
	switch {
	case m.redirect:
		return "the index page of a folder is at the folder's own path, which ends in a slash"
	case kind == rest:
		return "no page is nearer than this one, which takes everything below its folder"
	case m.pathInfo != "" && !(index && m.pathInfo == "/"):
		return "no page has the whole path, and this one has the longest part of it: the rest is PATH_INFO"
	case len(m.params) > 0:
		return "no page has this very name, and a parameter takes any"
	}
	return "the page has this very name"
}

// Check compiles and starts every page, and returns what is wrong, by file and line, and what
// works but is doubtful.
func (e *Engine) Check() (problems, warnings []*Error) {
	site := e.site.Load()
	for _, problem := range site.routes.problems {
		problems = append(problems, e.named(problem))
	}
	var broken, doubtful shared
	for _, file := range slices.Sorted(maps.Keys(site.pages)) {
		p := site.pages[file].load()
		broken.add(p, p.problems)
		doubtful.add(p, p.warnings)
	}
	problems, warnings = append(problems, broken.list...), doubtful.list
	warnings = append(warnings, e.idleIsolate()...)
	warnings = append(warnings, e.strays(site)...)
	warnings = append(warnings, e.unwanted(site)...)
	problems = append(problems, e.unreadable(site)...)
	sortErrors(problems)
	sortErrors(warnings)
	return problems, warnings
}

// unreadable returns a problem for each folder whose pages nobody knows.
func (e *Engine) unreadable(s *site) (list []*Error) {
	for _, f := range s.folders {
		if _, err := os.ReadDir(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			list = append(list, &Error{File: e.name(f.path), Message: fmt.Sprintf("the folder cannot be read: %v", errors.Unwrap(err)),
				Hint: "let the user as whom wizgy runs read it"})
		}
	}
	return list
}
