package server

import (
	"sync"
	"sync/atomic"
	"time"
)

// generation numbers the states of a site, so that the log can tell which of them an answer came
// from. A number is the time at which the state began, in milliseconds since 1970, or one more
// than the last where that would not be more: numbers only grow, also from one process that
// serves the site to the next.
type generation struct {
	state atomic.Uint64 // the number twice, and 1 while it is being left
	mu    sync.Mutex    // held while it is being left
}

func (g *generation) start() { g.state.Store(2 * uint64(max(1, time.Now().UnixMilli()))) }

// now returns the number. While another state begins it waits: what is looked up from then on is
// of that one.
func (g *generation) now() uint64 {
	state := g.state.Load()
	for state&1 != 0 {
		g.mu.Lock() // which is free when the other has begun
		state = g.state.Load()
		g.mu.Unlock()
	}
	return state / 2
}

// still reports whether what was looked up since now returned n is all of that state.
func (g *generation) still(n uint64) bool { return g.state.Load() == 2*n }

// next begins another state. do makes it, and takes no time. If it reports false there is none.
func (g *generation) next(do func(n uint64) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	last, done := g.state.Load(), false
	n := max(last/2+1, uint64(max(1, time.Now().UnixMilli())))
	g.state.Store(last | 1)
	defer func() {
		if !done {
			n = last / 2
		}
		g.state.Store(2 * n)
	}()
	done = do(n)
}

// maxPicks is how often a file is looked up whose site changes meanwhile.
const maxPicks = 4

// pick is lookup that notes the generation of what it finds.
func (s *Server) pick(w *recorder, t target, again bool) (found, error) {
	for tries := 1; ; tries++ {
		n := s.generation.now()
		f, err := s.lookup(t, w.start, again)
		if s.generation.still(n) || tries == maxPicks {
			w.SetGeneration(n)
			return f, err
		}
		f.close()
	}
}
