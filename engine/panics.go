package engine

import (
	"fmt"
	goruntime "runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// panicError is a Go panic that came out of the interpreter or of a module.
type panicError struct {
	value any
	stack string // "" if the log has had it
	count int64
}

func (p *panicError) Error() string {
	if p.stack == "" {
		return fmt.Sprintf("the interpreter failed: %v (panics=%d; the stack was logged when it first failed there)", p.value, p.count)
	}
	return fmt.Sprintf("the interpreter failed: %v (panics=%d)", p.value, p.count)
}

// maxPlaces is how many places are remembered where it failed. A panic at another one is logged
// with its stack each time.
const maxPlaces = 1000

// panics counts the Go panics of pages.
type panics struct {
	mu     sync.Mutex
	count  int64
	places map[string]bool
}

// Panics returns how many times a page has made the interpreter or a module panic. Each such
// request was answered with an error, and its runtime thrown away.
func (e *Engine) Panics() int64 {
	e.panics.mu.Lock()
	defer e.panics.mu.Unlock()
	return e.panics.count
}

// note describes a panic. It is to be called by the function that has recovered it.
func (p *panics) note(value any) *panicError {
	place := panicPlace()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	e := &panicError{value: value, count: p.count}
	if !p.places[place] {
		e.stack = strings.TrimSpace(string(debug.Stack()))
		if p.places == nil {
			p.places = map[string]bool{}
		}
		if len(p.places) < maxPlaces {
			p.places[place] = true
		}
	}
	return e
}

// panicPlace returns where the panic began that was recovered. The interpreter recovers it at each
// call and panics again, so it is the outermost of many.
func panicPlace() string {
	pcs := make([]uintptr, 1000)
	frames := goruntime.CallersFrames(pcs[:goruntime.Callers(2, pcs)])
	place, begins := "", false
	for {
		f, more := frames.Next()
		if inside := strings.HasPrefix(f.Function, "runtime."); begins && !inside {
			place, begins = fmt.Sprintf("%s:%d", f.Function, f.Line), false
		}
		begins = begins || f.Function == "runtime.gopanic"
		if !more {
			return place
		}
	}
}
