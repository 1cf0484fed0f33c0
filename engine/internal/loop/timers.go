package loop

import "time"

// timer runs its callback once, at a time.
type timer struct {
	id  int64
	at  time.Time
	run func() error
}

// timers is a heap: the next one due is first, and of those due at the same time the one that
// was set first.
type timers []*timer

func (t timers) Len() int      { return len(t) }
func (t timers) Swap(i, j int) { t[i], t[j] = t[j], t[i] }
func (t timers) Less(i, j int) bool {
	if t[i].at.Equal(t[j].at) {
		return t[i].id < t[j].id
	}
	return t[i].at.Before(t[j].at)
}

// Push adds a timer; for container/heap.
func (t *timers) Push(x any) { *t = append(*t, x.(*timer)) }

// Pop removes the last timer; for container/heap.
func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*t = old[:len(old)-1]
	return last
}
