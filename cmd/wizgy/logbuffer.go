package main

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"time"
)

// logBuffer gathers the lines of the log and writes many of them at once: a system call for each
// line would cost as much as a small page does. No line waits for longer than the delay. When the
// log takes less than comes, whoever logs waits for it.
//
// A log that takes nothing at all, such as a pipe that nobody reads, must not hold up the server:
// when a write has made no progress for logPatience, lines are dropped until it has, and so are
// those that cannot be written because the disk is full. How many they were is told when lines
// can be written again.
type logBuffer struct {
	w     io.Writer
	delay time.Duration   // 0 writes at once, and waits for that
	lost  func(lines int) // is told, with nothing locked, how many lines were lost; may be nil

	mu      sync.Mutex
	lines   []byte
	spare   []byte
	timer   *time.Timer   // runs write; nil before the first line
	writing chan struct{} // closed when the write that is under way is over; nil if there is none
	since   time.Time     // when that began
	dropped int           // lines that were lost, and not told of
	broken  bool          // the last line that was written has no end
}

const (
	logDelay    = 50 * time.Millisecond
	logCapacity = 64 << 10
	logBatch    = logCapacity / 2 // is not kept for the delay: what comes meanwhile has room
	logPatience = time.Second
	pieceOfLog  = 16 << 10 // is written at a time
)

// errLogBusy is returned when lines could not be written in time.
var errLogBusy = errors.New("the log takes nothing")

// Write takes a line. It never fails: a line that is lost is counted.
func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.lines) > 0 && len(b.lines)+len(line) > logCapacity {
		b.begin()
		if !b.await() {
			b.dropped++
			return len(line), nil
		}
	}
	if len(b.lines)+len(line) > logBatch {
		b.begin()
	}
	b.lines = append(b.lines, line...)
	switch {
	case b.delay == 0:
		b.begin()
		b.await()
	case len(b.lines) == len(line):
		b.arm()
	}
	return len(line), nil
}

// arm has what has been gathered written after the delay. The caller holds mu.
func (b *logBuffer) arm() {
	if b.timer == nil {
		b.timer = time.AfterFunc(b.delay, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.begin()
		})
		return
	}
	b.timer.Reset(b.delay)
}

// Flush writes what has been gathered. It gives up when the log takes nothing.
func (b *logBuffer) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.lines) > 0 || b.writing != nil {
		b.begin()
		if !b.await() {
			return errLogBusy
		}
	}
	return nil
}

// begin has what has been gathered written, unless something is being written. The caller holds mu.
func (b *logBuffer) begin() {
	if b.writing != nil || len(b.lines) == 0 {
		return
	}
	lines := b.lines
	b.lines, b.spare = b.spare[:0], nil
	b.writing, b.since = make(chan struct{}), time.Now()
	go b.write(lines, b.broken)
}

// await waits for the end of the write that is under way, and reports whether it came in time. The
// caller holds mu, which is free meanwhile.
func (b *logBuffer) await() bool {
	writing, patience := b.writing, logPatience-time.Since(b.since)
	if writing == nil {
		return true
	}
	if patience <= 0 {
		return false
	}
	b.mu.Unlock()
	defer b.mu.Lock()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-writing:
		return true
	case <-timer.C:
		return false
	}
}

// write writes lines, piece by piece, so that a log that takes them slowly is known from one that
// takes none.
func (b *logBuffer) write(lines []byte, broken bool) {
	var err error
	rest := lines
	if broken {
		_, err = b.w.Write([]byte("\n"))
	}
	for len(rest) > 0 && err == nil {
		var n int
		n, err = b.w.Write(rest[:min(len(rest), pieceOfLog)])
		rest = rest[n:]
		b.mu.Lock()
		b.since = time.Now()
		b.mu.Unlock()
	}
	b.mu.Lock()
	if written := len(lines) - len(rest); written > 0 || err == nil {
		b.broken = written > 0 && lines[written-1] != '\n'
	}
	b.dropped += bytes.Count(rest, []byte("\n"))
	dropped := b.dropped
	if err == nil {
		b.dropped = 0
	}
	b.spare = lines[:0]
	close(b.writing)
	b.writing = nil
	switch {
	case len(b.lines) == 0:
	case b.delay == 0 || len(b.lines) >= logBatch:
		b.begin()
	default: // the timer may have found this write under way
		b.arm()
	}
	b.mu.Unlock()
	if err == nil && dropped > 0 && b.lost != nil {
		b.lost(dropped)
	}
}
