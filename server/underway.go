package server

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// underway are the requests that are being answered. Each is on one of several lists, so that
// requests do not wait for each other at a lock.
type underway [8]struct {
	mu    sync.Mutex
	first *recorder
	n     int
	_     [64]byte // another cache line for the next
}

func (u *underway) add(w *recorder) {
	list := &u[w.id%uint64(len(u))]
	list.mu.Lock()
	defer list.mu.Unlock()
	list.n++
	if w.next = list.first; w.next != nil {
		w.next.previous = w
	}
	list.first = w
}

func (u *underway) remove(w *recorder) {
	list := &u[w.id%uint64(len(u))]
	list.mu.Lock()
	defer list.mu.Unlock()
	list.n--
	if w.next != nil {
		w.next.previous = w.previous
	}
	if w.previous != nil {
		w.previous.next = w.next
	} else {
		list.first = w.next
	}
	w.next, w.previous = nil, nil
}

func (u *underway) count() int {
	n := 0
	for i := range u {
		u[i].mu.Lock()
		n += u[i].n
		u[i].mu.Unlock()
	}
	return n
}

// remaining is what a stop waits for.
type remaining struct {
	requests, streams int // streams have begun to be sent, piece by piece
	oldest            string
	since             time.Time
}

func (u *underway) remaining() remaining {
	var left remaining
	for i := range u {
		u[i].mu.Lock()
		for w := u[i].first; w != nil; w = w.next {
			if w.streams.Load() {
				left.streams++
			} else {
				left.requests++
			}
			if left.since.IsZero() || w.start.Before(left.since) {
				left.since, left.oldest = w.start, loggedPath(w.r)
			}
		}
		u[i].mu.Unlock()
	}
	return left
}

// sentence says it, given the time and when everything will end.
func (l remaining) sentence(now, end time.Time) string {
	var parts []string
	for _, p := range []struct {
		n    int
		name string
	}{{l.requests, "request"}, {l.streams, "open stream"}} {
		switch {
		case p.n == 1:
			parts = append(parts, "1 "+p.name)
		case p.n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", p.n, p.name))
		}
	}
	verb := "are"
	if l.requests+l.streams == 1 {
		verb = "is"
	}
	return fmt.Sprintf("stopping: %s %s left, the oldest is %s, for %.1f s; ends in %.0f s at the latest",
		strings.Join(parts, " and "), verb, clip(l.oldest, maxLoggedPath), now.Sub(l.since).Seconds(), max(end.Sub(now), 0).Seconds())
}

// A stop that takes longer than progressDelay says what it waits for, every progressInterval.
const (
	progressDelay    = 250 * time.Millisecond
	progressInterval = time.Second
)

// tellProgress logs what is left of a stop until done is closed.
func (s *Server) tellProgress(end time.Time, done <-chan struct{}) {
	timer := time.NewTimer(progressDelay)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-done:
			return
		}
		if left := s.underway.remaining(); left.requests+left.streams > 0 {
			s.log.Info(left.sentence(time.Now(), end))
		}
		timer.Reset(progressInterval)
	}
}

// InFlight returns how many requests are being answered.
func (s *Server) InFlight() int { return s.underway.count() }
