package watch

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestBatchIsDueWhenQuietAndAtTheLatestAfterMax(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const quiet, most, step = 60 * time.Millisecond, time.Second, 50 * time.Millisecond
		b := newBatch(quiet, most)
		due := func(events int) time.Duration {
			start := time.Now()
			defer b.change()
			for range events {
				b.add("/file")
				if !b.grown() || b.grown() {
					t.Error("grown is not once for each event")
				}
				select {
				case <-b.due.C:
					return time.Since(start)
				case <-time.After(step):
				}
			}
			<-b.due.C
			return time.Since(start)
		}
		if got := due(1); got != quiet {
			t.Errorf("one event: due after %v, want %v", got, quiet)
		}
		if got, want := due(5), 4*step+quiet; got != want {
			t.Errorf("five events: due after %v, want %v", got, want)
		}
		if got := due(1000); got != most {
			t.Errorf("endless events: due after %v, want %v", got, most)
		}
	})
}

func TestLateReceiverGetsOneMergedBatch(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		events, errs := make(chan fsnotify.Event), make(chan error)
		nothing := func(string) error { return nil }
		w := openOn(t, Config{Roots: []string{root}}, system{every: time.Hour, open: func() (*notifier, error) {
			return &notifier{events, errs, nothing, nothing, func() error { close(errs); return nil }}, nil
		}})
		one, two := filepath.Join(root, "one"), filepath.Join(root, "two")
		for _, path := range []string{two, one, two} {
			events <- fsnotify.Event{Name: path, Op: fsnotify.Write}
			<-time.After(time.Second) // long due
		}
		if got := <-w.Changes(); !slices.Equal(got.Paths, []string{one, two}) {
			t.Errorf("got %+v, want %s and %s", got, one, two)
		}
		select {
		case got := <-w.Changes():
			t.Errorf("got %+v once more", got)
		case <-time.After(time.Minute):
		}
	})
}

func TestBatchThatNobodyReceivesIsBounded(t *testing.T) {
	b := newBatch(time.Hour, time.Hour)
	for i := range maxPaths + 2 {
		b.add(fmt.Sprint(i))
	}
	if got := b.change(); !got.All || got.Paths != nil || len(b.paths) != 0 {
		t.Errorf("got %v paths, All %v", len(got.Paths), got.All)
	}
	b.clear()
	b.add("next")
	if got := b.change(); got.All || len(got.Paths) != 1 {
		t.Errorf("after it: got %+v", got)
	}
}

func TestLargeBatchTakesLongerBreaths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const quiet, most = 60 * time.Millisecond, 2 * time.Second
		for _, c := range []struct {
			paths     int
			step      time.Duration
			want      int // paths in the first batch
			late      time.Duration
			afterLast bool
		}{
			{paths: 4, step: 59 * time.Millisecond, want: 4, late: quiet, afterLast: true},
			{paths: 4, step: 61 * time.Millisecond, want: 1, late: quiet, afterLast: true},
			{paths: 100, step: 30 * time.Millisecond, want: 100, late: 480 * time.Millisecond, afterLast: true},
			{paths: 10_000, step: 30 * time.Millisecond, want: 166, late: 5 * time.Second},
		} {
			b := newBatch(quiet, most)
			start, last, added := time.Now(), time.Now(), 0
			for due := false; !due; {
				if added < c.paths {
					b.event(fmt.Sprint(added))
					b.grown()
					added, last = added+1, time.Now()
				}
				select {
				case <-b.due.C:
					due = true
				case <-time.After(c.step):
				}
			}
			from := start
			if c.afterLast {
				from = last
			}
			if got := time.Since(from); got != c.late || added < c.want || added > c.want+1 {
				t.Errorf("%d paths, one every %v: a batch of %d after %v, want %d after %v", c.paths, c.step, added, got, c.want, c.late)
			}
		}
	})
}
