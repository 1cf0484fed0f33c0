package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	err    error // is returned, and no more than room written in all
	room   int
}

func (w *countingWriter) set(err error, room int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err, w.room = err, room
}

func (w *countingWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes++
	n := len(p)
	if w.err != nil {
		n = min(n, w.room)
		w.room -= n
	}
	w.text.Write(p[:n])
	return n, w.err
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
		b := &logBuffer{w: w, delay: logDelay}
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
	synctest.Test(t, func(t *testing.T) {
		w := &countingWriter{}
		b := &logBuffer{w: w, delay: logDelay}
		line := strings.Repeat("x", 1023) + "\n"
		for range 1000 {
			fmt.Fprint(b, line)
		}
		err := b.Flush()
		writes, text := w.got()
		if err != nil || len(text) != 1000<<10 {
			t.Errorf("%d bytes were written, %v, want %d", len(text), err, 1000<<10)
		}
		if writes > 100 {
			t.Errorf("%d writes for 1,000 lines", writes)
		}
	})
}

// While a batch is written, the next one has room: nobody waits for the write.
func TestLogIsWrittenWhileLinesCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		b := &logBuffer{w: w, delay: logDelay}
		began, line := time.Now(), strings.Repeat("x", 1023)+"\n"
		const lines = (logBatch + logCapacity) >> 10
		for range lines {
			fmt.Fprint(b, line)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("%d lines took %v, want no time", lines, took)
		}
		go func() {
			if err := b.Flush(); err != nil {
				t.Error(err)
			}
			w.Close()
		}()
		if got, _ := io.ReadAll(r); len(got) != lines<<10 {
			t.Errorf("%d bytes were written, want %d", len(got), lines<<10)
		}
	})
}

// A log whose disk is full loses lines and nothing else, says how many when there is room again,
// and begins a line of its own then.
func TestLogThatCannotBeWrittenIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &countingWriter{}
		b := &logBuffer{w: w, delay: logDelay}
		b.lost = func(lines int) { fmt.Fprintf(b, "%d lines were lost\n", lines) }
		w.set(errors.New("disk full"), 5)
		for range 3 {
			fmt.Fprint(b, "some line\n")
			time.Sleep(time.Minute) // fake time
		}
		writes, _ := w.got()
		if writes != 3 { // and not again and again
			t.Errorf("%d writes to a full disk, want 3", writes)
		}
		w.set(nil, 0)
		fmt.Fprint(b, "another\n")
		time.Sleep(time.Minute)
		if _, text := w.got(); text != "some \nanother\n3 lines were lost\n" {
			t.Errorf("got %q", text)
		}
	})
}

// A log that nobody reads holds nobody up for long, and never again until it is read.
func TestLogThatIsNotReadHoldsNobodyUp(t *testing.T) {
	for name, delay := range map[string]time.Duration{"gathered": logDelay, "at once": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, w := io.Pipe()
				b := &logBuffer{w: w, delay: delay}
				lost := 0
				b.lost = func(lines int) { lost += lines }
				began := time.Now()
				const lines = 2000
				for i := range lines {
					fmt.Fprintf(b, "%0999d\n", i)
				}
				if took := time.Since(began); took != logPatience {
					t.Errorf("%d lines took %v, want %v", lines, took, logPatience)
				}
				if err := b.Flush(); err == nil {
					t.Error("Flush reports that everything was written")
				}
				read := make(chan int)
				go func() {
					got, _ := io.ReadAll(r)
					read <- bytes.Count(got, []byte("0\n")) + bytes.Count(got, []byte("1\n")) // of each ten
				}()
				time.Sleep(time.Minute)
				fmt.Fprint(b, "0\n")
				if err := b.Flush(); err != nil {
					t.Error(err)
				}
				synctest.Wait()
				w.Close()
				kept := <-read
				if want := (lines - lost) / 5; lost == 0 || lost == lines || kept < want || kept > want+2 {
					t.Errorf("%d of %d lines were lost, and %d of each five came", lost, lines, kept)
				}
			})
		})
	}
}
