package engine

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// source is a file that a page came from, as it was when it was read.
type source struct {
	path    string
	content string
	stamp   stamp
	readAt  time.Time
	lines   int // of the page's own file
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

// readSource reads a file and its stamp, which belong together.
func readSource(path string) (*source, string, error) {
	for {
		before := stampOf(path)
		now := time.Now()
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, "", err
		}
		if stampOf(path) == before {
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

// look tells what became of the file. sure means that it was written for certain, as someone who
// watches it knows, so that the stamp alone says nothing.
func (s *source) look(sure bool) freshness {
	now := stampOf(s.path)
	if now == s.stamp && !sure && s.stamp.proves(s.readAt) {
		return same
	}
	if now.missing {
		return gone
	}
	if beingWritten(s.path) {
		return busy
	}
	content, err := os.ReadFile(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return gone
	case err != nil || string(content) != s.content:
		return changed
	}
	return same
}
