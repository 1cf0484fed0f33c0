package watch

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// An inode tells a file from others that had, or will have, its name.
type inode struct{ device, number uint64 }

func identify(path string) (id inode, ok bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return inode{}, false
	}
	id, _ = attributes(info)
	return id, true
}

// A stamp is what polling knows of a file.
type stamp struct {
	id     inode
	kind   fs.FileMode
	size   int64
	mtime  int64
	status status
}

// A status is when the status of a file last changed, which no program can set, and what of it
// is no change for us.
type status struct {
	ctime      int64
	mode       fs.FileMode
	owner      uint64
	references uint64
}

func stampOf(info fs.FileInfo) stamp {
	s := stamp{kind: info.Mode().Type(), size: info.Size(), mtime: info.ModTime().UnixNano()}
	s.id, s.status = attributes(info)
	return s
}

// since returns the event that made s of old.
func (s stamp) since(old stamp) fsnotify.Op {
	switch {
	case s.id != old.id || s.kind != old.kind:
		return fsnotify.Remove | fsnotify.Create
	case s.kind == fs.ModeDir: // what changes in a folder is seen by looking into it
		return 0
	case s.size == old.size && s.mtime == old.mtime && !s.status.written(old.status):
		return 0
	case s.kind == fs.ModeSymlink:
		return fsnotify.Remove | fsnotify.Create
	default:
		return fsnotify.Write
	}
}

// written reports whether the contents must have changed, since nothing else did.
func (s status) written(old status) bool {
	ctime := s.ctime
	s.ctime = old.ctime
	return ctime != old.ctime && s == old
}

type stamps map[string]stamp

func (s stamps) lookAt(dir, name string) {
	if info, err := os.Lstat(filepath.Join(dir, name)); err == nil {
		s[name] = stampOf(info)
	}
}

// look returns the stamps of everything in f that anyone is concerned with.
func (f *folder) look() stamps {
	now := stamps{}
	if len(f.views) > 0 {
		entries, err := os.ReadDir(f.path)
		if f.seen != nil && isShortage(err) {
			return f.seen
		}
		for _, e := range entries {
			now.lookAt(f.path, e.Name())
		}
		return now
	}
	for name := range f.hooks {
		now.lookAt(f.path, name)
	}
	return now
}

// isShortage reports whether a folder cannot be read for want of something that comes back, which says
// nothing about the folder.
func isShortage(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
}

func (w *Watcher) pollFolder(f *folder) {
	f.seen = f.look()
	w.polled[f] = struct{}{}
	if len(w.polled) == 1 {
		w.poll.Reset(w.system.every)
	}
}

// sweep looks at all polled folders, and has the notifier watch them if it can by now.
func (w *Watcher) sweep() {
	start := time.Now()
	if w.notifier == nil {
		w.open()
	}
	full := false
	for _, f := range slices.Collect(maps.Keys(w.polled)) {
		if w.folders[f.path] != f {
			continue
		}
		if id, ok := identify(f.path); !ok || id != f.id {
			w.changed(w.folders[filepath.Dir(f.path)], filepath.Base(f.path), fsnotify.Remove)
			continue
		}
		if !full && !f.remote {
			err := w.tell(f)
			if err == nil {
				delete(w.polled, f)
			}
			full = errors.Is(err, syscall.ENOSPC)
		}
		w.compare(f)
	}
	if len(w.polled) > 0 {
		w.poll.Reset(pause(w.system.every, start))
	}
}

// pause returns how long to wait until folders are looked at again, as was begun at start. A large tree
// takes a while; nine tenths of the time are left for other things.
func pause(every time.Duration, start time.Time) time.Duration {
	return max(every, 9*time.Since(start))
}

// missed reports whether the folder name in f is not watched although it is to be: it was away for a
// moment, just after f was looked at, and is back now, the same as before.
func (f *folder) missed(name string) bool {
	for v := range f.views {
		if v.concerns(name) && v.kids[name] == nil {
			return true
		}
	}
	for v := range f.hooks[name] {
		if v.lost == (hook{f, name}) {
			return true
		}
	}
	return false
}

// compare looks at f and reports what has changed since it was last looked at.
func (w *Watcher) compare(f *folder) {
	old, now := f.seen, f.look()
	f.seen = now
	if _, ok := w.polled[f]; !ok && w.system.audit == 0 {
		f.seen = nil
	}
	report := func(name string, op fsnotify.Op) {
		// A file with other names may have been written to under one of them, of which the kernel tells.
		if f.untold != nil && now[name].status.references < 2 {
			f.untold[name] = struct{}{}
		}
		w.changed(f, name, op)
	}
	for name, s := range now {
		if before, ok := old[name]; !ok {
			report(name, fsnotify.Create)
		} else if op := s.since(before); op != 0 {
			report(name, op)
		} else if s.kind == fs.ModeDir && f.missed(name) {
			report(name, fsnotify.Create)
		}
	}
	for name := range old {
		if _, ok := now[name]; !ok {
			report(name, fsnotify.Remove)
		}
	}
}
