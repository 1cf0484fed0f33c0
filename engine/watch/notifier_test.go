package watch

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func deaf(errs chan error) func() (*notifier, error) {
	first := true
	return func() (*notifier, error) {
		n, err := inotify()
		if err != nil || !first {
			return n, err
		}
		first = false
		n.close()
		nothing := func(string) error { return nil }
		return &notifier{errors: errs, add: nothing, remove: nothing, close: func() error { close(errs); return nil }}, nil
	}
}

func TestAllMayHaveChangedAfterLostEvents(t *testing.T) {
	t.Parallel()
	for _, err := range []error{fsnotify.ErrEventOverflow, syscall.EIO} {
		t.Run(err.Error(), func(t *testing.T) {
			t.Parallel()
			root, outside := t.TempDir(), t.TempDir()
			errs, log := make(chan error), &bytes.Buffer{}
			w := openOn(t, Config{Roots: []string{root}, Logger: slog.New(slog.NewTextHandler(log, nil))}, system{open: deaf(errs), every: time.Hour})
			must(t, w.Add(outside))
			missed := mkdir(t, root, "missed", "deep")
			errs <- err
			expectAll(t, w)
			expectWatched(t, w, filepath.Join(missed, "page.js"))
			expectWatched(t, w, filepath.Join(outside, "lib.js"))
			must(t, w.Close())
			hint := strings.Contains(log.String(), "sysctl fs.inotify.max_queued_events=65536")
			if !strings.Contains(log.String(), "changes were lost") || hint != (err == fsnotify.ErrEventOverflow) {
				t.Errorf("logged %s", log)
			}
		})
	}
}

func TestWatchThatIsGoneAlreadyIsNoLoss(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	errs := make(chan error)
	end := sync.OnceFunc(func() { close(errs) })
	w := openOn(t, Config{Roots: []string{root}}, system{every: time.Hour, open: func() (*notifier, error) {
		n, err := inotify()
		if err != nil {
			return nil, err
		}
		return &notifier{events: n.events, errors: errs, add: n.add, remove: n.remove, close: func() error { end(); return n.close() }}, nil
	}})
	for range 2 { // the second is taken when the first has been handled
		errs <- syscall.EINVAL
	}
	page := write(t, filepath.Join(root, "page.js"))
	if got := receive(t, w, func(c Change) bool { return c.All || slices.Contains(c.Paths, page) }); got.All {
		t.Error("all was said to have changed")
	}
}

func TestNotifierThatEndsIsReplaced(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	ended := make(chan fsnotify.Event)
	close(ended)
	first := true
	w := openOn(t, Config{Roots: []string{root}}, system{every: time.Hour, open: func() (*notifier, error) {
		n, err := inotify()
		if err == nil && first {
			first, n.events = false, ended
		}
		return n, err
	}})
	expectAll(t, w)
	expectWatched(t, w, filepath.Join(root, "page.js"))
}
