package http1

import (
	"io"
	"sync"
)

// inputSize is the size of a connection's input buffer. A head that is longer gets a buffer of
// its own for as long as its request lasts.
const inputSize = 4 << 10

var inputs = sync.Pool{New: func() any { return new([inputSize]byte) }}

// input is what has been read from a connection and not been used yet. It holds a buffer only
// while there is something to read into it.
type input struct {
	buf  []byte
	r, w int // buf[r:w] has not been used
}

func (in *input) buffered() []byte { return in.buf[in.r:in.w] }
func (in *input) empty() bool      { return in.r == in.w }
func (in *input) discard(n int)    { in.r += n }

// acquire makes room for at least one more octet, behind what is buffered.
func (in *input) acquire() {
	switch {
	case in.buf == nil:
		in.buf = inputs.Get().(*[inputSize]byte)[:]
	case in.r == in.w:
		in.r, in.w = 0, 0
	case in.w < len(in.buf):
	case in.r > 0:
		in.w = copy(in.buf, in.buf[in.r:in.w])
		in.r = 0
	default:
		larger := make([]byte, 2*len(in.buf))
		copy(larger, in.buf)
		in.replace(larger)
	}
}

// release gives the buffer back, when nothing is in it.
func (in *input) release() {
	if in.r == in.w {
		in.r, in.w = 0, 0
		in.replace(nil)
	}
}

func (in *input) replace(buf []byte) {
	if len(in.buf) == inputSize {
		inputs.Put((*[inputSize]byte)(in.buf))
	}
	in.buf = buf
}

// fill reads once from src, behind what is buffered. It returns io.EOF only when it read nothing.
func (in *input) fill(src io.Reader) error {
	in.acquire()
	n, err := src.Read(in.buf[in.w:])
	in.w += n
	switch {
	case n > 0:
		return nil
	case err == nil:
		return io.ErrNoProgress
	}
	return err
}

// take moves what is buffered into p, and returns how much it was.
func (in *input) take(p []byte) int {
	n := copy(p, in.buf[in.r:in.w])
	in.r += n
	return n
}
