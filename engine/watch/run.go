package watch

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"

	"github.com/fsnotify/fsnotify"
)

func (w *Watcher) run() {
	defer close(w.changes)
	defer w.shut()
	defer w.poll.Stop()
	defer w.audit.Stop()
	defer w.pending.due.Stop()
	var out chan Change // nil, which blocks for ever, unless next waits to be received
	var next Change
	for {
		select {
		case <-w.done:
			return
		case e, ok := <-w.events():
			if !ok {
				w.lost(errors.New("watch: the notifier has stopped"))
				w.shut()
				break
			}
			w.note(e)
			f, name := w.folders[filepath.Dir(e.Name)], filepath.Base(e.Name)
			f.witness(name)
			w.changed(f, name, e.Op)
		case err := <-w.failed:
			w.lost(err)
		case a := <-w.adds:
			w.add(a.dir)
			close(a.done)
		case <-w.poll.C:
			w.sweep()
		case <-w.audit.C:
			w.auditAll()
		case <-w.pending.due.C:
			if wait := w.pending.early(); wait > 0 {
				w.pending.due.Reset(wait)
				break
			}
			if w.stale {
				w.begin()
			}
			next = w.pending.change()
			select {
			case w.changes <- next: // before an event can put it off
				w.clear()
			default:
				out = w.changes
			}
		case out <- next:
			out = nil
			w.clear()
		}
		if w.pending.grown() {
			out = nil
			w.gathering.Store(&Gathering{Paths: w.pending.size(), Last: w.pending.last, Marked: w.marked})
		}
	}
}

func (w *Watcher) clear() {
	w.pending.clear()
	w.marked = false
	w.gathering.Store(&Gathering{Last: w.pending.last})
}

func (w *Watcher) add(path string) {
	if w.roots[path] != nil {
		return
	}
	w.pending.mute = true
	w.enterRoot(path, false)
	w.enterLinks()
	w.pending.mute = false
}

// note passes on what is told of writers.
func (w *Watcher) note(e fsnotify.Event) {
	switch {
	case w.config.Writers == nil || !w.notifier.closes || w.folders[filepath.Dir(e.Name)] == nil:
	case e.Has(fsnotify.Write):
		w.config.Writers.Wrote(e.Name)
	case e.Op != fsnotify.Chmod:
		w.config.Writers.Closed(e.Name)
	}
}

// ignoreWriters tells that nothing is told of writers any more.
func (w *Watcher) ignoreWriters() {
	if w.config.Writers == nil {
		return
	}
	for path := range w.folders {
		w.config.Writers.Unwatch(path)
	}
}

// begin forgets every watch and sets all of them up anew.
func (w *Watcher) begin() {
	w.ignoreWriters()
	w.shut()
	w.stale, w.links = false, nil
	w.folders, w.told, w.polled = map[string]*folder{}, map[inode]*folder{}, map[*folder]struct{}{}
	w.pending.mute = true
	w.open()
	for path, root := range w.roots {
		w.enterRoot(path, root.deep)
	}
	w.enterLinks()
	w.pending.mute = false
}

// changed is called with every event: something happened to name in f, which may be nil. The
// same event comes for a folder that is watched itself and was moved or removed, since f is its
// parent and is watched too.
func (w *Watcher) changed(f *folder, name string, op fsnotify.Op) {
	const structure = fsnotify.Create | fsnotify.Remove | fsnotify.Rename
	if f != nil && op == fsnotify.Chmod && w.config.Chmod != nil && w.config.Chmod(filepath.Join(f.path, name)) {
		op |= fsnotify.Create // a folder may be readable only now
	}
	if f == nil || !op.Has(structure|fsnotify.Write) {
		return
	}
	views, dependents := slices.Collect(maps.Keys(f.views)), slices.Collect(maps.Keys(f.hooks[name]))
	for _, v := range views {
		path := filepath.Join(v.path, name)
		w.marked = w.marked || w.config.Mark != nil && w.config.Mark(path)
		w.pending.event(path)
	}
	if !op.Has(structure) {
		for _, v := range dependents {
			w.pending.event(v.path)
		}
		return
	}
	// Everything that led through the name goes first, and only then is looked up again:
	// a watch that one of them kept would follow its folder to the new place.
	for _, v := range views {
		if kid := v.kids[name]; kid != nil && !(op == fsnotify.Create && kid.intact()) {
			w.leave(kid)
		}
	}
	for _, v := range dependents {
		w.leave(v)
	}
	for _, v := range views {
		if !v.gone {
			w.enterName(v, name)
		}
	}
	for _, v := range dependents {
		w.reenter(v)
	}
	w.enterLinks()
}
