package engine

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// site is one snapshot of all pages. It does not change; a reload makes another one.
type site struct {
	generation uint64
	routes     *routes
	pages      map[string]*page // by file
	files      []string         // every file and link below the folder
	folders    []folder         // all folders, the top first
}

// folder is a folder as it was when it was read.
type folder struct {
	path   string
	stamp  stamp
	readAt time.Time
}

// look tells whether the folder's entries may have changed.
func (f *folder) look() freshness {
	if now := stampOf(f.path); now != f.stamp || !now.missing && !now.proves(f.readAt) {
		return changed
	}
	return same
}

func (s *site) sortedRoutes() []Route {
	return slices.SortedFunc(slices.Values(s.routes.list), func(a, b Route) int {
		return cmp.Or(strings.Compare(a.Pattern, b.Pattern), strings.Compare(a.File, b.File))
	})
}

// fresh reports whether no file has come or gone since the snapshot.
func (s *site) fresh() bool {
	for i := range s.folders {
		if s.folders[i].look() != same {
			return false
		}
	}
	return true
}

// scan reads the folder and makes a snapshot of it. Pages that old has are taken over as they are.
func (e *Engine) scan(old *site) *site {
	s := &site{generation: old.generation + 1, pages: map[string]*page{}}
	e.walk(s, "", nil)
	if slices.Equal(s.files, old.files) && old.routes != nil {
		s.routes = old.routes
	} else {
		s.routes = newRoutes(s.files)
	}
	for _, file := range s.routes.files() {
		if p := old.pages[file]; p != nil {
			s.pages[file] = p
		} else {
			s.pages[file] = e.newPage(file, nil)
		}
	}
	return s
}

// walk adds the files below a folder. Links are followed, but not in a circle; above has the
// folders on the way.
func (e *Engine) walk(s *site, rel string, above []os.FileInfo) {
	dir := filepath.Join(e.dir, filepath.FromSlash(rel))
	s.folders = append(s.folders, folder{path: dir, readAt: time.Now(), stamp: stampOf(dir)})
	info, err := os.Stat(dir)
	if err != nil || slices.ContainsFunc(above, func(i os.FileInfo) bool { return os.SameFile(i, info) }) {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		e.log.Error("cannot read a folder of pages", "error", err)
	}
	for _, entry := range entries {
		file := path.Join(rel, entry.Name())
		kind := entry.Type()
		if kind&fs.ModeSymlink != 0 {
			if info, err := os.Stat(filepath.Join(dir, entry.Name())); err == nil {
				kind = info.Mode().Type()
			}
		}
		switch {
		case kind.IsDir() && entry.Name() != "node_modules" && entry.Name()[0] != '.':
			e.walk(s, file, append(above[:len(above):len(above)], info))
		case kind.IsRegular():
			s.files = append(s.files, file)
		}
	}
}

// with returns a copy of the snapshot in which p has taken its place.
func (s *site) with(pages ...*page) *site {
	next := *s
	next.generation++
	next.pages = make(map[string]*page, len(s.pages))
	for file, p := range s.pages {
		next.pages[file] = p
	}
	for _, p := range pages {
		next.pages[p.file] = p
	}
	return &next
}
