package engine

import (
	"cmp"
	"errors"
	"fmt"
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
	generation uint64 // see following
	real       string // the folder without links, when it was read
	routes     *routes
	pages      map[string]*page // by file
	files      []string         // every file and link below the folder
	folders    []folder         // all folders, the top first
	starved    bool             // some of them could not be read for want of something that comes back
}

// folder is a folder as it was when it was read.
type folder struct {
	path   string
	stamp  stamp
	readAt time.Time
	names  string // of its entries, and their kinds
	closed bool   // it cannot be read
}

// look tells whether the folder's entries have changed.
func (f *folder) look() freshness {
	now := stampOf(f.path)
	if now == f.stamp && (now.missing || now.proves(f.readAt)) {
		return same
	}
	entries, err := os.ReadDir(f.path)
	if now.missing != f.stamp.missing || err == nil && namesOf(entries) != f.names {
		return changed
	}
	return same
}

func namesOf(entries []os.DirEntry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%s\x00%d\x00", e.Name(), e.Type())
	}
	return b.String()
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
	s := &site{pages: map[string]*page{}}
	if s.real = e.realPath(); s.real != "" {
		e.realDir.Store(&s.real)
	}
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

// realPath returns the path of the folder without links, or nothing where there is none.
func (e *Engine) realPath() string {
	real, err := filepath.EvalSymlinks(e.dir)
	if err != nil {
		return ""
	}
	return real
}

// walk adds the files below a folder. Links are followed, but not in a circle; above has the
// folders on the way.
func (e *Engine) walk(s *site, rel string, above []os.FileInfo) {
	dir := filepath.Join(e.dir, filepath.FromSlash(rel))
	at := folder{path: dir, readAt: time.Now(), stamp: stampOf(dir)}
	entries, readErr := os.ReadDir(dir)
	at.names, at.closed = namesOf(entries), errors.Is(readErr, fs.ErrPermission)
	s.folders = append(s.folders, at)
	info, err := os.Stat(dir)
	if err != nil || slices.ContainsFunc(above, func(i os.FileInfo) bool { return os.SameFile(i, info) }) {
		return
	}
	switch {
	case exhausted(readErr):
		s.starved = true
	case readErr != nil && !errors.Is(readErr, fs.ErrNotExist):
		e.log.Error("cannot read a folder of pages: let the user as whom the server runs read it", "error", readErr)
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
	next.pages = make(map[string]*page, len(s.pages))
	for file, p := range s.pages {
		next.pages[file] = p
	}
	for _, p := range pages {
		next.pages[p.file] = p
	}
	return &next
}
