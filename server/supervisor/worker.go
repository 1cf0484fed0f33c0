package supervisor

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Worker is what a worker knows of its supervisor. Make it with [Join].
type Worker struct {
	listeners []net.Listener
	log       *os.File
	kept      []*Kept
	words     string // of the worker before
	control   *os.File
	ctx       context.Context
	report    func() (requests, stuck int)
	stop      atomic.Int64 // a time.Duration
	draining  chan struct{}
	stopped   atomic.Pointer[time.Time] // when it was told to stop; nil until then

	mu sync.Mutex // held while a line is written
}

// Join returns the worker that this process is, or nil if nobody supervises it. Call it once, at
// the start: it takes the sockets over.
func Join() (*Worker, error) {
	given, ok := os.LookupEnv(environment)
	if !ok || !Supported {
		return nil, nil
	}
	os.Unsetenv(environment) // processes that this one starts are none
	n, err := strconv.Atoi(given)
	if err != nil || n < 0 {
		return nil, fmt.Errorf("%s=%s is no number of sockets: unset it, it is set by the supervisor", environment, given)
	}
	words := os.Getenv(wordsVariable)
	os.Unsetenv(wordsVariable)
	w := &Worker{words: words, draining: make(chan struct{})}
	if w.control, err = inherited(fdControl, "control"); err != nil {
		return nil, err
	}
	if w.log, err = inherited(fdLog, "log"); err != nil {
		return nil, err
	}
	for i := range n {
		l, err := inheritedListener(fdListeners + i)
		if err != nil {
			return nil, err
		}
		w.listeners = append(w.listeners, l)
	}
	files, err := inheritKept(n)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		w.kept = append(w.kept, &Kept{f: f, retired: w.retired})
	}
	ctx, end := context.WithCancel(context.Background())
	w.ctx = ctx
	go w.listen(end)
	takeName()
	expectToBeKilled()
	return w, nil
}

// Listeners are the sockets that the supervisor holds, in its order.
func (w *Worker) Listeners() []net.Listener { return w.listeners }

// Kept returns the n-th of the files that workers leave to their successors, from 0, or nil if the
// supervisor has none: it may be of another version, or have got no file.
func (w *Worker) Kept(n int) *Kept {
	if n >= len(w.kept) {
		return nil
	}
	return w.kept[n]
}

// Secret is Kept for what no disk may have; it is nil where the system has no files in memory.
func (w *Worker) Secret(n int) *Kept {
	if k := w.Kept(n); k != nil && inMemory(k.f) {
		return k
	}
	return nil
}

// Notes is Kept for what a worker that was told to stop may still change: what it says is about itself.
func (w *Worker) Notes(n int) *Kept {
	if n >= len(w.kept) {
		return nil
	}
	w.kept[n].retired = nil
	return w.kept[n]
}

// LastWords is what the worker before this one has written to its standard error when it died; empty
// if it did not, or had no time to.
func (w *Worker) LastWords() string { return w.words }

// retireTime is how long a worker that was told to stop may still change what is kept. Its
// successor has looked at the same files as it does, and may have found broken what only this one
// has a good version of, which it then notices within that time.
const retireTime = time.Second

// retired reports whether what is kept is not the worker's any more.
func (w *Worker) retired() bool {
	stopped := w.stopped.Load()
	return stopped != nil && time.Since(*stopped) > retireTime
}

// Log is where the worker's log goes: the supervisor's standard error. The worker's own is read by
// the supervisor, in order to tell why it died.
func (w *Worker) Log() *os.File { return w.log }

// Context ends when the worker is to stop: to accept no more connections, to answer what has begun,
// and to end.
func (w *Worker) Context() context.Context { return w.ctx }

// Ready tells that the worker serves. From now on it says every second that it lives, and how many
// requests it is answering and how many of those cannot be stopped: report returns that.
func (w *Worker) Ready(limits Limits, report func() (requests, stuck int)) {
	w.stop.Store(int64(limits.Stop))
	w.report = report
	w.say(limits.line())
	go w.beat()
}

// Stuck tells that a request cannot be stopped. The worker is replaced, and killed once it has
// answered all others.
func (w *Worker) Stuck(what string) { w.say(wordStuck + " " + strconv.Quote(what)) }

// Restart asks to be replaced. The text, which ends a sentence that begins with "because", tells
// why.
func (w *Worker) Restart(why string) { w.say(wordRestart + " " + strconv.Quote(why)) }

func (w *Worker) say(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	// If nobody is there, listen notices. A supervisor that takes nothing must not hold up whoever
	// calls this.
	_ = w.control.SetWriteDeadline(time.Now().Add(beatInterval / 2))
	_, _ = w.control.WriteString(line + "\n")
}

func (w *Worker) beat() {
	ticker := time.NewTicker(beatInterval)
	defer ticker.Stop()
	draining := w.draining
	for {
		requests, stuck := w.report()
		w.say(fmt.Sprintf("%s %d %d %d", wordBeat, requests, stuck, ownMemory()))
		select {
		case <-ticker.C:
		case <-draining:
			draining = nil
			ticker.Reset(drainInterval)
		}
	}
}

// forced is how much longer than its limit a stop may take.
const forced = 3 * time.Second

// listen follows the supervisor, and notices its end.
func (w *Worker) listen(end context.CancelFunc) {
	lines := bufio.NewScanner(w.control)
	for lines.Scan() {
		if word, _, _ := strings.Cut(lines.Text(), " "); word == wordDrain {
			break
		}
	}
	now := time.Now()
	w.stopped.Store(&now)
	end()
	close(w.draining)
	for lines.Scan() {
	}
	// Nobody is there who would kill it.
	time.Sleep(time.Duration(w.stop.Load()) + forced)
	os.Exit(1)
}
