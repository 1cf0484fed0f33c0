package server

import (
	"os"

	"golang.org/x/sys/unix"
)

// keepWriters has whoever wants to open the file for writing wait until release is called. busy
// reports that somebody has it open already. It does so by a read lease (fcntl(2), "Leases"), which
// is not to be had on a file of another user's, and on some file systems: nobody waits then.
func keepWriters(file *os.File) (busy bool, release func()) {
	nothing := func() {}
	raw, err := file.SyscallConn()
	if err != nil {
		return false, nothing
	}
	lease := func(kind int) (err error) {
		if e := raw.Control(func(fd uintptr) { _, err = unix.FcntlInt(fd, unix.F_SETLEASE, kind) }); e != nil {
			return e
		}
		return err
	}
	switch lease(unix.F_RDLCK) {
	case nil:
		return false, func() { _ = lease(unix.F_UNLCK) } // a file that is closed has none
	case unix.EAGAIN:
		return true, nothing
	}
	return false, nothing
}
