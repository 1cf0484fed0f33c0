package spool

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// BlockSize is what the file is given out in, and what reading it at once is best done in, in bytes.
const BlockSize = 32 << 10

// file is the one file that all bodies share, so that many of them take no more than one descriptor.
// It has no name: whatever becomes of the process, nothing is left of it.
type file struct {
	folder string
	log    *slog.Logger

	mu      sync.Mutex
	f       *os.File // nil until it is needed
	name    string   // where it could not be removed at once
	free    []int64  // blocks that nobody has
	end     int64    // how many blocks there are
	failing bool     // which has been said
	said    time.Time
	closed  bool
}

// quiet is for how long a failure is not said again, where it comes and goes.
const quiet = time.Minute

// Error is a failure of the file.
type Error struct{ Err error }

func (e *Error) Error() string { return "the spool file for bodies of requests: " + e.Err.Error() }

// Unwrap returns what the system said.
func (e *Error) Unwrap() error { return e.Err }

var errClosed = errors.New("the server has ended")

// take returns a block that nobody has.
func (f *file) take() (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.open(); err != nil {
		return 0, f.failed(err)
	}
	if last := len(f.free) - 1; last >= 0 {
		block := f.free[last]
		f.free = f.free[:last]
		return block, nil
	}
	f.end++
	return f.end - 1, nil
}

// open makes the file. The caller holds mu.
func (f *file) open() error {
	switch {
	case f.closed:
		return errClosed
	case f.f != nil:
		return nil
	}
	made, err := os.CreateTemp(f.folder, "wizgy-bodies-*")
	if err != nil {
		return err
	}
	f.f = made
	if err := os.Remove(made.Name()); err != nil {
		f.name = made.Name()
		f.log.Warn("the spool file for bodies of requests has a name, because it cannot be removed while it is in use: it is removed at the end, and stays if the process is killed",
			"file", f.name, "error", err)
	}
	return nil
}

// failed logs an error, once until it works again. The caller holds mu.
func (f *file) failed(err error) error {
	if !f.failing && !f.closed && time.Since(f.said) > quiet {
		f.failing, f.said = true, time.Now()
		f.log.Error("the spool file for bodies of requests fails: bodies that do not fit in memory are refused with 503 until it works again. Is its disk full, or its folder missing? body-folder names another one",
			"error", err)
	}
	return &Error{err}
}

// write writes p into a block, from an offset on.
func (f *file) write(p []byte, block, offset int64) error {
	f.mu.Lock()
	at := f.f
	f.mu.Unlock()
	_, err := at.WriteAt(p, block*BlockSize+offset)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		return f.failed(err)
	}
	if f.failing {
		f.failing = false
		f.log.Info("the spool file for bodies of requests works again")
	}
	return nil
}

// read reads from a block, from an offset on.
func (f *file) read(p []byte, block, offset int64) error {
	f.mu.Lock()
	at := f.f
	f.mu.Unlock()
	if _, err := at.ReadAt(p, block*BlockSize+offset); err != nil {
		return &Error{err}
	}
	return nil
}

// give takes blocks back. When none is left, so is nothing on the disk.
func (f *file) give(blocks []int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.free = append(f.free, blocks...)
	if int64(len(f.free)) < f.end || f.closed {
		return
	}
	f.free, f.end = nil, 0
	if err := f.f.Truncate(0); err != nil {
		f.failed(fmt.Errorf("give the room back: %w", err))
	}
}

func (f *file) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	if f.f == nil {
		return nil
	}
	err := f.f.Close()
	if f.name != "" {
		err = errors.Join(err, os.Remove(f.name))
	}
	return err
}
