package spool

import (
	"errors"
	"io"
	"net/netip"
	"sync"
)

const (
	firstRoom = 16 << 10 // of a body whose length is known; few are larger
	blindRoom = 4 << 10  // of any other
	drip      = 4 << 10  // how much is read at once into the file, of a client that sends little
)

// Buffers for reading into the file: large ones for clients that send much. Those of slow clients are
// small, because they are held for as long as nothing comes.
var (
	large = sync.Pool{New: func() any { return new([BlockSize]byte) }}
	small = sync.Pool{New: func() any { return new([drip]byte) }}
)

var errLonger = errors.New("there is more of the body than its length says")

// Take reads src to its end, and keeps what there is; a length below 0 is not known. cut makes a read
// of src fail, and is called, if at all, before Take returns. If client is not the zero Addr, what it
// holds is limited. The error is that of src, or ErrFull, ErrLate, a *TooLargeError or an *Error.
// Whoever gets a body frees it.
func (s *Spool) Take(src io.Reader, length int64, client netip.Addr, cut func()) (*Body, error) {
	if length > s.limits.Memory+s.limits.Share {
		return nil, &TooLargeError{s.limits.Memory + s.limits.Share}
	}
	b := &Body{spool: s, client: client, cut: cut}
	err := b.fill(src, length)
	if err != nil && s.ledger.isLate(b) {
		err = ErrLate
	}
	if err != nil {
		b.Free()
		return nil, err
	}
	return b, nil
}

// fill reads src to its end.
func (b *Body) fill(src io.Reader, length int64) error {
	for first, idle := true, 0; ; first = false {
		n, err := b.step(src, length)
		switch {
		case err == io.EOF:
			return b.spool.ledger.arrived(b)
		case err != nil:
			return err
		}
		if first {
			b.spool.ledger.comes(b)
		}
		if idle++; n > 0 {
			idle = 0
		}
		if idle > 100 {
			return io.ErrNoProgress
		}
	}
}

// step reads once.
func (b *Body) step(src io.Reader, length int64) (n int, err error) {
	switch {
	case length >= 0 && b.size >= length: // only the end is to come
		n, err = src.Read(b.one[:])
		if n > 0 {
			err = errLonger
		}
		return n, err
	case len(b.blocks) == 0 && b.grow(length):
		room := b.memory[len(b.memory):cap(b.memory)]
		n, err = src.Read(room)
		b.memory = b.memory[:len(b.memory)+n]
		b.size += int64(n)
		return n, err
	}
	return b.stepIntoFile(src)
}

// grow makes room in memory, if there is none. It reports whether there is.
func (b *Body) grow(length int64) bool {
	have := int64(cap(b.memory))
	if int64(len(b.memory)) < have {
		return true
	}
	want := 4 * have
	switch {
	case have == 0 && length >= 0:
		want = firstRoom
	case have == 0:
		want = blindRoom
	}
	want = min(want, b.spool.limits.Memory)
	if length >= 0 {
		want = min(want, length)
	}
	if want <= have || !b.spool.ledger.takeMemory(b, want-have) {
		return false
	}
	larger := make([]byte, len(b.memory), want)
	copy(larger, b.memory)
	b.memory = larger
	return true
}

// stepIntoFile reads once into the file.
func (b *Body) stepIntoFile(src io.Reader) (int, error) {
	var p []byte
	if b.fast {
		buf := large.Get().(*[BlockSize]byte)
		defer large.Put(buf)
		p = buf[:]
	} else {
		buf := small.Get().(*[drip]byte)
		defer small.Put(buf)
		p = buf[:]
	}
	n, err := src.Read(p)
	b.fast = n >= drip
	if failed := b.write(p[:n]); failed != nil {
		return n, failed
	}
	return n, err
}

// write appends p to what is in the file.
func (b *Body) write(p []byte) error {
	for len(p) > 0 {
		within := (b.size - int64(len(b.memory))) % BlockSize
		if within == 0 {
			if err := b.addBlock(); err != nil {
				return err
			}
		}
		n := min(int64(len(p)), BlockSize-within)
		if err := b.spool.file.write(p[:n], b.blocks[len(b.blocks)-1], within); err != nil {
			return err
		}
		b.size += n
		p = p[n:]
	}
	return nil
}

func (b *Body) addBlock() error {
	if err := b.spool.ledger.takeDisk(b, BlockSize); err != nil {
		return err
	}
	block, err := b.spool.file.take()
	if err != nil {
		return err
	}
	b.blocks = append(b.blocks, block)
	return nil
}
