package watch

import "errors"

// A folder is a real folder that is watched, once, however many views there are of it: the kernel
// has one watch for a folder, and events come under one name.
type folder struct {
	path  string // without symbolic links
	id    inode
	views map[*view]struct{}            // who is concerned with every name in it
	hooks map[string]map[*view]struct{} // who is concerned with one name
	seen  stamps                        // as last looked at; nil where that is not done

	remote bool                // the notifier may not be told of all that happens
	untold map[string]struct{} // names that have changed, as was seen, but not told yet
}

// folder returns the folder of a real path, watched. Whoever takes no view or hook of it must
// release it.
func (w *Watcher) folder(path string) *folder {
	if f := w.folders[path]; f != nil {
		return f
	}
	f := &folder{path: path, views: map[*view]struct{}{}, hooks: map[string]map[*view]struct{}{}}
	f.id, _ = identify(path)
	w.folders[path] = f
	if err := w.tell(f); err != nil {
		w.warn(err, path)
		w.pollFolder(f)
		return f
	}
	if kind := remoteKind(path); kind != "" && w.system.audit > 0 {
		w.sayRemote(path, kind)
		f.remote = true
		w.pollFolder(f)
	} else if w.system.audit > 0 {
		f.seen = stamps{}
	}
	return f
}

// tell has the notifier watch f.
func (w *Watcher) tell(f *folder) error {
	if w.notifier == nil {
		return errors.New("no notifier")
	}
	if other := w.told[f.id]; other != nil {
		if id, ok := identify(other.path); ok && id == f.id {
			return errors.New("mounted twice") // and the notifier knows but one name
		}
		// It has been moved, which we were not told yet, and the watch with it.
		w.untell(other)
		w.pollFolder(other)
	}
	if err := w.notifier.add(f.path); err != nil {
		return err
	}
	if f.id != (inode{}) {
		w.told[f.id] = f
	}
	if w.notifier.closes && w.config.Writers != nil {
		w.config.Writers.Watch(f.path)
	}
	return nil
}

func (w *Watcher) untell(f *folder) {
	if w.config.Writers != nil {
		w.config.Writers.Unwatch(f.path)
	}
	if w.told[f.id] == f {
		delete(w.told, f.id)
	}
	if w.notifier != nil {
		// The error is that the kernel has removed the watch already, with its folder.
		_ = w.notifier.remove(f.path)
	}
}

// release stops watching f if nobody is concerned with it any more.
func (w *Watcher) release(f *folder) {
	if len(f.views) > 0 || len(f.hooks) > 0 || w.folders[f.path] != f {
		return
	}
	delete(w.folders, f.path)
	if _, ok := w.polled[f]; ok {
		delete(w.polled, f)
		if !f.remote {
			return
		}
	}
	w.untell(f)
}

func (f *folder) addView(v *view) {
	f.views[v] = struct{}{}
	if f.seen != nil && len(f.views) == 1 {
		for name, s := range f.look() {
			if f.hooks[name] == nil { // else a change since then would go unnoticed
				f.seen[name] = s
			}
		}
	}
}

// addHook reports whether the hook is new.
func (f *folder) addHook(v *view, name string) bool {
	if f.hooks[name] == nil {
		f.hooks[name] = map[*view]struct{}{}
		if f.seen != nil && len(f.views) == 0 {
			f.seen.lookAt(f.path, name)
		}
	}
	_, known := f.hooks[name][v]
	f.hooks[name][v] = struct{}{}
	return !known
}

func (f *folder) removeHook(v *view, name string) {
	delete(f.hooks[name], v)
	if len(f.hooks[name]) == 0 {
		delete(f.hooks, name)
	}
}
