package engine

import (
	"path/filepath"
	"slices"
	"strings"

	"wizgy/engine/watch"
)

// shape is what a change may mean for the resolution of imports: a file that was not there, or a
// package.json, can make the compiler take another file than before.
type shape struct {
	all   bool                // a package.json or tsconfig.json is among them
	stems map[string][]string // of the changed files
}

func shapeOf(change watch.Change) shape {
	s := shape{stems: map[string][]string{}}
	for _, changed := range change.Paths {
		switch filepath.Base(changed) {
		case "package.json", "tsconfig.json", "jsconfig.json":
			s.all = true
		}
		s.stems[stem(changed)] = append(s.stems[stem(changed)], changed)
	}
	return s
}

// concerns reports whether a file has come or changed that tells the compiler which files to take
// for p: one that an import without extension may mean now is enough.
func (s shape) concerns(p *page) bool {
	return s.all || slices.ContainsFunc(p.sources, func(src *source) bool {
		return slices.ContainsFunc(s.stems[stem(src.path)], func(changed string) bool { return changed != src.path })
	})
}

func stem(path string) string {
	s := strings.TrimSuffix(path, filepath.Ext(path))
	return strings.TrimSuffix(s, string(filepath.Separator)+"index")
}
