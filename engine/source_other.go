//go:build !linux

package engine

import (
	"io/fs"
	"os"
)

// changeTime is not known here.
func changeTime(fs.FileInfo) (ctime int64, inode uint64) { return 0, 0 }

// beingWritten cannot be known here.
func beingWritten(string) bool { return false }

// readAlone reads a file.
func readAlone(path string) (content []byte, busy bool, err error) {
	content, err = os.ReadFile(path)
	return content, false, err
}
