package engine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wizgy/server/writers"
)

// source is a file that a page came from, as it was when it was read.
type source struct {
	path    string
	content string
	stamp   stamp
	readAt  time.Time
	lines   int  // of the page's own file
	suspect bool // see scan.Found

	lineStarts []int // made when it is asked for
}

// text is what the file says. A byte order mark before it belongs to nothing, and is not counted in places.
func (s *source) text() string { return strings.TrimPrefix(s.content, "\ufeff") }

// link is a path that led to a file through a symbolic link.
type link struct{ path, real string }

// look tells whether the path still leads to that file.
func (l link) look() freshness {
	real, err := filepath.EvalSymlinks(l.path)
	switch {
	case err != nil:
		return gone
	case real != l.real:
		return changed
	}
	return same
}

// stamp tells versions of a file apart without reading it. Size and modification time are not
// enough: both can be the same after a save, the time on purpose (touch -d, rsync --times). The
// inode tells a file that took another's place, and the change time cannot be set by anyone.
type stamp struct {
	size    int64
	mtime   int64 // ns
	ctime   int64 // ns; 0 where the system has none
	inode   uint64
	missing bool
}

// racy is how near to its reading a file's last change may lie so that its stamp proves nothing:
// the kernel's clock for files moves in steps, and two writes within a step look the same.
const racy = 20 * time.Millisecond

// freshness is what became of a file since it was read.
type freshness int

const (
	same    freshness = iota
	changed           // another content
	busy              // someone has it open for writing: its content is not yet to be read
	gone              // it is not there
)

// readSource reads a file and its stamp, which belong together. It waits, for a while, for
// whoever is writing the file.
func readSource(w *writers.Writers, path string) (*source, string, error) {
	for start := time.Now(); ; time.Sleep(time.Millisecond) {
		before := stampOf(path)
		now := time.Now()
		content, busy, err := w.Read(path)
		if busy && now.Sub(start) > writers.Limit {
			content, err = os.ReadFile(path)
			busy = false
		}
		if err != nil {
			return nil, "", err
		}
		if !busy && stampOf(path) == before {
			return &source{path: path, content: string(content), stamp: before, readAt: now}, string(content), nil
		}
	}
}

// stampOf returns a file's stamp. What cannot be looked at counts as missing.
func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{missing: true}
	}
	s := stamp{size: info.Size(), mtime: info.ModTime().UnixNano()}
	s.ctime, s.inode = changeTime(info)
	return s
}

// proves reports whether finding the same stamp again shows that the content is the same.
func (s stamp) proves(readAt time.Time) bool {
	return max(s.ctime, s.mtime) < readAt.Add(-racy).UnixNano()
}

// look tells what became of the file. written means that it may have been, as someone who watches
// it knows, so that the stamp alone says nothing.
func (s *source) look(w *writers.Writers, written bool) freshness {
	now := stampOf(s.path)
	if now == s.stamp && !written && s.stamp.proves(s.readAt) {
		return same
	}
	if now.missing {
		return gone
	}
	content, writing, err := w.Read(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return gone
	case writing:
		return busy
	case err != nil || string(content) != s.content:
		return changed
	}
	return same
}
