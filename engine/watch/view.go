package watch

import (
	"io/fs"
	"os"
	"path/filepath"
)

// maxViews bounds the ways through links to one folder that are watched: where folders link to
// each other their number would be that of all paths through them.
const maxViews = 100

// A view is a folder, or a symbolic link to anything, as seen through a root.
type view struct {
	parent *view // nil for a root
	path   string
	real   string // without symbolic links; empty unless it is a folder
	deep   bool   // watched with everything below
	kids   map[string]*view
	folder *folder // nil unless its contents are watched
	hooks  []hook  // what it depends on besides its parent: of roots and links
	lost   hook    // where the way to it ends, if there was no such name
	gone   bool
}

// enterRoot looks where path leads to, and watches that.
func (w *Watcher) enterRoot(path string, deep bool) *view {
	v := &view{path: path, deep: deep}
	w.roots[path] = v
	v.real = w.follow(v, top(path), split(path))
	w.enter(v)
	return v
}

// concerns reports whether a folder of this name in v is watched.
func (v *view) concerns(name string) bool { return v.deep && name != ".git" && name != "node_modules" }

// enterName looks what name is in the folder of v, and watches it if there is something to watch.
// Links are left to enterLinks.
func (w *Watcher) enterName(v *view, name string) {
	if !v.concerns(name) || v.kids[name] != nil {
		return
	}
	place := filepath.Join(v.real, name)
	info, err := os.Lstat(place)
	if err != nil || !info.IsDir() && info.Mode()&fs.ModeSymlink == 0 {
		return
	}
	kid := &view{parent: v, path: filepath.Join(v.path, name), deep: true}
	if v.kids == nil {
		v.kids = map[string]*view{}
	}
	v.kids[name] = kid
	if info.IsDir() {
		kid.real = place
		w.enter(kid)
	} else {
		w.links = append(w.links, kid)
	}
}

// enterLinks watches what the links lead to that were found. They come last, and those found
// behind other links after them, so that maxViews is not used up by the longest ways.
func (w *Watcher) enterLinks() {
	for len(w.links) > 0 {
		v := w.links[0]
		w.links = w.links[1:]
		if v.gone {
			continue
		}
		target := w.follow(v, v.parent.real, []string{filepath.Base(v.path)})
		if within(v.parent.real, target) {
			continue // a loop
		}
		if f := w.folders[target]; f != nil && len(f.views) >= maxViews {
			continue
		}
		v.real = target
		w.enter(v)
	}
}

func (w *Watcher) enter(v *view) {
	if v.real == "" || v.loops() {
		return
	}
	v.folder = w.folder(v.real)
	v.folder.addView(v)
	// Only now, since what is created from here on is an event.
	entries, _ := os.ReadDir(v.real)
	for _, e := range entries {
		w.pending.add(filepath.Join(v.path, e.Name()))
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 {
			w.enterName(v, e.Name())
		}
	}
}

// loops reports whether v is a folder that v lies in.
func (v *view) loops() bool {
	for p := v.parent; p != nil; p = p.parent {
		if p.real == v.real {
			return true
		}
	}
	return false
}

// intact reports whether v is a folder, and the one that is watched.
func (v *view) intact() bool {
	if v.folder == nil || v.hooks != nil {
		return false // not watched, or a link, which may lead elsewhere by now
	}
	id, ok := identify(v.real)
	return ok && id == v.folder.id
}

// leave stops watching v and everything below it.
func (w *Watcher) leave(v *view) {
	if v.gone {
		return
	}
	v.gone = true
	for _, kid := range v.kids {
		w.leave(kid)
	}
	if v.parent != nil {
		delete(v.parent.kids, filepath.Base(v.path))
	}
	if v.folder != nil {
		delete(v.folder.views, v)
		w.release(v.folder)
	}
	for _, h := range v.hooks {
		h.folder.removeHook(v, h.name)
		w.release(h.folder)
	}
}

// reenter looks up again what was left because something that it depends on has changed.
func (w *Watcher) reenter(v *view) {
	if v.parent != nil {
		w.pending.add(v.path)
		if !v.parent.gone {
			w.enterName(v.parent, filepath.Base(v.path))
		}
		return
	}
	if w.roots[v.path] != v {
		return
	}
	now := w.enterRoot(v.path, v.deep)
	switch {
	case v.folder == nil && now.folder == nil:
	case v.deep:
		w.pending.everything()
	default:
		w.pending.add(v.path)
	}
}
