package server

import (
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// pageEncoder is an encoder that is used again. Its memory is small, for a stream may last for
// hours: a window of 128 KiB, about 1 MiB in all.
type pageEncoder interface {
	encoder
	Reset(io.Writer)
}

// pageEncoders are those that nobody uses now.
var pageEncoders = [codings]sync.Pool{
	brotliCoding: {New: func() any {
		return brotli.NewWriterOptions(nil, brotli.WriterOptions{Quality: 4, LGWin: 17})
	}},
	zstdCoding: {New: func() any { return newZstd(nil, zstd.SpeedFastest, 128<<10) }},
	gzipCoding: {New: func() any {
		w, _ := gzip.NewWriterLevel(nil, 5) // the level is right
		return w
	}},
}

// maxPageEncoders is how many pages are compressed at a time. More are sent as they are: slow
// readers and streams without end are not to fill the memory.
const maxPageEncoders = 256

// takeEncoder returns an encoder that writes to w, or nil if too many are in use.
func (s *Server) takeEncoder(c coding, w io.Writer) pageEncoder {
	if s.encoders.Add(1) > maxPageEncoders {
		s.encoders.Add(-1)
		return nil
	}
	e := pageEncoders[c].Get().(pageEncoder)
	e.Reset(w)
	return e
}

// releaseEncoder takes back an encoder. It is used again if nobody else can have it.
func (s *Server) releaseEncoder(c coding, e pageEncoder, again bool) {
	s.encoders.Add(-1)
	if !again {
		return
	}
	e.Reset(io.Discard) // it must not keep the connection
	pageEncoders[c].Put(e)
}
