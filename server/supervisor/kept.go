package supervisor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"os"
	"sync"
	"time"
)

// Kept is what workers leave to those that come after them: bytes in a file without a name, which
// lives as long as the supervisor. The supervisor holds it, and does not write it, nor read it but
// for what a program asks [Left] for.
//
// Several workers may have it at a time: one that is told to stop goes on for a while. Each change
// is made by one of them alone. A worker that dies in the middle of one leaves what was there
// before, or what was to be there.
type Kept struct {
	f       *os.File
	retired func() bool // it must not change any more; nil is never

	mu sync.Mutex // the lock on the file is the process's
}

// MaxKept is how many bytes may be kept.
const MaxKept = 64 << 20

// A change is first written to its second place, and then to the first. What is whole in the
// second place counts: it is newer. At rest there is nothing there.
const (
	firstPlace  = 0
	secondPlace = 2 * MaxKept
)

// A text begins with a mark, its length and its checksum.
const (
	keptMark   = "kept 1\r\n"
	keptHeader = len(keptMark) + 16
)

// lockTime is how long a worker waits for another one that is changing what is kept.
const lockTime = time.Second

// OpenKept returns what is kept in a file with a name, which only its owner may read. It is for a program
// without a supervisor, whose next process is to find it.
func OpenKept(name string) (*Kept, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return &Kept{f: f}, nil
}

// Close closes the file.
func (k *Kept) Close() error { return k.f.Close() }

// Load returns what is kept, or nothing. An error is one of the system.
func (k *Kept) Load() (text []byte, err error) {
	err = k.locked(func() error {
		text, _, err = k.read()
		return err
	})
	return text, err
}

// Update replaces what is kept by what next makes of it: nothing, if that is empty. Nobody else
// changes it meanwhile. A worker that was told to stop more than a second ago leaves everything as
// it is: its successor knows better. More than [MaxKept] bytes are an error, and then, too, what
// was kept is kept.
func (k *Kept) Update(next func(text []byte) []byte) error {
	if k.retired != nil && k.retired() {
		return nil
	}
	return k.locked(func() error {
		text, at, err := k.read()
		if err != nil {
			return err
		}
		if at == secondPlace { // somebody has died before he was done
			if err := k.settle(text); err != nil {
				return err
			}
		}
		size := int64(0)
		if len(text) > 0 {
			size = int64(keptHeader + len(text))
		}
		text = next(text)
		switch {
		case len(text) == 0 && size == 0:
			return nil
		case len(text) == 0:
			return k.f.Truncate(0)
		case len(text) > MaxKept:
			return fmt.Errorf("%d bytes are to be kept, and %d is the limit", len(text), MaxKept)
		}
		if err := k.write(text, secondPlace); err != nil {
			return errors.Join(err, k.f.Truncate(size))
		}
		return k.settle(text)
	})
}

// settle brings a text that is in the second place to the first.
func (k *Kept) settle(text []byte) error {
	if err := k.write(text, firstPlace); err != nil {
		return err
	}
	return k.f.Truncate(int64(keptHeader + len(text)))
}

func (k *Kept) write(text []byte, at int64) error {
	header := make([]byte, keptHeader)
	copy(header, keptMark)
	binary.BigEndian.PutUint64(header[len(keptMark):], uint64(len(text)))
	binary.BigEndian.PutUint64(header[len(keptMark)+8:], checksum(text))
	if _, err := k.f.WriteAt(text, at+int64(keptHeader)); err != nil {
		return err
	}
	_, err := k.f.WriteAt(header, at)
	return err
}

// read returns what is kept, and where it is. What is not whole is nothing.
func (k *Kept) read() (text []byte, at int64, err error) {
	info, err := k.f.Stat()
	if err != nil {
		return nil, 0, err
	}
	for _, at := range []int64{secondPlace, firstPlace} {
		if info.Size() <= at {
			continue
		}
		if text, err := k.readAt(at, info.Size()); err != nil || text != nil {
			return text, at, err
		}
	}
	return nil, firstPlace, nil
}

func (k *Kept) readAt(at, size int64) ([]byte, error) {
	header := make([]byte, keptHeader)
	if _, err := k.f.ReadAt(header, at); err != nil {
		return nil, ignoreEnd(err)
	}
	length := binary.BigEndian.Uint64(header[len(keptMark):])
	if string(header[:len(keptMark)]) != keptMark || length == 0 || length > MaxKept || int64(length) > size-at-int64(keptHeader) {
		return nil, nil
	}
	text := make([]byte, length)
	if _, err := k.f.ReadAt(text, at+int64(keptHeader)); err != nil {
		return nil, ignoreEnd(err)
	}
	if checksum(text) != binary.BigEndian.Uint64(header[len(keptMark)+8:]) {
		return nil, nil
	}
	return text, nil
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func checksum(text []byte) uint64 { return crc64.Checksum(text, crc64.MakeTable(crc64.ECMA)) }

// locked runs do while no other process has the lock. The system takes it from one that dies.
func (k *Kept) locked(do func() error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		locked, err := lock(k.f)
		if err != nil {
			return err
		}
		if locked {
			break
		}
		if time.Since(began) > lockTime {
			return fmt.Errorf("another process has been changing it for %v", lockTime)
		}
	}
	defer unlock(k.f)
	return do()
}
