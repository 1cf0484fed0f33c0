//go:build linux

package main

import (
	"bytes"
	"fmt"
	"strconv"
)

// maxHead bounds the head of an answer, and a line within a chunked body.
const maxHead = 16 << 10

// answer reads one HTTP/1 answer as its bytes come, and compares it with what is wanted. It reads
// no more of the grammar than it must (RFC 9112), since its time is taken from the server's
// neighbour.
type answer struct {
	status int    // that is wanted
	want   []byte // the body that is wanted

	state state
	line  []byte // the beginning of a head, or of a chunk's line, whose end has not come
	left  int    // bytes of the body, or of the chunk, that have not come
	got   int    // bytes of the body that have come
	close bool   // the server closes the connection after it
}

type state int

const (
	inHead state = iota
	inCounted
	inUntilClose
	inChunkSize
	inChunk
	inChunkEnd
	inTrailer
	complete
)

// reset makes a ready for the next answer.
func (a *answer) reset() {
	a.state, a.line, a.left, a.got, a.close = inHead, a.line[:0], 0, 0, false
}

// begun reports whether any of the answer has come.
func (a *answer) begun() bool { return a.state != inHead || len(a.line) > 0 }

// feed takes what has come. The error tells what is wrong with the answer.
func (a *answer) feed(p []byte) error {
	for len(p) > 0 && a.state != complete {
		var err error
		switch a.state {
		case inHead:
			p, err = a.head(p)
		case inCounted, inUntilClose, inChunk:
			p, err = a.body(p)
		default:
			p, err = a.chunkLine(p)
		}
		if err != nil {
			return err
		}
	}
	if len(p) > 0 {
		return fmt.Errorf("%d bytes more than the answer has", len(p))
	}
	return a.finished()
}

// ended says that the server has closed the connection.
func (a *answer) ended() error {
	if a.state != inUntilClose {
		return fmt.Errorf("the connection was closed within the answer, after %d of %d bytes of the body", a.got, len(a.want))
	}
	a.state = complete
	return a.finished()
}

func (a *answer) finished() error {
	if a.state == complete && a.got != len(a.want) {
		return fmt.Errorf("a body of %d bytes, want %d", a.got, len(a.want))
	}
	return nil
}

// upTo returns p to the end of mark, together with what came before, and the rest of p.
func (a *answer) upTo(mark string, p []byte) (whole, rest []byte, err error) {
	if len(a.line) == 0 {
		if i := bytes.Index(p, []byte(mark)); i >= 0 {
			return p[:i+len(mark)], p[i+len(mark):], nil
		}
	}
	before := len(a.line)
	a.line = append(a.line, p...)
	i := bytes.Index(a.line, []byte(mark))
	switch {
	case i >= 0:
		end := i + len(mark)
		whole, a.line = a.line[:end], a.line[:0]
		return whole, p[end-before:], nil
	case len(a.line) > maxHead:
		return nil, nil, fmt.Errorf("a head or line of more than %d bytes", maxHead)
	}
	return nil, nil, nil
}

// head reads the status and the three fields that say how the body is delimited. RFC 9112, 6.3
func (a *answer) head(p []byte) ([]byte, error) {
	head, p, err := a.upTo("\r\n\r\n", p)
	if head == nil {
		return p, err
	}
	if len(head) < 13 || !bytes.HasPrefix(head, []byte("HTTP/1.")) {
		return nil, fmt.Errorf("no HTTP/1 answer: %.60q", head)
	}
	if status, err := strconv.Atoi(string(head[9:12])); err != nil || status != a.status {
		return nil, fmt.Errorf("status %s, want %d", head[9:12], a.status)
	}
	a.close = head[7] == '0'
	length, chunked := -1, false
	for rest := head[bytes.IndexByte(head, '\n')+1:]; len(rest) > 2; {
		end := bytes.IndexByte(rest, '\n')
		line := rest[:end]
		rest = rest[end+1:]
		colon := bytes.IndexByte(line, ':')
		if colon < 0 {
			return nil, fmt.Errorf("a header without a colon: %.60q", line)
		}
		switch name := line[:colon]; {
		case fold(name, "content-length"):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[colon+1:]))); err != nil || length < 0 {
				return nil, fmt.Errorf("a wrong header: %.60q", line)
			}
		case fold(name, "transfer-encoding"):
			chunked = true
		case fold(name, "connection"):
			a.close = fold(bytes.TrimSpace(line[colon+1:]), "close") ||
				a.close && !fold(bytes.TrimSpace(line[colon+1:]), "keep-alive")
		}
	}
	a.delimit(length, chunked)
	return p, nil
}

// fold is bytes.EqualFold with a quick no.
func fold(b []byte, s string) bool { return len(b) == len(s) && bytes.EqualFold(b, []byte(s)) }

func (a *answer) delimit(length int, chunked bool) {
	switch {
	case a.status == 304 || a.status == 204:
		a.state = complete
	case chunked:
		a.state = inChunkSize
	case length < 0:
		a.state, a.close = inUntilClose, true
	case length == 0:
		a.state = complete
	default:
		a.state, a.left = inCounted, length
	}
}

// body compares what has come of the body.
func (a *answer) body(p []byte) ([]byte, error) {
	n := len(p)
	if a.state != inUntilClose {
		n = min(n, a.left)
		a.left -= n
	}
	if a.got+n > len(a.want) || !bytes.Equal(p[:n], a.want[a.got:a.got+n]) {
		return nil, fmt.Errorf("a wrong body: at byte %d %.60q, want %.60q", a.got, p[:n], a.want[min(a.got, len(a.want)):])
	}
	a.got += n
	switch {
	case a.state == inCounted && a.left == 0:
		a.state = complete
	case a.state == inChunk && a.left == 0:
		a.state = inChunkEnd
	}
	return p[n:], nil
}

// chunkLine reads the lines of a chunked body. RFC 9112, 7.1
func (a *answer) chunkLine(p []byte) ([]byte, error) {
	line, p, err := a.upTo("\r\n", p)
	if line == nil {
		return p, err
	}
	line = line[:len(line)-2]
	switch a.state {
	case inChunkEnd:
		if len(line) > 0 {
			return nil, fmt.Errorf("a chunk without an end: %.60q", line)
		}
		a.state = inChunkSize
	case inChunkSize:
		size, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 31)
		if err != nil {
			return nil, fmt.Errorf("a wrong chunk size: %.60q", line)
		}
		a.left, a.state = int(n), inChunk
		if n == 0 {
			a.state = inTrailer
		}
	case inTrailer:
		if len(line) == 0 {
			a.state = complete
		}
	}
	return p, nil
}
