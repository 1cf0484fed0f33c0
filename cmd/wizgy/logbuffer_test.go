package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// countingWriter counts how often it is written to.
type countingWriter struct {
	bytes.Buffer
	writes int
	err    error
}

func (w *countingWriter) Write(p []byte) (int, error) {
	w.writes++
	w.Buffer.Write(p)
	return len(p), w.err
}

func TestLogLinesAreWrittenTogetherAndSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &countingWriter{}
		b := &logBuffer{w: w}
		for i := range 100 {
			fmt.Fprintln(b, "line", i)
		}
		if w.writes != 0 {
			t.Errorf("%d writes at once, want none", w.writes)
		}
		time.Sleep(logDelay) // fake time
		synctest.Wait()
		if lines := strings.Count(w.String(), "\n"); w.writes != 1 || lines != 100 {
			t.Errorf("after the delay %d writes with %d lines, want 1 with 100", w.writes, lines)
		}
		fmt.Fprintln(b, "another")
		time.Sleep(logDelay)
		synctest.Wait()
		if !strings.HasSuffix(w.String(), "line 99\nanother\n") || w.writes != 2 {
			t.Errorf("the next line did not come: %d writes", w.writes)
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
	if err := b.Flush(); err != nil || w.Len() != 1000<<10 {
		t.Errorf("%d bytes were written, %v, want %d", w.Len(), err, 1000<<10)
	}
	if w.writes > 20 {
		t.Errorf("%d writes for 1,000 lines", w.writes)
	}
	w.err = errors.New("disk full")
	fmt.Fprint(b, line)
	if err := b.Flush(); err != w.err {
		t.Errorf("Flush returned %v, want the writer's error", err)
	}
}
