package server

import "sync"

// compressor compresses files, one after the other, beside the requests.
type compressor struct {
	store *store

	mu      sync.Mutex
	queue   []compression  // guarded by mu
	bytes   int            // of the bodies in the queue, which it keeps in memory; guarded by mu
	running bool           // guarded by mu
	closed  bool           // guarded by mu
	done    sync.WaitGroup // of the goroutine, which ends when there is nothing to do

	making sync.Mutex // held while a request waits for its own compression
}

type compression struct {
	version *version
	coding  coding
}

// maxQueue is how many bytes wait to be compressed. What does not fit in is asked for again by
// the next request.
const maxQueue = 16 << 20

// request has v compressed soon, once.
func (c *compressor) request(v *version, to coding) {
	if !v.requested[to].CompareAndSwap(false, true) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.bytes+len(v.plain.body) > maxQueue {
		v.requested[to].Store(false)
		return
	}
	c.queue = append(c.queue, compression{v, to})
	c.bytes += len(v.plain.body)
	if !c.running {
		c.running = true
		c.done.Go(c.run)
	}
}

func (c *compressor) run() {
	for {
		next, ok := c.next()
		if !ok {
			return
		}
		if c.store.has(next.version) {
			c.compress(next.version, next.coding, worthIt)
		} else {
			next.version.requested[next.coding].Store(false)
		}
	}
}

// worthIt reports whether a result saves enough to be sent.
func worthIt(size, encoded int) bool { return encoded < size/20*19 }

func anySize(int, int) bool { return true }

func (c *compressor) next() (compression, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.queue) == 0 {
		c.queue, c.bytes, c.running = nil, 0, false
		return compression{}, false
	}
	next := c.queue[0]
	c.queue[0] = compression{}
	c.queue = c.queue[1:]
	c.bytes -= len(next.version.plain.body)
	return next, true
}

// make compresses v now, for a client that takes nothing else. Such clients wait for each other.
// It returns nil when the server is closed.
func (c *compressor) make(v *version, to coding) *representation {
	c.making.Lock()
	defer c.making.Unlock()
	if rep := v.encoded[to].Load(); rep != nil {
		return rep
	}
	return c.compress(v, to, anySize)
}

func (c *compressor) compress(v *version, to coding, good func(size, encoded int) bool) *representation {
	body := encodeFile(to, v.plain.body, c.isClosed)
	if body == nil || !good(len(v.plain.body), len(body)) {
		return nil
	}
	rep := newRepresentation(to, "", v.plain.stamp, int64(len(body)), encodedTag(v.plain.tag, to))
	rep.body = body
	if !v.encoded[to].CompareAndSwap(nil, rep) {
		return v.encoded[to].Load()
	}
	c.store.grown(v)
	return rep
}

func (c *compressor) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// close ends what is being compressed and waits for it.
func (c *compressor) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.done.Wait()
}
