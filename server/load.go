package server

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"

	"wizgy/server/writers"
)

// How large a file is kept in memory. A write from there costs half of sendfile(2) or less, at any
// size, but a large file would drive many small ones out. A text that is larger is kept too, so
// that it is compressed.
const (
	maxKept     = 1 << 20
	maxKeptText = 8 << 20
)

// loader turns open files into versions.
type loader struct {
	limit   int64 // of the memory for all; 0: nothing is kept
	encode  bool
	writers *writers.Writers
}

// keeps reports whether the content of a file is held in memory.
func (l loader) keeps(size int64, contentType string) bool {
	most := int64(maxKept)
	if l.encode && compressible(contentType) {
		most = maxKeptText
	}
	return size <= min(most, l.limit/4)
}

// load describes f, a file in o. If last is still right, it returns last. f.file is left open if
// the content is not in memory, and closed otherwise. It fails with errBeingWritten for a file that is,
// unless that was waited for long enough.
func (l loader) load(o *openFolder, f found, last *version, waited time.Duration) (found, error) {
	near := l.neighbours(o, f)
	defer near.close()
	if last != nil && !last.unsettled.Load() && last.plain.stamp == stampOf(f.info) && near.same(last) {
		f.version = last
		return f.closeIfKept(), nil
	}
	busy, release := l.writers.Hold(f.file)
	defer release()
	if busy && waited < writers.Limit {
		_ = f.file.Close()
		return found{}, errBeingWritten
	}
	if info, err := f.file.Stat(); err == nil {
		busy = busy || stampOf(info) != stampOf(f.info)
		f.info = info
	}
	v, err := l.read(f, near)
	if err == nil && waited < changePatience && (busy || v.plain.stamp != stampOf(f.info)) {
		err = errBeingWritten // since it was looked at
	}
	if err != nil {
		_ = f.file.Close()
		return found{}, err
	}
	switch {
	case last == nil:
	case last.sameContent(v):
		if !v.unsettled.Load() {
			last.unsettled.Store(false)
		}
		v = last
	default:
		v.sharesDate = last.modified.Equal(v.modified)
	}
	f.version = v
	return f.closeIfKept(), nil
}

func (f found) closeIfKept() found {
	if f.version.plain.body != nil {
		_ = f.file.Close()
		f.file = nil
	}
	return f
}

// changePatience is how long a file is read again that changes while it is read. A log may always.
const changePatience = 100 * time.Millisecond

// errBeingWritten means that a file is not complete yet.
var errBeingWritten = errors.New("the file is being written")

func (l loader) read(f found, near neighbours) (*version, error) {
	now := time.Now()
	body, st, err := l.content(f, contentType(f.name))
	if err != nil {
		return nil, openError(err)
	}
	v := newVersion(f.name, st, now)
	v.plain.body = body
	for _, c := range fileCodings {
		if near[c].file == nil {
			continue
		}
		body, st, err := l.content(near[c], contentType(f.name))
		if err != nil {
			continue // the file itself is better than nothing
		}
		v.varies = true
		settled := st.settled(now)
		if !settled {
			v.unsettled.Store(true)
		}
		rep := newRepresentation(c, near[c].name, st, st.size, encodedTag(st.tag(now, settled), c))
		rep.body = body
		v.encoded[c].Store(rep)
	}
	v.encodable = l.encode && body != nil && v.plain.size >= minEncoded && compressible(v.contentType[0])
	v.varies = v.varies || v.encodable
	return v, nil
}

// content reads a file that is to be kept. The stamp is that of what was read: a file that is
// written to meanwhile is read again.
func (l loader) content(f found, contentType string) ([]byte, stamp, error) {
	info := f.info
	for attempt := 0; ; attempt++ {
		st := stampOf(info)
		if !l.keeps(st.size, contentType) {
			return nil, st, nil
		}
		body, err := readAll(f.file, st.size)
		if err != nil {
			return nil, st, err
		}
		if info, err = f.file.Stat(); err != nil {
			return nil, st, err
		}
		after := stampOf(info)
		if after == st && int64(len(body)) == st.size {
			return body, st, nil
		}
		if attempt == 3 { // somebody never stops writing
			st.size, st.changed = int64(len(body)), uint64(time.Now().UnixNano())
			return body, st, nil
		}
	}
}

// readAll reads as much as is there, up to size bytes, without moving the file's offset.
func readAll(file *os.File, size int64) ([]byte, error) {
	body := make([]byte, size)
	n, err := file.ReadAt(body, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return body[:n:n], err
}

// sameContent reports whether v and w have the same bytes in memory.
func (v *version) sameContent(w *version) bool {
	if v.plain.stamp != w.plain.stamp || !v.plain.sameBody(w.plain) {
		return false
	}
	for _, c := range fileCodings {
		a, b := v.encoded[c].Load(), w.encoded[c].Load()
		if a != nil && a.name == "" {
			a = nil // made from the other, so as right as that
		}
		if (a == nil) != (b == nil) || a != nil && (a.stamp != b.stamp || !a.sameBody(b)) {
			return false
		}
	}
	return true
}

func (rep *representation) sameBody(other *representation) bool {
	return rep.body != nil && other.body != nil && bytes.Equal(rep.body, other.body)
}
