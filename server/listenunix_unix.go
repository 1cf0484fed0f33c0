//go:build unix

package server

import (
	"io/fs"
	"os"
	"syscall"
	"time"
)

// lockFolder waits until no other process holds the lock of a folder, and takes it. What cannot be
// locked within a second is not.
func lockFolder(name string) (unlock func()) {
	folder, err := os.Open(name)
	if err != nil {
		return func() {}
	}
	const pause = 10 * time.Millisecond
	for range time.Second / pause {
		if syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != syscall.EWOULDBLOCK {
			break
		}
		time.Sleep(pause)
	}
	return func() { _ = folder.Close() }
}

// withMode gives a socket its mode before it gets its name, so that it never lets in more than it
// should. Linux goes by that; elsewhere, the mode is set afterwards only.
func withMode(mode fs.FileMode) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { _ = syscall.Fchmod(int(fd), uint32(mode.Perm())) })
	}
}
