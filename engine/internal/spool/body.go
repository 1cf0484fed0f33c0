package spool

import (
	"io"
	"net/netip"
	"time"
)

// Body is what a client has sent, as a whole. It is used by one goroutine at a time.
type Body struct {
	spool  *Spool
	client netip.Addr
	size   int64
	memory []byte  // the beginning
	blocks []int64 // of the file: the rest
	at     int64   // where Read goes on
	fast   bool    // the client sends much at once
	one    [1]byte

	// The ledger's.
	held           amount
	cut            func()
	began          time.Time
	late           bool // it has given way
	listed         bool
	next, previous *Body
}

// Size is its length in bytes.
func (b *Body) Size() int64 { return b.size }

// Memory returns the body if it is in memory as a whole; otherwise it is to be read. The bytes are the
// caller's.
func (b *Body) Memory() (all []byte, ok bool) { return b.memory, len(b.blocks) == 0 }

// Read reads the body. Its error is io.EOF, or an *Error.
func (b *Body) Read(p []byte) (int, error) {
	if b.at >= b.size {
		return 0, io.EOF
	}
	if b.at < int64(len(b.memory)) {
		n := copy(p, b.memory[b.at:])
		b.at += int64(n)
		return n, nil
	}
	at := b.at - int64(len(b.memory))
	n := min(int64(len(p)), b.size-b.at, BlockSize-at%BlockSize)
	if err := b.spool.file.read(p[:n], b.blocks[at/BlockSize], at%BlockSize); err != nil {
		return 0, err
	}
	b.at += n
	return int(n), nil
}

// Free lets go of what the body holds. It cannot be read any more.
func (b *Body) Free() {
	l := &b.spool.ledger
	l.mu.Lock()
	l.free(b)
	l.mu.Unlock()
	if len(b.blocks) > 0 {
		b.spool.file.give(b.blocks)
		b.blocks = nil
	}
	b.size, b.memory = 0, nil
}
