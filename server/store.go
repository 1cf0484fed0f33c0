package server

import (
	"sync"
	"sync/atomic"
)

// store keeps versions of files, as many as fit. What was not used since the hand of the clock
// came by goes first.
type store struct {
	limit int64

	mu    sync.Mutex
	files map[string]*kept // guarded by mu
	clock []*kept          // guarded by mu
	hand  int              // guarded by mu
	bytes int64            // guarded by mu
}

// kept is the place of one file in the store. It may be held on to when the file is gone.
type kept struct {
	version atomic.Pointer[version]
	used    atomic.Bool
	size    int64 // guarded by the store's mu
	at      int   // in the clock; guarded by the store's mu
}

// get returns the version, or nil if there is none any more.
func (k *kept) get() *version {
	if k == nil {
		return nil
	}
	if !k.used.Load() {
		k.used.Store(true)
	}
	return k.version.Load()
}

func (s *store) get(name string) *kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[name]
}

// has reports whether v is still what is kept of its file.
func (s *store) has(v *version) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.files[v.name]
	return k != nil && k.version.Load() == v
}

// put stores v in place of the version that was there.
func (s *store) put(v *version) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.files[v.name]
	if k == nil {
		if s.files == nil {
			s.files = make(map[string]*kept)
		}
		k = &kept{at: len(s.clock)}
		s.files[v.name] = k
		s.clock = append(s.clock, k)
	}
	k.version.Store(v)
	s.fit(k)
}

// grown is called when v has become larger.
func (s *store) grown(v *version) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.files[v.name]; k != nil && k.version.Load() == v {
		s.fit(k)
	}
}

// fit counts k anew and makes room for it.
func (s *store) fit(k *kept) {
	size := k.version.Load().size()
	s.bytes += size - k.size
	k.size = size
	for s.bytes > s.limit {
		if s.hand >= len(s.clock) {
			s.hand = 0
		}
		victim := s.clock[s.hand]
		switch {
		case victim == k && len(s.clock) > 1:
			s.hand++
		case victim.used.CompareAndSwap(true, false):
			s.hand++
		default:
			s.remove(victim)
		}
	}
}

func (s *store) drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.files[name]; k != nil {
		s.remove(k)
	}
}

func (s *store) remove(k *kept) {
	delete(s.files, k.version.Load().name)
	last := s.clock[len(s.clock)-1]
	s.clock[k.at], last.at = last, k.at
	s.clock[len(s.clock)-1] = nil
	s.clock = s.clock[:len(s.clock)-1]
	s.bytes -= k.size
	k.version.Store(nil)
}
