package http1

import (
	"bytes"
	"io"

	"wizgy/server/strict"
)

// chunks is where the reader of a chunked body stands: RFC 9112, 7.1.
type chunks struct {
	begun   bool // there has been a chunk, whose end comes before the next
	extra   int  // octets of chunk extensions so far
	trailer int  // octets of the trailer section so far
	fields  int  // field lines of the trailer section so far
}

const (
	maxChunkLine  = 1 << 10 // a chunk's size with its extensions
	maxExtensions = 8 << 10 // all extensions of a body
)

// readChunk reads octets of the current chunk, or of the next. After the last chunk, the trailer
// section is checked and dropped, and the error is io.EOF.
func (b *body) readChunk(p []byte) (int, error) {
	if b.left == 0 {
		if err := b.nextChunk(); err != nil {
			return 0, err
		}
	}
	return b.readData(p)
}

// nextChunk reads up to the data of the next chunk.
func (b *body) nextChunk() error {
	if b.chunks.begun {
		line, err := b.readLine(2, errChunkEnd)
		if err != nil {
			return err
		}
		if len(line) > 0 {
			return errChunkEnd
		}
	}
	line, err := b.readLine(maxChunkLine, errChunkExtLong)
	if err != nil {
		return err
	}
	size, refusal := b.chunks.parseSize(line)
	if refusal != nil {
		return refusal
	}
	b.left, b.chunks.begun = size, true
	if size == 0 {
		return b.readTrailer()
	}
	return nil
}

// parseSize reads the line before a chunk: its size, and extensions, which are dropped.
func (s *chunks) parseSize(line []byte) (int64, *Error) {
	const maxDigits = 15 // less than any int64 overflows at
	var size int64
	digits := 0
	for digits < len(line) && strict.Unhex(line[digits]) >= 0 {
		if digits == maxDigits {
			return 0, errChunkSize
		}
		size = size<<4 | int64(strict.Unhex(line[digits]))
		digits++
	}
	if digits == 0 {
		return 0, errChunkSize
	}
	extension := line[digits:]
	if s.extra += len(extension); s.extra > maxExtensions {
		return 0, errChunkExtLong
	}
	return size, checkExtension(string(extension))
}

// checkExtension insists on the form of chunk extensions: RFC 9112, 7.1.1.
func checkExtension(s string) *Error {
	for s != "" {
		if s = trimLeft(s); s == "" || s[0] != ';' {
			return errChunkExt
		}
		var name string
		if name, s = cutToken(trimLeft(s[1:])); name == "" {
			return errChunkExt
		}
		rest := trimLeft(s)
		if rest == "" || rest[0] != '=' {
			continue
		}
		var ok bool
		if s, ok = cutValue(trimLeft(rest[1:])); !ok {
			return errChunkExt
		}
	}
	return nil
}

func trimLeft(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	return s
}

func cutToken(s string) (token, rest string) {
	n := 0
	for n < len(s) && strict.IsTokenOctet(s[n]) {
		n++
	}
	return s[:n], s[n:]
}

// cutValue takes a token or a quoted string from s: RFC 9110, 5.6.4.
func cutValue(s string) (rest string, ok bool) {
	if s == "" || s[0] != '"' {
		token, rest := cutToken(s)
		return rest, token != ""
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return s[i+1:], true
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		if !strict.IsValueOctet(s[i]) {
			break
		}
	}
	return "", false
}

// readTrailer reads the trailer section and the empty line at its end: RFC 9112, 7.1.2.
func (b *body) readTrailer() error {
	s := b.chunks
	for {
		line, err := b.readLine(b.conn.lim.headerBytes-s.trailer, errTrailerLong)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			return io.EOF
		}
		s.trailer += len(line) + 2
		s.fields++
		if s.fields > b.conn.lim.headerFields {
			return errTrailerLong
		}
		if _, _, refusal := parseField(string(line)); refusal != nil {
			return errTrailer
		}
	}
}

// readLine returns the next line without its end, which is valid until more is read. tooLong is
// the error of one that has more than limit octets, with its end.
func (b *body) readLine(limit int, tooLong *Error) ([]byte, error) {
	in := &b.conn.in
	for seen := 0; ; {
		buffered := in.buffered()
		window := buffered[:min(len(buffered), max(limit, 0))]
		if i := bytes.IndexByte(window[seen:], '\n'); i >= 0 {
			end := seen + i
			if end == 0 || window[end-1] != '\r' {
				return nil, errBareLF
			}
			in.discard(end + 1)
			return window[:end-1], nil
		}
		if seen = len(window); len(buffered) >= limit {
			return nil, tooLong
		}
		if err := b.fill(); err != nil {
			return nil, err
		}
	}
}
