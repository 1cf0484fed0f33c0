package server

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// answer is what answers one path.
type answer struct {
	mu    sync.Mutex // held by the request that finds out
	known atomic.Pointer[finding]
}

// finding is what somebody found out about a path.
type finding struct {
	generation uint64        // of the cache, before looking
	checked    time.Duration // since the cache was made, before looking
	missing    bool
	doubted    bool   // a file was there, but somebody may be about to tell of it
	folder     string // redirect to its slash
	kept       *kept
}

// answers are the answers of the paths that were asked for last. There are two sets of them: when
// the younger is full the older is forgotten, so whoever asks for a million paths that do not
// exist takes a bounded amount of memory, and drives out nothing that is asked for in between.
type answers struct {
	mu    sync.RWMutex
	young [2]map[string]*answer // by name, with a slash at the end or without; guarded by mu
	old   [2]map[string]*answer // guarded by mu
	bytes int                   // that young takes, about; guarded by mu
}

const (
	maxAnswerBytes = 1 << 20 // of each set
	answerOverhead = 200
)

// get returns the answer for t, which may be new and not known yet.
func (s *answers) get(t target) *answer {
	kind := 0
	if t.slash {
		kind = 1
	}
	s.mu.RLock()
	a := s.young[kind][t.name]
	s.mu.RUnlock()
	if a != nil {
		return a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a = s.young[kind][t.name]; a != nil {
		return a
	}
	if a = s.old[kind][t.name]; a == nil {
		a = &answer{}
	}
	if s.young[0] == nil || s.bytes > maxAnswerBytes {
		s.old, s.bytes = s.young, 0
		s.young = [2]map[string]*answer{{}, {}}
	}
	s.young[kind][strings.Clone(t.name)] = a // t.name keeps the whole request in memory
	s.bytes += len(t.name) + answerOverhead
	return a
}
