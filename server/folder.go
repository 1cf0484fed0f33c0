package server

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// folder is the document root: a path, and whatever folder is found there now. A deploy may
// switch the symbolic link that the path is, or delete the folder and make it anew, while an
// [os.Root] would stay with the folder that it was opened on.
type folder struct {
	path    string
	every   time.Duration // how long a check stays good; 0: every request checks
	watched bool          // somebody tells of changes
	noticed func()        // called when a check has found another folder; nil at first

	doubted atomic.Bool // the last check has found another folder, which nobody has told of

	checked atomic.Int64 // when, in nanoseconds since started
	started time.Time
	current atomic.Pointer[openFolder] // nil: none

	mu     sync.Mutex // held while current changes
	closed bool       // guarded by mu
}

// openFolder is one opened folder. It is closed when it is not current any more and the last
// request that looks something up in it is done.
type openFolder struct {
	*os.Root
	path string
	info fs.FileInfo
	refs atomic.Int64 // 1 for being current, and 1 for each user; at 0 it is closed
}

func newFolder(path string, config *Config) (*folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f := &folder{path: path, every: rootCheckInterval, started: time.Now()}
	switch {
	case config.Dev:
		f.every = 0
	case config.Watched:
		f.every, f.watched = watchedCheckInterval, true
	}
	f.look()
	return f, nil
}

// acquire returns the folder that is at the path now, or nil where there is none. The caller
// releases it.
func (f *folder) acquire() *openFolder {
	f.check()
	for {
		o := f.current.Load()
		if o == nil || o.retain() {
			return o
		}
	}
}

func (f *folder) check() {
	if f.every > 0 {
		now, last := int64(time.Since(f.started)), f.checked.Load()
		if last != 0 && now-last < int64(f.every) || !f.checked.CompareAndSwap(last, now) {
			return
		}
	}
	if f.switched() {
		// If somebody is about to tell, along with what else has changed, that is waited for.
		if f.watched && !f.doubted.Swap(true) {
			return
		}
		f.look()
		f.noticed()
	}
}

// look compares the folder at the path with the current one now, and takes it.
func (f *folder) look() { f.prepare().take() }

// switched reports whether the folder at the path is another than the current one.
func (f *folder) switched() bool {
	info, err := os.Stat(f.path)
	o := f.current.Load()
	return (err == nil) != (o != nil) || err == nil && !os.SameFile(info, o.info)
}

// nextFolder is what is to be current, if it is another.
type nextFolder struct {
	*folder
	other bool
	open  *openFolder // nil: none
}

// prepare opens what is at the path, if that is not current. Either take or discard is to follow.
// Someone else may prepare the same: then taking both is no harm.
func (f *folder) prepare() nextFolder {
	if !f.switched() {
		return nextFolder{folder: f}
	}
	open, err := openRoot(f.path)
	if exhausted(err) {
		return nextFolder{folder: f} // the last folder is better than none, and the next check tries again
	}
	return nextFolder{f, true, open}
}

// take makes it current.
func (n nextFolder) take() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.doubted.Store(false)
	switch {
	case n.other && n.closed:
		n.discard()
	case n.other:
		n.swap(n.open)
	}
}

func (n nextFolder) discard() {
	if n.open != nil {
		n.open.release()
	}
}

func openRoot(path string) (*openFolder, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	info, err := root.Stat(".")
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	o := &openFolder{Root: root, path: path, info: info}
	o.refs.Store(1)
	return o, nil
}

func (f *folder) swap(next *openFolder) {
	if last := f.current.Swap(next); last != nil {
		last.release()
	}
}

func (f *folder) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.swap(nil)
}

// retain adds a user, unless the last one has gone.
func (o *openFolder) retain() bool {
	for {
		n := o.refs.Load()
		if n == 0 {
			return false
		}
		if o.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (o *openFolder) release() {
	if o.refs.Add(-1) == 0 {
		_ = o.Close()
	}
}
