package watch

import (
	"io/fs"
	"syscall"
)

func attributes(info fs.FileInfo) (inode, status) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return inode{}, status{}
	}
	return inode{uint64(st.Dev), st.Ino}, status{
		ctime:      st.Ctim.Nano(),
		mode:       info.Mode(),
		owner:      uint64(st.Uid)<<32 | uint64(st.Gid),
		references: uint64(st.Nlink),
	}
}
