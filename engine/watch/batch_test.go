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
			return &notifier{events: events, errors: errs, add: nothing, remove: nothing, close: func() error { close(errs); return nil }}, nil
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

func TestBatchOfManyFilesTakesLongerBreaths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const quiet, most = 60 * time.Millisecond, 2 * time.Second
		for _, c := range []struct {
			files int
			step  time.Duration
			want  int           // files in the first batch
			late  time.Duration // after the last of them
		}{
			{1, time.Hour, 1, quiet},
			{2, 59 * time.Millisecond, 2, quiet},
			{3, 59 * time.Millisecond, 3, 2 * quiet},
			{2, 61 * time.Millisecond, 1, quiet},
			{100, 59 * time.Millisecond, 85, 5*time.Second - 84*59*time.Millisecond}, // which is max
			{80, 59 * time.Millisecond, 80, 8*quiet - 141*time.Millisecond},          // likewise
			{50, 59 * time.Millisecond, 50, 8 * quiet},
		} {
			b := newBatch(quiet, most)
			b.isFile = func(path string) bool { return path != "none" }
			var last time.Time
			added := 0
			add := func() {
				if added < c.files {
					b.event(fmt.Sprint(added))
					b.event("none")
					b.add("found")
					b.grown()
					added, last = added+1, time.Now()
				}
			}
			add()
			for next := time.NewTicker(c.step); ; {
				select {
				case <-b.due.C:
					if wait := b.early(); wait > 0 {
						b.due.Reset(wait)
						continue
					}
				case <-next.C:
					add()
					continue
				}
				next.Stop()
				break
			}
			if got := time.Since(last).Round(time.Millisecond); added != c.want || got != c.late {
				t.Errorf("%d files, one every %v: a batch of %d, %v after the last, want %d, %v", c.files, c.step, added, got, c.want, c.late)
			}
		}
	})
}
