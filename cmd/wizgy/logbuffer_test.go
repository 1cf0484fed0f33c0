package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// countingWriter counts how often it is written to.
type countingWriter struct {
	mu     sync.Mutex
	text   bytes.Buffer
	writes int
	err    error
}

func (w *countingWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes++
	w.text.Write(p)
	return len(p), w.err
}

// got returns how often it was written to, and what.
func (w *countingWriter) got() (writes int, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.writes, w.text.String()
}

func TestLogLinesAreWrittenTogetherAndSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &countingWriter{}
		b := &logBuffer{w: w}
		for i := range 100 {
			fmt.Fprintln(b, "line", i)
		}
		if writes, _ := w.got(); writes != 0 {
			t.Errorf("%d writes at once, want none", writes)
		}
		time.Sleep(logDelay) // fake time
		synctest.Wait()
		writes, text := w.got()
		if lines := strings.Count(text, "\n"); writes != 1 || lines != 100 {
			t.Errorf("after the delay %d writes with %d lines, want 1 with 100", writes, lines)
		}
		fmt.Fprintln(b, "another")
		time.Sleep(logDelay)
		synctest.Wait()
		if writes, text = w.got(); !strings.HasSuffix(text, "line 99\nanother\n") || writes != 2 {
			t.Errorf("the next line did not come: %d writes", writes)
		}
	})
}

func TestLogBufferIsWrittenWhenItIsFull(t *testing.T) {
	w := &countingWriter{}
	b := &logBuffer{w: w}
	line := strings.Repeat("x", 1023) + "\n"
	for range 1000 {
		fmt.Fprint(b, line)
	}
	err := b.Flush()
	writes, text := w.got()
	if err != nil || len(text) != 1000<<10 {
		t.Errorf("%d bytes were written, %v, want %d", len(text), err, 1000<<10)
	}
	if writes > 20 {
		t.Errorf("%d writes for 1,000 lines", writes)
	}
	w.err = errors.New("disk full")
	fmt.Fprint(b, line)
	if err := b.Flush(); err != w.err {
		t.Errorf("Flush returned %v, want the writer's error", err)
	}
}
