package watch

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"wizgy/server/writers"
)

// ErrClosed is what [Watcher.Add] returns once the watcher is closed.
var ErrClosed = errors.New("watch: watcher is closed")

// Config says what to watch. Only Roots is needed.
type Config struct {
	// Roots are the folders that are watched with everything below. Relative ones are taken from
	// the current folder. They need not exist yet.
	Roots []string

	// Quiet is how long nothing must have happened before a batch is delivered, so that a file
	// that is being written, or a checkout, arrives as one. Zero and negative mean 60 ms. It is
	// so for up to two files that were written, twice as long for three, and at most 8 times: who
	// changes many files is likely to change more. Files with a dot or # before their name or ~
	// after it do not count.
	Quiet time.Duration

	// Max is how long after its first event a batch is delivered even if events go on, as they
	// do where a page appends to a file below a root. Zero and negative mean 2 s, which is
	// enough for a slow upload to arrive as one; less than Quiet means Quiet. It grows by a half
	// for every 20 paths, up to two and a half times Max.
	Max time.Duration

	// Poll, where positive, has every folder looked at this often instead of being told by the
	// kernel, for file systems that are written to by other machines.
	Poll time.Duration

	// Mark, if it is set, is asked about each path that the kernel tells of, and [Gathering] says
	// whether the answer was ever yes. It is called from one goroutine.
	Mark func(path string) bool

	// Chmod, if it is set, is asked whether it matters that the kernel tells of a path which may
	// have other permissions, another owner or another time, and is what it was otherwise. That
	// is no change if Chmod is nil. It is called from one goroutine.
	Chmod func(path string) bool

	// Writers, if it is set, is told who is writing to the files, where the system tells.
	Writers *writers.Writers

	// Logger gets a warning when the kernel's limits are reached. Nil means [slog.Default].
	Logger *slog.Logger
}

// Change is a batch of changes.
type Change struct {
	// Paths are the files and folders that were created, written, renamed or removed: absolute,
	// sorted, each once, as seen through the root that they lie below. A folder that was removed
	// or renamed stands for everything that was in it.
	Paths []string

	// All means that anything may have changed, and Paths is nil: events were lost, a root
	// appeared, went or was switched, or more than 10,000 paths changed.
	All bool
}

// A Watcher watches folders until it is closed. Its methods may be called from any goroutine.
type Watcher struct {
	config  Config
	log     *slog.Logger
	system  system
	changes chan Change
	adds    chan addition
	failed  chan error
	done    chan struct{}
	stop    func()
	running sync.WaitGroup

	gathering atomic.Pointer[Gathering]

	// The rest belongs to New until it returns, and to the goroutine of run from then on.
	pending  *batch
	notifier *notifier // nil while everything is polled
	marked   bool      // Config.Mark has said yes
	stale    bool      // events were lost: begin again before the next batch
	warned   bool
	roots    map[string]*view
	links    []*view              // found but not followed yet; empty between events
	folders  map[string]*folder   // by real path
	told     map[inode]*folder    // those that the notifier watches
	polled   map[*folder]struct{} // the others
	poll     *time.Timer
	audit    *time.Timer
	deaf     bool // it was said that changes are not told
	far      bool // likewise, that they may not be
}

type addition struct {
	dir  string
	done chan struct{}
}

// pollInterval is how often folders are looked at.
const pollInterval = 2 * time.Second

// New starts to watch; what exists is watched when it returns. The error is about a root that is
// empty, or relative in a current folder that is gone. A kernel that gives no watches is none:
// the folders are polled then.
func New(c Config) (*Watcher, error) {
	return start(c, system{open: inotify, every: pollInterval, audit: pollInterval})
}

func start(c Config, s system) (*Watcher, error) {
	if c.Quiet <= 0 {
		c.Quiet = 60 * time.Millisecond
	}
	if c.Max <= 0 {
		c.Max = 2 * time.Second
	}
	if c.Poll > 0 {
		s = system{every: c.Poll}
	}
	w := &Watcher{
		config:  c,
		log:     c.Logger,
		system:  s,
		changes: make(chan Change),
		adds:    make(chan addition),
		failed:  make(chan error, 1),
		done:    make(chan struct{}),
		pending: newBatch(c.Quiet, max(c.Max, c.Quiet)),
		roots:   map[string]*view{},
		poll:    time.NewTimer(s.every),
		audit:   time.NewTimer(cmp.Or(s.audit, time.Hour)),
	}
	w.poll.Stop()
	if s.audit == 0 {
		w.audit.Stop()
	}
	if w.log == nil {
		w.log = slog.Default()
	}
	w.gathering.Store(&Gathering{})
	w.stop = sync.OnceFunc(func() { close(w.done) })
	for _, dir := range c.Roots {
		path, err := absolute(dir)
		if err != nil {
			return nil, err
		}
		w.roots[path] = &view{path: path, deep: true}
	}
	w.begin()
	w.running.Go(w.run)
	return w, nil
}

func absolute(dir string) (string, error) {
	if dir == "" {
		return "", errors.New("watch: the name of a folder is empty")
	}
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("watch %s: %w", dir, err)
	}
	return path, nil
}

// Changes returns the channel of batches, which Close closes. Nothing is lost if they are
// received late: what changes meanwhile is added to the batch that waits.
func (w *Watcher) Changes() <-chan Change { return w.changes }

// Gathering is a batch that is not delivered yet.
type Gathering struct {
	Paths  int       // how many have changed
	Last   time.Time // when the last change was told, of this batch or of one before
	Marked bool      // Config.Mark has said yes to one of them
}

// Gathering returns what the next batch is so far; it has no paths if nothing has happened since
// the last one.
func (w *Watcher) Gathering() Gathering { return *w.gathering.Load() }

// Add watches dir too, but nothing below it, and has done so when it returns. It need not exist
// yet. Adding a folder again does nothing. The error is [ErrClosed], or as for [New].
func (w *Watcher) Add(dir string) error {
	path, err := absolute(dir)
	if err != nil {
		return err
	}
	a := addition{path, make(chan struct{})}
	select {
	case w.adds <- a:
	case <-w.done:
		return ErrClosed
	}
	<-a.done
	return nil
}

// Close stops watching, closes the channel of batches and waits for the watcher's goroutines.
// What was not delivered yet is dropped. Closing again does nothing. The error is always nil.
func (w *Watcher) Close() error {
	w.stop()
	w.running.Wait()
	return nil
}
