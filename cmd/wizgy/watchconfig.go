package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// configQuiet is how long nothing must have happened to wizgy.toml before it is looked at, so
// that it is not read while it is half written.
const configQuiet = 100 * time.Millisecond

// configWatcher tells the log that a change of wizgy.toml is not applied. An address cannot
// change under a server that listens on it, and half a change would be worse than none.
type configWatcher struct {
	file    *siteArgument
	last    configFile
	log     *slog.Logger
	watcher *fsnotify.Watcher
	done    chan struct{}
}

// watchConfig begins to watch. Where the system has no watches left there is nothing to stop:
// saying that a change is not applied is a courtesy.
func watchConfig(file *siteArgument, last configFile, log *slog.Logger) (stop func()) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return func() {}
	}
	// The folder, since editors put a new file in the place of the old one.
	if err := watcher.Add(filepath.Dir(last.name)); err != nil {
		_ = watcher.Close()
		return func() {}
	}
	w := &configWatcher{file: file, last: last, log: log, watcher: watcher, done: make(chan struct{})}
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
			w.look()
		}
	}
}

// look logs what is new, if anything is.
func (w *configWatcher) look() {
	now := w.file.readConfig()
	if bytes.Equal(now.text, w.last.text) && len(now.problems) == 0 {
		return
	}
	now.options()
	for _, problem := range now.problems {
		w.log.Error(problem.String())
	}
	if !bytes.Equal(now.text, w.last.text) {
		w.log.Warn(now.name + " has changed: restart wizgy to apply it")
	}
	w.last = now
}
