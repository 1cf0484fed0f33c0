package server

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// version is one version of a file, with everything that answers need of it. What is not atomic
// never changes, so it is shared by all answers, the values of header fields included.
type version struct {
	name         string
	contentType  []string
	lastModified []string  // nil: unknown
	modified     time.Time // to the second, as in the header
	sharesDate   bool      // an earlier version was sent with the same lastModified
	varies       bool      // which representation is sent depends on Accept-Encoding
	encodable    bool      // what no precompressed file has may be encoded

	plain     *representation
	encoded   [codings]atomic.Pointer[representation]
	requested [codings]atomic.Bool // somebody encodes it, or has
	unsettled atomic.Bool          // its content may have changed without a trace
	doubted   atomic.Bool          // the last comparison has found another content
}

// differs reports whether w is known to be another version of the file.
func (v *version) differs(w *version) bool {
	return v.plain.stamp != w.plain.stamp || v.plain.body != nil && w.plain.body != nil
}

// representation is a version in one coding: RFC 9110, 3.2.
type representation struct {
	coding coding
	name   string // of the file that it is in; empty: it was made from another
	stamp  stamp  // of that file
	body   []byte // nil: only in the file
	size   int64

	tag      string
	etag     []string
	length   []string
	encoding []string
}

func newRepresentation(c coding, name string, st stamp, size int64, tag string) *representation {
	return &representation{
		coding: c, name: name, stamp: st, size: size, tag: tag,
		etag: []string{tag}, length: []string{strconv.FormatInt(size, 10)}, encoding: codingNames[c],
	}
}

// newVersion describes a file; its content is not there yet.
func newVersion(name string, st stamp, now time.Time) *version {
	v := &version{name: name, contentType: []string{contentType(name)}}
	settled := st.settled(now)
	v.unsettled.Store(!settled)
	// A date that is still to come must not be sent: RFC 9110, 8.8.2.1.
	if modified := time.Unix(0, st.modified); st.modified > 0 && !modified.After(now) {
		v.modified = modified.Truncate(time.Second)
		v.lastModified = []string{modified.UTC().Format(http.TimeFormat)}
	}
	v.plain = newRepresentation(identity, name, st, st.size, st.tag(now, settled))
	return v
}

// isOf reports whether whoever has a version of the file with that date has this one, which is so if it
// could not change any more within that second: RFC 9110, 8.8.2.2.
func (v *version) isOf(date, now time.Time) bool {
	isLast := !v.sharesDate && now.Sub(v.modified) >= time.Second+racyWindow
	return v.lastModified != nil && v.modified.Equal(date) && isLast
}

// tagOf returns the entity tag of v in a coding, whether it is there already or not; empty where
// it never is.
func (v *version) tagOf(c coding) string {
	switch rep := v.representation(c); {
	case rep != nil:
		return rep.tag
	case v.encodable:
		return encodedTag(v.plain.tag, c)
	}
	return ""
}

// encodedTag is the tag of what was made from a representation: no two representations of a
// resource have the same (RFC 9110, 8.8.3.3).
func encodedTag(tag string, c coding) string {
	return tag[:len(tag)-1] + "-" + codingSuffixes[c] + `"`
}

// representation returns v in a coding, or nil.
func (v *version) representation(c coding) *representation {
	if c == identity {
		return v.plain
	}
	return v.encoded[c].Load()
}

// versionOverhead is about what a version takes besides its content.
const versionOverhead = 1 << 10

// size is how many bytes of memory v takes.
func (v *version) size() int64 {
	n := int64(versionOverhead + len(v.plain.body))
	for _, c := range fileCodings {
		if rep := v.encoded[c].Load(); rep != nil {
			n += int64(len(rep.body))
		}
	}
	return n
}
