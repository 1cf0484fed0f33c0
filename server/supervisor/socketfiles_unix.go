//go:build unix

package supervisor

import (
	"io/fs"
	"maps"
	"os"
	"slices"
)

// socketFiles are the files of Unix sockets that are to be removed, by name.
type socketFiles map[string]fs.FileInfo

func findSocketFiles(names []string) socketFiles {
	files := socketFiles{}
	for _, name := range names {
		if info, err := os.Lstat(name); err == nil {
			files[name] = info
		}
	}
	return files
}

func (f socketFiles) names() []string { return slices.Collect(maps.Keys(f)) }

// remove removes those that nobody has put another file in the place of.
func (f socketFiles) remove() {
	for name, was := range f {
		if is, err := os.Lstat(name); err == nil && os.SameFile(was, is) {
			_ = os.Remove(name)
		}
	}
}
