package main

import (
	"bytes"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"wizgy/server/writers"
)

// configQuiet is how long nothing must have happened to wizgy.toml before it is looked at, so
// that it is not read while it is half written.
const configQuiet = 100 * time.Millisecond

// configInterval is how often wizgy.toml is looked for by its name. The watch is of the folder that
// it lies in: when a link on the way to it leads somewhere else, as in a deploy, or the file itself
// is a link to one that changes, the watch does not see that.
const configInterval = 500 * time.Millisecond

// configPause is how long to wait for file descriptors, or memory, to read it.
const configPause = time.Second

// configWatcher follows wizgy.toml. A mistake in it is logged, and what is served stays as it is.
type configWatcher struct {
	file    *siteArgument
	last    configFile
	log     *slog.Logger
	writers writers.Writers
	changed func(file *configFile, options []string)
	stop    chan struct{}
	done    chan struct{}
}

// watchConfig begins to watch, and calls changed with a file that says something else than the
// last one, and with the names of the options that differ, if it has no mistakes. Where the system
// has no watches left it takes a moment longer.
func watchConfig(file *siteArgument, last configFile, log *slog.Logger, changed func(file *configFile, options []string)) (stop func()) {
	w := &configWatcher{
		file: file, last: last, log: log, changed: changed,
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	var events <-chan fsnotify.Event // nil, from which nothing comes, if there is no watch
	var errs <-chan error
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		// The folder, since editors put a new file in the place of the old one.
		_ = watcher.Add(filepath.Dir(last.name))
		events, errs = watcher.Events, watcher.Errors
	}
	seen, _ := os.Stat(last.name)
	go w.run(events, errs, seen)
	return func() {
		close(w.stop)
		<-w.done
		if watcher != nil {
			_ = watcher.Close()
		}
	}
}

// run looks at the file after an event, and when it is not the one that was seen last.
func (w *configWatcher) run(events <-chan fsnotify.Event, errs <-chan error, seen fs.FileInfo) {
	defer close(w.done)
	quiet := time.NewTimer(0) // what changed before the watch began
	defer quiet.Stop()
	ticker := time.NewTicker(configInterval)
	defer ticker.Stop()
	for {
		select {
		case <-w.stop:
			return
		case event := <-events:
			if event.Op != fsnotify.Chmod {
				quiet.Reset(configQuiet)
			}
		case <-errs: // whoever does not take them gets no more events
		case <-ticker.C:
			if now, _ := os.Stat(w.last.name); !unchanged(seen, now) {
				seen = now
				quiet.Reset(configQuiet)
			}
		case <-quiet.C:
			if w.writers.Busy(w.last.name) {
				quiet.Reset(configQuiet)
			} else if !w.look() {
				quiet.Reset(configPause)
			}
		}
	}
}

// unchanged reports whether a and b, which are nil where there is no file, are of the same one, and
// nobody has written to it in between.
func unchanged(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// look acts on what is new, if anything is. It reports false if it must look again.
func (w *configWatcher) look() bool {
	if _, err := os.Stat(filepath.Dir(w.last.name)); err != nil {
		return true // somebody is about to put another folder there
	}
	now := w.file.readConfig()
	if now.later {
		return false
	}
	if bytes.Equal(now.text, w.last.text) && len(now.problems) == 0 {
		return true
	}
	options := now.options()
	before := w.last.options()
	for _, problem := range now.problems {
		w.log.Error(problem.String())
	}
	if !bytes.Equal(now.text, w.last.text) && len(now.problems) == 0 {
		w.changed(&now, differences(before, options))
	}
	w.last = now
	return true
}

// differences returns the names of the options that are not the same in a and b.
func differences(a, b map[string]reflect.Value) []string {
	names := map[string]bool{}
	for _, m := range []map[string]reflect.Value{a, b} {
		for name := range m {
			x, y := a[name], b[name]
			names[name] = !x.IsValid() || !y.IsValid() || !reflect.DeepEqual(x.Interface(), y.Interface())
		}
	}
	maps.DeleteFunc(names, func(_ string, differs bool) bool { return !differs })
	return slices.Sorted(maps.Keys(names))
}
