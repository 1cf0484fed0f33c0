package supervisor

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDelaysGrowAndAreForgotten(t *testing.T) {
	var b backoff
	var got []time.Duration
	for _, served := range []time.Duration{time.Second, 1, 1, 1, 1, 1, 1, 0, 0, healthyAfter, 1} {
		got = append(got, b.died(served))
	}
	if want := "[0s 100ms 200ms 400ms 800ms 1s 1s 5s 5s 0s 100ms]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestLastWordsAreShortAndSayWhatHappened(t *testing.T) {
	for name, test := range map[string]struct{ words, want string }{
		"stack":  {"runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\ngoroutine 1:", "fatal error: stack overflow"},
		"panic":  {"panic: oh\n\ngoroutine 1 [running]:\n", "panic: oh"},
		"other":  {"exec format error\nand more", "exec format error"},
		"none":   {"", ""},
		"signal": {"SIGQUIT: quit\nPC=0x1\n", "SIGQUIT: quit"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := verdict(test.words); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	w := lastWords{doomed: func() {}}
	fmt.Fprint(&w, "fatal error: x\n")
	for range 10000 {
		fmt.Fprint(&w, "goroutine 1\n")
	}
	if got := w.take(); len(got) > maxWords+10 || !strings.HasPrefix(got, "fatal error: x\n") || !strings.HasSuffix(got, "…") {
		t.Errorf("got %d bytes: %.100q", len(got), got)
	}
	if got := w.take(); got != "" {
		t.Errorf("said again: %q", got)
	}
}

func TestLinesOfOtherVersionsAreUnderstood(t *testing.T) {
	var a, b int64 = 7, 7
	numbers("1", &a, &b)
	if a != 1 || b != 7 {
		t.Errorf("got %d and %d, want 1 and what there was", a, b)
	}
	numbers("3 4 5 more", &a, &b)
	if a != 3 || b != 4 {
		t.Errorf("got %d and %d, want 3 and 4", a, b)
	}
	if got := text(`"a\nb"`); got != "a\nb" {
		t.Errorf("got %q", got)
	}
	if got := text(`not quoted`); got != "not quoted" {
		t.Errorf("got %q", got)
	}
}
