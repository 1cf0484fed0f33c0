package watch

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// There are file systems of which the kernel tells nothing, or not what others do to them: those of
// other machines, and what Docker Desktop and WSL show of their host. So all that is watched is also
// looked at now and then. That finds what is not told; and the first time, it is said.

// maxAudited is how many files and folders are looked at that are watched. It takes some milliseconds.
const maxAudited = 10_000

// witness notes that something was told of name in f, which may be nil.
func (f *folder) witness(name string) {
	if f == nil || f.seen == nil {
		return
	}
	delete(f.untold, name)
	delete(f.seen, name)
	if len(f.views) > 0 || f.hooks[name] != nil {
		f.seen.lookAt(f.path, name)
	}
}

// auditAll looks at the folders that the notifier watches.
func (w *Watcher) auditAll() {
	start, left := time.Now(), maxAudited
	for _, f := range slices.Collect(maps.Values(w.told)) {
		if f.remote || f.seen == nil || w.folders[f.path] != f {
			continue
		}
		if len(f.untold) > 0 {
			w.sayDeaf(filepath.Join(f.path, slices.Sorted(maps.Keys(f.untold))[0]))
		}
		f.untold = map[string]struct{}{}
		if left -= len(f.seen) + 1; left < 0 {
			continue
		}
		if id, ok := identify(f.path); !ok || id != f.id {
			w.changed(w.folders[filepath.Dir(f.path)], filepath.Base(f.path), fsnotify.Remove)
			continue
		}
		w.compare(f)
	}
	w.audit.Reset(pause(w.system.audit, start))
}

// sayDeaf says, once, that a change was found that nobody has told of.
func (w *Watcher) sayDeaf(path string) {
	if !w.deaf {
		w.deaf = true
		w.log.Warn(fmt.Sprintf("watch: a file has changed, and the system did not tell, as on disks of other machines and in shared folders of Docker Desktop and WSL: changes are noticed within %v instead, by looking. There is nothing to be done; more than %d files need watch = \"poll\"",
			2*w.system.audit, maxAudited), "first", path)
	}
}

// sayRemote says, once, that changes may not be told.
func (w *Watcher) sayRemote(path, kind string) {
	if !w.far {
		w.far = true
		w.log.Info(fmt.Sprintf("watch: the system may not tell of changes here, for this is %s: folders are looked at every %v, too", kind, w.system.every), "first", path)
	}
}
