package server

import (
	"io/fs"
	"syscall"
)

// inodeOf returns the inode of a file, and when inode or content were changed last, which
// nobody can set back.
func inodeOf(info fs.FileInfo) (inode, changed uint64) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Ino, uint64(st.Ctim.Nano())
	}
	return 0, 0
}
