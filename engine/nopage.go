package engine

import (
	"io/fs"
	"path/filepath"
	"strings"
)

// noPage is the error for a path that no page has.
type noPage struct {
	path string // decoded
	hint string
}

// noPage makes the error for a path.
func (e *Engine) noPage(path string) error {
	return &noPage{path, "neither a file nor a page has this path: " + e.wouldAnswer(path)}
}

// wouldAnswer says what to create so that a path has an answer.
func (e *Engine) wouldAnswer(path string) string {
	rel := strings.TrimPrefix(path, "/")
	last := rel[strings.LastIndexByte(rel, '/')+1:]
	if last == "" {
		rel += "index"
	}
	if strings.Contains(last, ".") || strings.ContainsAny(rel, "[]\x00\\") || !fs.ValidPath(rel) || !isPage(rel+".js") {
		return "wizgy routes lists those that have one"
	}
	return "a file would be html/" + rel + ".html, a page " + e.name(filepath.Join(e.dir, filepath.FromSlash(rel)+".js")) + "; wizgy routes lists those that there are"
}

// Error returns the message.
func (e *noPage) Error() string { return "no page for " + e.path }

// Summary returns the message, and what to do.
func (e *noPage) Summary() string { return e.Error() + "\n" + e.hint }

// Unwrap returns [fs.ErrNotExist].
func (e *noPage) Unwrap() error { return fs.ErrNotExist }
