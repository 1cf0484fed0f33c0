//go:build !linux

package watch

import "github.com/fsnotify/fsnotify"

// inotify returns what the system has in place of it.
func inotify() (*notifier, error) {
	// Without a buffer on purpose: a folder that is moved is two events with names, and a third
	// at which fsnotify drops the watch that has the old name. It cannot read the third before we
	// have taken the second, and with the first we have given up that watch. With a buffer it
	// would drop the watch of the new name instead, which it takes for the same.
	n, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	return &notifier{events: n.Events, errors: n.Errors, add: n.Add, remove: n.Remove, close: n.Close}, nil
}
