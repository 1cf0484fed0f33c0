package server

import (
	"io/fs"
	"strconv"
)

// etag returns a strong validator (RFC 9110, 8.8.3) of a file's content: its size, when it was
// changed, in nanoseconds, and which file it is. The size and the time of modification alone are
// not enough: tools set the time back, and some give every file the same.
func etag(info fs.FileInfo) string {
	inode, changed := identity(info)
	b := make([]byte, 0, 64)
	b = append(b, '"')
	b = strconv.AppendUint(b, uint64(info.Size()), 36)
	b = append(b, '-')
	b = strconv.AppendUint(b, uint64(info.ModTime().UnixNano()), 36)
	b = append(b, '-')
	b = strconv.AppendUint(b, inode, 36)
	b = append(b, '-')
	b = strconv.AppendUint(b, changed, 36)
	b = append(b, '"')
	return string(b)
}
