package main

import (
	"bytes"
	"log/slog"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// configQuiet is how long nothing must have happened to wizgy.toml before it is looked at, so
// that it is not read while it is half written.
const configQuiet = 100 * time.Millisecond

// configPause is how long to wait for file descriptors, or memory, to read it.
const configPause = time.Second

// configWatcher follows wizgy.toml. A mistake in it is logged, and what is served stays as it is.
type configWatcher struct {
	file    *siteArgument
	last    configFile
	log     *slog.Logger
	changed func(file *configFile, options []string)
	watcher *fsnotify.Watcher
	done    chan struct{}
}

// watchConfig begins to watch, and calls changed with a file that says something else than the
// last one, and with the names of the options that differ, if it has no mistakes. Where the system
// has no watches left there is nothing to stop: there is still SIGHUP.
func watchConfig(file *siteArgument, last configFile, log *slog.Logger, changed func(file *configFile, options []string)) (stop func()) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return func() {}
	}
	// The folder, since editors put a new file in the place of the old one.
	if err := watcher.Add(filepath.Dir(last.name)); err != nil {
		_ = watcher.Close()
		return func() {}
	}
	w := &configWatcher{file: file, last: last, log: log, changed: changed, watcher: watcher, done: make(chan struct{})}
	go w.run()
	return func() {
		_ = watcher.Close()
		<-w.done
	}
}

func (w *configWatcher) run() {
	defer close(w.done)
	quiet := time.NewTimer(0) // what changed before the watch began
	defer quiet.Stop()
	for {
		select {
		case event, ok := <-w.watcher.Events:
			if !ok {
				return
			}
			if event.Op != fsnotify.Chmod {
				quiet.Reset(configQuiet)
			}
		case _, ok := <-w.watcher.Errors:
			if !ok {
				return
			}
		case <-quiet.C:
			if !w.look() {
				quiet.Reset(configPause)
			}
		}
	}
}

// look acts on what is new, if anything is. It reports false if it must look again.
func (w *configWatcher) look() bool {
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
