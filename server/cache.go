package server

import (
	"errors"
	"hash/maphash"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"
)

// cache is what is known about the document root: which file answers a path, or that none does,
// and the files themselves. Everything in it is true for one generation, a time in which nothing
// has changed below the root, or for a while; then it is compared with the file system once, and
// what is still true stays. So no change has to be matched with what depends on it.
type cache struct {
	loader  loader
	folder  *folder
	every   time.Duration // how long a comparison stays good; 0: each request compares
	watched bool          // somebody tells of changes
	noticed func()        // called when a file was found to have changed
	started time.Time

	generation atomic.Uint64
	answers    answers
	store      store

	// Who opens a file holds the lock of its name until the version is stored, or an older
	// version could be stored after a newer one.
	seed  maphash.Seed
	locks [64]sync.Mutex
}

// How long a comparison stays good, where nobody tells of changes and where somebody does. No
// watcher sees everything: not what another machine writes to a shared disk, not what is written
// through a memory map, and rights that are taken away only sometimes. But a change may also be
// one that somebody is about to tell of, with others that go with it, so only the second
// comparison counts.
const (
	checkInterval        = 250 * time.Millisecond
	watchedCheckInterval = 5 * time.Second
)

func newCache(f *folder, config *Config) *cache {
	c := &cache{
		loader:  loader{limit: max(0, config.CacheBytes), encode: !config.NoCompress, writers: config.Writers},
		folder:  f,
		started: time.Now(),
		seed:    maphash.MakeSeed(),
	}
	c.store.limit = c.loader.limit
	switch {
	case config.Dev || c.loader.limit == 0:
	case config.Watched:
		c.every, c.watched = watchedCheckInterval, true
	default:
		c.every = checkInterval
	}
	return c
}

// lookup returns what answers t. The caller closes the file if there is one. now is when the
// request came; what a request sees is never older, unless c.every allows. again is for a caller
// who has found out that what is known is wrong.
func (c *cache) lookup(t target, now time.Time, again bool) (found, error) {
	if c.every == 0 {
		return c.search(t, surprise)
	}
	a := c.answers.get(t)
	if f, ok := c.known(a, now); ok && !again {
		return f, f.err()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if f, ok := c.known(a, now); ok && !again {
		return f, f.err()
	}
	next := &finding{generation: c.generation.Load(), checked: time.Since(c.started)}
	last := a.known.Load()
	change := expected
	if last != nil && last.generation == next.generation {
		change = surprise
		if c.watched && !again {
			change = doubtful
		}
	}
	f, err := c.search(t, change)
	if err == nil && change == doubtful && last.missing && !last.doubted {
		f.close()
		next.doubted = true
		f, err = found{}, fs.ErrNotExist
	}
	switch {
	case f.waits:
		a.known.Store(nil)
		return f, nil
	case errors.Is(err, fs.ErrNotExist):
		next.missing = true
	case err != nil:
		a.known.Store(nil)
		return f, err
	case f.folder:
		next.folder = f.name
	default:
		next.kept = c.store.get(f.name)
	}
	a.known.Store(next)
	return f, err
}

// known returns what a says if that is good for a request that came at now.
func (c *cache) known(a *answer, now time.Time) (found, bool) {
	k := a.known.Load()
	if k == nil || k.generation != c.generation.Load() || now.Sub(c.started)-k.checked > c.every {
		return found{}, false
	}
	if k.missing {
		return found{}, true
	}
	if k.kept == nil {
		return found{name: k.folder, folder: true}, k.folder != ""
	}
	v := k.kept.get()
	if v == nil || v.plain.body == nil && v.unsettled.Load() {
		return found{}, false
	}
	return found{name: v.name, version: v}, true
}

// A changed file is one of these.
type changed int

const (
	expected changed = iota // a new generation has begun
	surprise                // with which one begins
	doubtful                // the first time; then what is in memory stays, and the second time it is a surprise
)

// search looks t up in the document root. It waits, for a while, until a file is complete.
func (c *cache) search(t target, change changed) (found, error) {
	for start := time.Now(); ; {
		root := c.folder.acquire()
		if root == nil {
			return found{}, fs.ErrNotExist
		}
		waited := time.Since(start)
		f, err := find(t, func(name string) (found, error) { return c.examine(root, name, change, waited) })
		root.release()
		switch err {
		case errSwitched:
		case errBeingWritten:
			time.Sleep(writersStep)
		default:
			return f, err
		}
	}
}

// writersStep is how often a file that is being written is looked at.
const writersStep = 2 * time.Millisecond

// errSwitched means that another folder is the document root now.
var errSwitched = errors.New("the document root was switched")

// examine compares what is known of a file with the file, and loads it if that is out of date. While
// it is being written the version that is in memory is the answer.
func (c *cache) examine(o *openFolder, name string, change changed, waited time.Duration) (found, error) {
	lock := &c.locks[maphash.String(c.seed, name)%uint64(len(c.locks))]
	lock.Lock()
	defer lock.Unlock()
	if c.folder.current.Load() != o {
		return found{}, errSwitched
	}
	last := c.store.get(name).get()
	f, err := o.file(name)
	if err == nil {
		f, err = c.loader.load(o, f, last, waited)
	}
	switch {
	case err == errBeingWritten && last != nil && last.plain.body != nil:
		return found{name: name, version: last, waits: true}, nil
	case err == errBeingWritten:
		return found{}, err
	case err == nil && f.version == last:
		return f, nil
	case last == nil || change == expected:
	case change == doubtful && last.plain.body != nil && !last.doubted.Swap(true):
		f.close()
		return found{name: name, version: last}, nil
	case err != nil || last.differs(f.version):
		defer c.noticed()
	}
	if err != nil {
		c.store.drop(name)
		return found{}, err
	}
	c.store.put(f.version)
	return f, nil
}

// open opens the file of a representation that is not in memory. It fails with errOutdated if
// that is not the file that the representation was made for.
func (c *cache) open(rep *representation) (found, error) {
	root := c.folder.acquire()
	if root == nil {
		return found{}, errOutdated
	}
	defer root.release()
	f, err := root.file(rep.name)
	if err != nil {
		return found{}, errOutdated
	}
	if stampOf(f.info) != rep.stamp {
		_ = f.file.Close()
		return found{}, errOutdated
	}
	return f, nil
}

// errOutdated means that what is known of a file is wrong by now.
var errOutdated = errors.New("the file has changed")
