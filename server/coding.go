package server

// coding is a content coding: RFC 9110, 8.4.1.
type coding uint8

const (
	identity coding = iota
	brotliCoding
	zstdCoding
	gzipCoding
	codings // how many there are
)

// codingNames are the registered names; the header value is shared by all answers.
var codingNames = [codings][]string{
	brotliCoding: {"br"},
	zstdCoding:   {"zstd"},
	gzipCoding:   {"gzip"},
}

// codingSuffixes are the ends of the names of precompressed files, and of entity tags.
var codingSuffixes = [codings]string{brotliCoding: "br", zstdCoding: "zst", gzipCoding: "gz"}

// Where a client likes codings equally, these decide. A file is compressed once, so the smallest
// result wins; a page is compressed each time, so the least work does: brotli takes five times as
// long as the others for the last twentieth.
var (
	fileCodings = [...]coding{brotliCoding, zstdCoding, gzipCoding}
	pageCodings = [...]coding{zstdCoding, gzipCoding, brotliCoding}
)
