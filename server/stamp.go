package server

import (
	"io/fs"
	"strconv"
	"time"
)

// stamp is what the file system tells about one version of a file: its size, when it was
// changed, in nanoseconds, and which file it is. The size and the time of modification alone are
// not enough: tools set the time back, and some give every file the same.
type stamp struct {
	size     int64
	modified int64  // what tools may set
	changed  uint64 // what nobody can set; 0 where the system does not tell
	inode    uint64
}

func stampOf(info fs.FileInfo) stamp {
	st := stamp{size: info.Size(), modified: info.ModTime().UnixNano()}
	st.inode, st.changed = inodeOf(info)
	return st
}

// racyWindow is longer than a tick of the clock that stamps files. Two writes within a tick leave
// the same stamp.
const racyWindow = 20 * time.Millisecond

// settled reports whether a write after now leaves another stamp than st.
func (st stamp) settled(now time.Time) bool {
	last := int64(st.changed)
	if last == 0 {
		last = st.modified
	}
	return now.UnixNano()-last >= int64(racyWindow)
}

// tag returns a strong validator: RFC 9110, 8.8.3. The stamp of a file that was written just now
// may soon be that of other content, so such a tag is good for what was read now and no more.
func (st stamp) tag(now time.Time, settled bool) string {
	b := append(make([]byte, 0, 64), '"')
	b = strconv.AppendUint(b, uint64(st.size), 36)
	for _, part := range []uint64{uint64(st.modified), st.inode, st.changed} {
		b = strconv.AppendUint(append(b, '-'), part, 36)
	}
	if !settled {
		b = strconv.AppendUint(append(b, "-r"...), uint64(now.UnixNano()), 36)
	}
	return string(append(b, '"'))
}
