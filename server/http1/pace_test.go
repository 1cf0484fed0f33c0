package http1

import (
	"testing"
	"time"
)

// atSomePace runs a test with short limits of time, and again with longer ones if that goes wrong.
// What a busy machine has spoilt is right then, and what is wrong is wrong at every pace. The test
// multiplies its limits by slower.
func atSomePace(t *testing.T, run func(slower time.Duration) error) {
	t.Helper()
	var err error
	for _, slower := range []time.Duration{1, 5, 25} {
		if err = run(slower); err == nil {
			return
		}
		t.Logf("with times %d: %v", slower, err)
	}
	t.Error(err)
}

// atBest runs a test of how soon something happens: the fastest of a few times counts.
func atBest(t *testing.T, limit time.Duration, run func() time.Duration) {
	t.Helper()
	var took time.Duration
	for range 5 {
		if took = run(); took <= limit {
			return
		}
		t.Logf("took %v", took)
	}
	t.Errorf("that took %v, want at most %v", took, limit)
}
