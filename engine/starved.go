package engine

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"wizgy/engine/watch"
)

// When the process has no descriptor left, or the system no memory, files and folders cannot be read
// for a while. No page is gone for that, and none is broken: what there is goes on, and it is looked
// again now and then.

// starvedPause is how often that is done.
const starvedPause = time.Second

var shortages = []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM}

// exhausted reports whether err is for want of something that comes back.
func exhausted(err error) bool {
	for _, shortage := range shortages {
		if errors.Is(err, shortage) {
			return true
		}
	}
	return false
}

// saysExhausted is exhausted for a message of the compiler, which has only the text of the error.
func saysExhausted(message string) bool {
	for _, shortage := range shortages {
		if strings.HasSuffix(message, shortage.Error()) {
			return true
		}
	}
	return false
}

// starved reports whether the page is broken for want of something that comes back.
func (p *page) starved() bool {
	for _, problem := range p.problems {
		if problem.starved {
			return true
		}
	}
	return false
}

// noteStarved has what could not be read be read again.
func (e *Engine) noteStarved() {
	select {
	case e.starved <- struct{}{}:
	default: // it is noted already
	}
}

// unread returns what is to be read again, if there is anything.
func (e *Engine) unread() (change watch.Change, any bool) {
	site := e.site.Load()
	if site.starved {
		return watch.Change{All: true}, true
	}
	for file, p := range site.pages {
		if p.loaded.Load() && p.starved() {
			change.Paths = append(change.Paths, filepath.Join(e.dir, filepath.FromSlash(file)))
		}
	}
	return change, change.Paths != nil
}

func anyStarved(pages map[*page]*page) bool {
	for p := range pages {
		if p.starved() {
			return true
		}
	}
	return false
}

// starve waits a little for what is needed to read d.
func (e *Engine) starve(d *deploy) {
	if !d.said {
		d.said = true
		e.log.Error("what has changed cannot be read, because there are no file descriptors left, or no memory: what there was goes on serving. Raise the limit of open files (ulimit -n, LimitNOFILE)")
	}
	select {
	case <-time.After(starvedPause):
	case <-e.closing:
	}
}
