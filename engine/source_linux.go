package engine

import (
	"io"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// changeTime returns when the inode last changed, in ns, and its number.
func changeTime(info fs.FileInfo) (ctime int64, inode uint64) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0
	}
	return st.Ctim.Nano(), st.Ino
}

// beingWritten reports whether some process has the file open for writing. Where that is not to
// be known, the answer is no.
func beingWritten(path string) bool {
	_, busy, _ := readLeased(path, func(*os.File) ([]byte, error) { return nil, nil })
	return busy
}

// readAlone reads a file while nobody can write to it. busy reports that somebody does.
func readAlone(path string) (content []byte, busy bool, err error) {
	return readLeased(path, func(f *os.File) ([]byte, error) { return io.ReadAll(f) })
}

// readLeased runs read under a read lease (fcntl(2), "Leases"): the kernel grants one only on a
// file that nobody has open for writing, and lets whoever wants to open it so wait until it is
// given back. It is not to be had on a file of another user's, and on some file systems: the
// file is read without one then.
func readLeased(path string, read func(*os.File) ([]byte, error)) (content []byte, busy bool, err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, false, err
	}
	defer f.Close() // which gives the lease back, too
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, false, err
	}
	var lease error
	if err := raw.Control(func(fd uintptr) { _, lease = unix.FcntlInt(fd, unix.F_SETLEASE, unix.F_RDLCK) }); err != nil {
		return nil, false, err
	}
	if lease == unix.EAGAIN {
		return nil, true, nil
	}
	content, err = read(f)
	return content, false, err
}
