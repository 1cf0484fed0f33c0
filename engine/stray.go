package engine

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// strayHints has what to do about files that people put beside their pages because other servers serve
// them from there, by the end of their name.
var strayHints = map[string]string{
	".html": intoHTML, ".htm": intoHTML, ".css": intoHTML, ".svg": intoHTML, ".pdf": intoHTML,
	".png": intoHTML, ".jpg": intoHTML, ".jpeg": intoHTML, ".gif": intoHTML, ".webp": intoHTML, ".ico": intoHTML,
	".php": inJavaScript, ".py": inJavaScript, ".rb": inJavaScript, ".pl": inJavaScript, ".cgi": inJavaScript,
}

const (
	intoHTML     = "what is sent as it is goes into html/; what a page imports may stay here"
	inJavaScript = "pages are written in JavaScript or TypeScript: page.js, page.ts, page.jsx"
)

// strays returns warnings about files that look as if they were to be served, and never are: they are no
// pages, and no page imports them.
func (e *Engine) strays(s *site) (list []*Error) {
	imported := map[string]bool{}
	for _, p := range s.pages {
		for _, source := range p.sources {
			imported[source.path] = true
		}
	}
	for _, file := range s.files {
		hint := strayHints[strings.ToLower(path.Ext(file))]
		if hint == "" || slices.ContainsFunc(strings.Split(file, "/"), private) {
			continue
		}
		abs := filepath.Join(e.dir, filepath.FromSlash(file))
		if real, err := filepath.EvalSymlinks(abs); err != nil || imported[real] {
			continue
		}
		list = append(list, &Error{File: e.name(abs), Message: "no URL leads to this file", Hint: hint})
	}
	return list
}
