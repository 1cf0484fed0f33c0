package writers

import (
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// quiet is for how long a file must not have changed if nobody tells of its writers.
const quiet = 500 * time.Millisecond

// takeLease asks for a read lease, which the kernel gives if nobody has the file open for writing.
// Closing the file gives it back, too.
func takeLease(f *os.File) (lease, func()) {
	nothing := func() {}
	raw, err := f.SyscallConn()
	if err != nil {
		return refused, nothing
	}
	set := func(kind int) (err error) {
		if e := raw.Control(func(fd uintptr) { _, err = unix.FcntlInt(fd, unix.F_SETLEASE, kind) }); e != nil {
			return e
		}
		return err
	}
	switch set(unix.F_RDLCK) {
	case nil:
		return granted, func() { _ = set(unix.F_UNLCK) }
	case unix.EAGAIN:
		return held, nothing
	}
	return refused, nothing
}

// open opens a file for reading. It does not wait for anybody to write to a pipe of that name.
func open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
}

// changeTime returns when a file, or what is known about it, last changed, which nobody can set.
func changeTime(info fs.FileInfo) time.Time {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(st.Ctim.Unix())
	}
	return info.ModTime()
}
