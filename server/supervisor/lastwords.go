package supervisor

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// lastWords reads what a worker writes to standard error: nothing, until Go's runtime tells why
// the process dies. That may be a list of thousands of goroutines, of which the beginning says
// what happened. A runtime that has run out of stack takes seconds for it, in which the process
// does nothing else, so whoever waits for its end need not wait for that.
type lastWords struct {
	file   *os.File
	done   chan struct{} // closed at the end of it
	doomed func()        // called once, soon after the first words of a dying program

	mu      sync.Mutex
	head    []byte
	dropped bool
	dying   bool
}

const (
	maxWords  = 3 << 10
	wordsTime = 50 * time.Millisecond // for the words after the first
)

func readWords(f *os.File, head string, doomed func()) *lastWords {
	w := &lastWords{file: f, head: []byte(head), done: make(chan struct{}), doomed: doomed}
	go func() {
		defer close(w.done)
		_, _ = io.Copy(w, struct{ io.Reader }{f})
	}()
	return w
}

// Write keeps the beginning.
func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fits := min(len(p), maxWords-len(w.head))
	w.head = append(w.head, p[:fits]...)
	w.dropped = w.dropped || fits < len(p)
	if !w.dying && isLast(verdict(string(w.head))) {
		w.dying = true
		time.AfterFunc(wordsTime, w.doomed)
	}
	return len(p), nil
}

// isLast reports whether no program goes on after such a line.
func isLast(line string) bool {
	return strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ")
}

// take returns what was written since the last call.
func (w *lastWords) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := string(bytes.TrimSpace(w.head))
	if w.dropped {
		text += "\n…"
	}
	w.head, w.dropped = w.head[:0], false
	return text
}

// takeUnlessDying is take for a worker that lives.
func (w *lastWords) takeUnlessDying() string {
	w.mu.Lock()
	dying := w.dying
	w.mu.Unlock()
	if dying {
		return ""
	}
	return w.take()
}

// verdict returns the line that says what was wrong, or "".
func verdict(words string) string {
	var first string
	for line := range strings.Lines(words) {
		line = strings.TrimSpace(line)
		for _, sign := range []string{"fatal error: ", "panic: ", "runtime: out of memory", "SIG", "unexpected fault"} {
			if strings.HasPrefix(line, sign) {
				return line
			}
		}
		if first == "" {
			first = line
		}
	}
	return first
}

// advice says what to do about it, or "".
func advice(words string) string {
	for _, hint := range []struct{ sign, text string }{
		{"stack overflow", "something calls itself without end, where the interpreter cannot see it: the request before it in the log is likely to be the one"},
		{"stack exceeds", "something calls itself without end, where the interpreter cannot see it: the request before it in the log is likely to be the one"},
		{"out of memory", "a page wanted more memory than there is: the request before it in the log is likely to be the one"},
		{"cannot allocate memory", "a page wanted more memory than there is: the request before it in the log is likely to be the one"},
		{"too many open files", "raise the limit of open files (ulimit -n, LimitNOFILE)"},
		{"address already in use", "stop the other program, or choose another address"},
	} {
		if strings.Contains(words, hint.sign) {
			return hint.text
		}
	}
	return ""
}
