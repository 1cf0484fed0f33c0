package engine

import (
	"fmt"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// atSomePace runs a test with short limits of time, and again with longer ones if that goes wrong.
// What a busy machine has spoilt is right then, and what is wrong is wrong at every pace. The test
// multiplies its limits by slower.
func atSomePace(t *testing.T, run func(t testing.TB, slower time.Duration)) {
	t.Helper()
	tryAgain(t, 3, func(t testing.TB, try int) { run(t, []time.Duration{1, 5, 25}[try]) })
}

// atBest runs a test of how soon something happens: the fastest of a few times counts.
func atBest(t *testing.T, run func(t testing.TB)) {
	t.Helper()
	tryAgain(t, 5, func(t testing.TB, _ int) { run(t) })
}

func tryAgain(t *testing.T, most int, run func(t testing.TB, try int)) {
	t.Helper()
	for try := range most {
		a := &attempt{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer a.cleanUp()
			run(a, try)
		}()
		<-done
		switch wrong := strings.Join(a.wrong, "\n"); {
		case len(a.wrong) == 0:
			return
		case try == most-1:
			t.Error(wrong)
		default:
			t.Logf("try %d: %s", try+1, wrong)
		}
	}
}

// attempt is a test that may be run again: it keeps what goes wrong to itself, and cleans up at its
// own end.
type attempt struct {
	testing.TB

	mu       sync.Mutex
	wrong    []string
	cleanups []func()
}

func (a *attempt) note(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wrong = append(a.wrong, what)
}

func (a *attempt) Failed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.wrong) > 0
}

func (a *attempt) Fail()                             { a.note("failed") }
func (a *attempt) FailNow()                          { a.Fail(); goruntime.Goexit() }
func (a *attempt) Error(args ...any)                 { a.note(fmt.Sprint(args...)) }
func (a *attempt) Errorf(format string, args ...any) { a.note(fmt.Sprintf(format, args...)) }
func (a *attempt) Fatal(args ...any)                 { a.Error(args...); goruntime.Goexit() }
func (a *attempt) Fatalf(format string, args ...any) { a.Errorf(format, args...); goruntime.Goexit() }

func (a *attempt) Cleanup(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cleanups = append(a.cleanups, f)
}

func (a *attempt) cleanUp() {
	for len(a.cleanups) > 0 {
		last := len(a.cleanups) - 1
		f := a.cleanups[last]
		a.cleanups = a.cleanups[:last]
		f()
	}
}

func TestWhatIsWrongAtEveryPaceFails(t *testing.T) {
	var slower []time.Duration
	cleaned := 0
	atSomePace(t, func(t testing.TB, pace time.Duration) {
		t.Cleanup(func() { cleaned++ })
		if slower = append(slower, pace); pace < 25 {
			t.Fatal("too slow")
		}
	})
	if fmt.Sprint(slower) != "[1ns 5ns 25ns]" || cleaned != 3 {
		t.Errorf("tried at %v, cleaned up %d times", slower, cleaned)
	}
}
