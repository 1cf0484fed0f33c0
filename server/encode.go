package server

import (
	"bytes"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// encoder compresses what is written to it. Flush brings everything so far to the writer below.
type encoder interface {
	io.WriteCloser
	Flush() error
}

// fileEncoder returns an encoder for what is compressed once. Higher levels take many times as
// long, or as much memory, for the last few hundredths.
func fileEncoder(c coding, to io.Writer) encoder {
	switch c {
	case brotliCoding:
		return brotli.NewWriterLevel(to, 6)
	case zstdCoding:
		return newZstd(to, zstd.SpeedBetterCompression, 1<<20) // RFC 9659: never more than 8 MiB
	}
	w, _ := gzip.NewWriterLevel(to, gzip.BestCompression) // the level is right
	return w
}

func newZstd(to io.Writer, level zstd.EncoderLevel, window int) *zstd.Encoder {
	w, err := zstd.NewWriter(to, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
	if err != nil {
		panic(err) // an option is wrong
	}
	return w
}

// encodePiece is how much is compressed between two looks at whether it is still wanted.
const encodePiece = 64 << 10

// encodeFile compresses body, and returns nil if stop says so.
func encodeFile(c coding, body []byte, stop func() bool) []byte {
	var out bytes.Buffer
	out.Grow(len(body)/3 + 512)
	w := fileEncoder(c, &out)
	for rest := body; len(rest) > 0; {
		if stop() {
			return nil
		}
		n := min(len(rest), encodePiece)
		if _, err := w.Write(rest[:n]); err != nil {
			return nil
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		return nil
	}
	return bytes.Clone(out.Bytes())
}
