package main

import (
	"bytes"
	"log/slog"
	"strconv"

	"wizgy/server/supervisor"
)

// A worker may have to be replaced while somebody is at work on wizgy.toml, and its successor must
// not fail to start because of a mistake in there. So each worker leaves what the file said when it
// had none.

// keptConfigText is what is kept of a file: its name, for another one may be asked for, and its text.
func keptConfigText(name string, text []byte) []byte {
	return append([]byte("config 1\n"+strconv.Quote(name)+"\n"), text...)
}

// keepConfig leaves what the file says to the next worker.
func keepConfig(w *supervisor.Worker, f configFile, logger *slog.Logger) {
	kept := w.Kept(keptConfig)
	if kept == nil || f.before {
		return
	}
	if err := kept.Update(func([]byte) []byte { return keptConfigText(f.name, f.text) }); err != nil {
		logger.Warn(f.name+" must have no mistakes when the worker is replaced, for what it says now cannot be kept", "error", err.Error())
	}
}

// configBefore returns what the file said when the worker before this one had read it, or the
// supervisor's, if this process is a supervisor that was another program until now.
func configBefore(w *supervisor.Worker, name string) (f configFile, ok bool) {
	var kept []byte
	switch {
	case w == nil:
		kept, _ = supervisor.Left(keptConfig) // without, the mistakes are told of
	case w.Kept(keptConfig) != nil:
		kept, _ = w.Kept(keptConfig).Load()
	}
	text, ok := bytes.CutPrefix(kept, keptConfigText(name, nil))
	f = configFile{name: name, text: text, before: true}
	if ok {
		probe := f
		probe.options()
		ok = len(probe.problems) == 0
	}
	return f, ok
}
