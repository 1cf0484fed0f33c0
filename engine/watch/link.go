package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxLinks is how many symbolic links one path may lead through, as in Linux.
const maxLinks = 40

// A hook is a name in a folder that decides where a path leads to.
type hook struct {
	folder *folder
	name   string
}

// follow goes from the folder at, which is a real path, along the names of rest, and through the
// symbolic links on the way. It puts a hook of v at every step, before it looks: what changes
// later is an event. It returns the real path of the folder at the end, or "" where there is none.
func (w *Watcher) follow(v *view, at string, rest []string) string {
	for links := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			at = filepath.Dir(at)
			continue
		}
		here := w.hook(v, at, name)
		path := filepath.Join(at, name)
		info, err := os.Lstat(path)
		if err != nil {
			v.lost = here
			return ""
		}
		if info.IsDir() {
			at = path
			continue
		}
		if links++; info.Mode()&fs.ModeSymlink == 0 || links > maxLinks {
			return ""
		}
		target, err := os.Readlink(path)
		if err != nil {
			return ""
		}
		if filepath.IsAbs(target) {
			at = top(target)
		}
		rest = append(split(target), rest...)
	}
	return at
}

func (w *Watcher) hook(v *view, dir, name string) hook {
	h := hook{w.folder(dir), name}
	if h.folder.addHook(v, name) {
		v.hooks = append(v.hooks, h)
	}
	return h
}

// top returns the folder that an absolute path starts from.
func top(path string) string {
	return filepath.VolumeName(path) + string(filepath.Separator)
}

func split(path string) []string {
	return strings.Split(path[len(filepath.VolumeName(path)):], string(filepath.Separator))
}

// within reports whether path is dir or lies in it; both are clean. Nothing lies in "".
func within(path, dir string) bool {
	if dir == "" {
		return false
	}
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}
