package main

import (
	"io"
	"sync"
	"time"
)

// logBuffer gathers the lines of the log and writes many of them at once: a system call for each
// line would cost as much as a small page does. No line waits for longer than logDelay, and when
// the buffer is full whoever logs writes it, so that nothing is lost while the log is slow.
type logBuffer struct {
	w io.Writer

	mu    sync.Mutex
	lines []byte
	timer *time.Timer // runs flush; nil before the first line
}

const (
	logDelay    = 50 * time.Millisecond
	logCapacity = 64 << 10
)

// Write takes a line.
func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.lines)+len(line) > logCapacity {
		if err := b.flush(); err != nil {
			return 0, err
		}
	}
	if len(b.lines) == 0 {
		if b.timer == nil {
			b.timer = time.AfterFunc(logDelay, func() { _ = b.Flush() })
		} else {
			b.timer.Reset(logDelay)
		}
	}
	b.lines = append(b.lines, line...)
	return len(line), nil
}

// Flush writes what has been gathered.
func (b *logBuffer) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.flush()
}

func (b *logBuffer) flush() error {
	if len(b.lines) == 0 {
		return nil
	}
	_, err := b.w.Write(b.lines)
	b.lines = b.lines[:0]
	return err
}
