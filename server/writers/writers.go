// Package writers tells whether somebody is writing to a file, so that nobody gets half of it.
//
// A read lease (fcntl(2), "Leases") tells it exactly, and keeps writers waiting meanwhile, but the
// kernel gives one only to the owner of the file. Where it is refused, what tells is that the kernel
// has told whoever watches the folder of a write and not yet of the close after it, which it does
// whoever owns the file. Of what happened before there was such a watch, or where there is none, only
// the time of the last change says something.
package writers

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Limit is how long a file may be written to before it counts as one that is never complete, such
// as a log, and may be read as it is.
const Limit = 3 * time.Second

// late is how long the news that a file was written to may be on the way.
const late = 60 * time.Millisecond

// Writers knows what is being written to. The zero value does, too; its methods may be called from
// any goroutine.
type Writers struct {
	// NoLeases has files looked at as where leases are refused.
	NoLeases bool

	mu      sync.Mutex
	files   map[string]span      // that are being written to, by path without links
	watched map[string]time.Time // folders whose news come to Wrote and Closed, since when
}

// span is a time in which a file is being written to.
type span struct {
	began time.Time
	last  time.Time // when that was last so
	told  bool      // by whoever watches it: it goes on until Closed is called
}

// Watch tells that from now on Wrote and Closed are called for the files of a folder.
func (w *Writers) Watch(dir string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watched == nil {
		w.watched = map[string]time.Time{}
	}
	w.watched[dir] = time.Now()
}

// Unwatch tells that they are not called any more.
func (w *Writers) Unwatch(dir string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.watched, dir)
	for path := range w.files {
		if filepath.Dir(path) == dir {
			delete(w.files, path)
		}
	}
}

// Wrote tells that somebody has written to a file.
func (w *Writers) Wrote(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.extend(path, true)
}

// Closed tells that a writer has closed a file, or that there is another one of that name.
func (w *Writers) Closed(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.files, path)
}

// extend notes that a file is being written to, and returns since when.
func (w *Writers) extend(path string, told bool) time.Time {
	now := time.Now()
	s, ok := w.files[path]
	if !ok || !s.told && now.Sub(s.last) > Limit {
		s = span{began: now}
	}
	s.last, s.told = now, s.told || told
	if w.files == nil {
		w.files = map[string]span{}
	}
	w.files[path] = s
	return s.began
}

// Hold reports whether somebody is writing to an open file. If nobody is, those who want to wait
// until release is called, where the system can have them wait. After Limit the answer is no.
func (w *Writers) Hold(f *os.File) (busy bool, release func()) {
	lease, release := refused, func() {}
	if !w.NoLeases {
		lease, release = takeLease(f)
	}
	if lease == granted {
		return false, release
	}
	path := place(f)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.writing(f, path, lease) {
		delete(w.files, path)
		return false, release
	}
	return time.Since(w.extend(path, false)) < Limit, release
}

// Busy is Hold for a path. What cannot be opened is not being written to.
func (w *Writers) Busy(path string) bool {
	f, err := open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	busy, release := w.Hold(f)
	release()
	return busy
}

// Read reads a file while nobody writes to it, as far as that can be had.
func (w *Writers) Read(path string) (content []byte, busy bool, err error) {
	f, err := open(path)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	busy, release := w.Hold(f)
	defer release()
	if busy {
		return nil, true, nil
	}
	content, err = io.ReadAll(f)
	return content, false, err
}

// writing reports whether somebody is writing to a file for which there is no lease.
func (w *Writers) writing(f *os.File, path string, lease lease) bool {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	modified := info.ModTime()
	age := time.Since(modified).Abs() // a clock may be behind
	if lease == held {
		// Who has it open, and does nothing, is done with it for now. The time of the last change can be
		// set back, as tools do that keep it, and the other one cannot.
		return min(age, time.Since(changeTime(info)).Abs()) < Limit
	}
	s, seen := w.files[path]
	if s.told {
		return true
	}
	// An empty file may just have been made, or be about to be filled anew: then the kernel sets the
	// time of the change last.
	if info.Size() == 0 && (!seen || time.Since(s.began) < late) {
		return true
	}
	since, ok := w.watched[filepath.Dir(path)]
	if ok && modified.After(since) && info.Size() > 0 {
		return age < late
	}
	return age < quiet
}

// place returns the path by which a file is known to whoever watches it.
func place(f *os.File) string {
	if real, err := filepath.EvalSymlinks(f.Name()); err == nil && strings.HasPrefix(real, string(filepath.Separator)) {
		return real
	}
	return f.Name()
}

// lease is what the system has said to whoever wanted to know that nobody writes to a file.
type lease int

const (
	refused lease = iota // it does not say
	granted              // nobody does, and whoever wants to waits
	held                 // somebody has the file open for writing
)
