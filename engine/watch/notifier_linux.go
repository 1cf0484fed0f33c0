package watch

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"unsafe"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/unix"
)

// kernel is an inotify(7) of our own: fsnotify's does not tell when a writer closes a file.
type kernel struct {
	file   *os.File
	events chan fsnotify.Event
	errors chan error
	done   chan struct{}
	end    func()

	mu    sync.Mutex
	paths map[int32]string // of folders, by watch
	ids   map[string]int32
}

// wanted is what is told of a folder. A file that has no name any more is of no interest, though
// it may be written to under the name that another one has now.
const wanted = unix.IN_CREATE | unix.IN_MODIFY | unix.IN_CLOSE_WRITE | unix.IN_ATTRIB | unix.IN_DELETE | unix.IN_MOVE |
	unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_ONLYDIR | unix.IN_EXCL_UNLINK

// inotify returns a notifier of the kernel's. Its events have no buffer: whoever takes one knows
// that none is on the way that came before.
func inotify() (*notifier, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, os.NewSyscallError("inotify_init1", err)
	}
	k := &kernel{
		file:   os.NewFile(uintptr(fd), "inotify"),
		events: make(chan fsnotify.Event), errors: make(chan error), done: make(chan struct{}),
		paths: map[int32]string{}, ids: map[string]int32{},
	}
	k.end = sync.OnceFunc(func() { close(k.done) })
	go k.run()
	return &notifier{events: k.events, errors: k.errors, add: k.add, remove: k.remove, close: k.close, closes: true}, nil
}

func (k *kernel) add(dir string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	id, err := k.watch(dir)
	if err != nil {
		return &fs.PathError{Op: "inotify_add_watch", Path: dir, Err: err}
	}
	k.paths[id], k.ids[dir] = dir, id
	return nil
}

func (k *kernel) watch(dir string) (id int32, err error) {
	err = k.use(func(fd int) (err error) {
		n, err := unix.InotifyAddWatch(fd, dir, wanted)
		id = int32(n)
		return err
	})
	return id, err
}

func (k *kernel) remove(dir string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	id, ok := k.ids[dir]
	if !ok {
		return nil // the kernel has removed it, with its folder
	}
	delete(k.ids, dir)
	if k.paths[id] != dir {
		return nil // the folder is watched under another name by now
	}
	delete(k.paths, id)
	return k.use(func(fd int) (err error) {
		_, err = unix.InotifyRmWatch(fd, uint32(id))
		return err
	})
}

// use lets do use the descriptor while it is open.
func (k *kernel) use(do func(fd int) error) error {
	raw, err := k.file.SyscallConn()
	if err != nil {
		return err
	}
	if e := raw.Control(func(fd uintptr) { err = do(int(fd)) }); e != nil {
		return e
	}
	return err
}

func (k *kernel) close() error {
	k.end()
	return k.file.Close()
}

// run reads events until the end.
func (k *kernel) run() {
	defer close(k.events)
	defer close(k.errors)
	buffer := make([]byte, 64<<10)
	for {
		n, err := k.file.Read(buffer)
		if err != nil {
			if !errors.Is(err, os.ErrClosed) {
				k.fail(err)
			}
			return
		}
		for rest := buffer[:n]; len(rest) >= unix.SizeofInotifyEvent; {
			event := *(*unix.InotifyEvent)(unsafe.Pointer(&rest[0]))
			rest = rest[unix.SizeofInotifyEvent:]
			name, _, _ := bytes.Cut(rest[:event.Len], []byte{0})
			rest = rest[event.Len:]
			if !k.tell(event, string(name)) {
				return
			}
		}
	}
}

// tell passes an event on. It reports false at the end.
func (k *kernel) tell(event unix.InotifyEvent, name string) bool {
	if event.Mask&unix.IN_Q_OVERFLOW != 0 {
		return k.fail(fsnotify.ErrEventOverflow)
	}
	k.mu.Lock()
	dir, ok := k.paths[event.Wd]
	if ok && event.Mask&unix.IN_IGNORED != 0 {
		delete(k.paths, event.Wd)
		delete(k.ids, dir)
	}
	k.mu.Unlock()
	op := operations(event.Mask)
	if !ok || op == 0 {
		return true
	}
	path := dir
	if name != "" {
		path = filepath.Join(dir, name)
	}
	select {
	case k.events <- fsnotify.Event{Name: path, Op: op}:
		return true
	case <-k.done:
		return false
	}
}

func (k *kernel) fail(err error) bool {
	select {
	case k.errors <- err:
		return true
	case <-k.done:
		return false
	}
}

// operations translates what the kernel says.
func operations(mask uint32) (op fsnotify.Op) {
	for _, word := range []struct {
		mask uint32
		op   fsnotify.Op
	}{
		{unix.IN_CREATE | unix.IN_MOVED_TO, fsnotify.Create},
		{unix.IN_MODIFY, fsnotify.Write},
		{unix.IN_DELETE | unix.IN_DELETE_SELF | unix.IN_UNMOUNT, fsnotify.Remove},
		{unix.IN_MOVED_FROM | unix.IN_MOVE_SELF, fsnotify.Rename},
		{unix.IN_ATTRIB, fsnotify.Chmod},
		{unix.IN_CLOSE_WRITE, closed},
	} {
		if mask&word.mask != 0 {
			op |= word.op
		}
	}
	return op
}
