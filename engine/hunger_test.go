package engine

import (
	"log/slog"
	goruntime "runtime"
	"testing"
	"time"
)

// A page has left garbage when the heap seems to be full, and another one runs by now: in the slot that
// the first one had, or in none.
func TestPageIsNotStoppedForTheGarbageOfAnother(t *testing.T) {
	for name, slot := range map[string]int{"in the same slot": 5, "in no slot": 0} {
		t.Run(name, func(t *testing.T) {
			var left []byte
			_ = inSlot(5, slotDigits, func() error {
				left = make([]byte, 64<<20)
				return nil
			})
			goruntime.GC()
			if has, _ := inUse(); has[5] < 64<<20 {
				t.Fatalf("%d bytes are known to be in use", has[5])
			}
			goruntime.KeepAlive(left)
			h := newHunger(1, 1<<40, func() {}, slog.New(slog.DiscardHandler))
			h.budget = h.size() + 32<<20
			stopped := false
			g := &guard{running: true, slot: slot, began: time.Now(), waiting: func() bool { return false }, stop: func(error) { stopped = true }}
			h.look(time.Now(), func(do func(*guard)) { do(g) })
			if stopped {
				t.Error("it was stopped")
			}
		})
	}
}
