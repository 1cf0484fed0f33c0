package engine

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wizgy/engine/watch"
	"wizgy/server/writers"
)

// A deploy changes many files one after the other, and a page that is compiled on the way would
// have come from files that never belonged together. Nobody says when it is over, so it is
// taken to go on while one of these is so: more changes come in; git holds its lock; rsync has a
// temporary file; a changed file is open for writing. All of that is bounded, since each of them
// may also be something else that never ends.
const (
	toolLimit   = 10 * time.Second       // for a tool that is seen at work
	changeLimit = 2 * time.Second        // for changes that go on, and show no tool
	toolPause   = 500 * time.Millisecond // after which a tool that was seen is not at work any more
	pause       = 10 * time.Millisecond  // in dev, after which a few changes are over
	longPause   = 300 * time.Millisecond // likewise, many
	toldLimit   = 100 * time.Millisecond // for the watcher to tell of a change that a request has found
	manyChanges = 8
)

// deploy is a change of the site that may not be over yet.
type deploy struct {
	watch.Change
	began   time.Time
	tool    bool // it was seen that a tool is at work
	starved bool // it could not be read for want of something that comes back
	said    bool // that was said
}

// limit returns how long changes that go on are waited for.
func (d *deploy) limit() time.Duration {
	if d.tool {
		return toolLimit
	}
	return changeLimit
}

// awaitEnd waits, for a while, until the deploy is over. It adds to it what changes meanwhile.
func (e *Engine) awaitEnd(d *deploy) {
	for !e.isClosing() {
		switch {
		case e.underWay(d):
			e.rest()
		case e.gathering().Paths > 0 && time.Since(d.began) < d.limit():
			e.gather(d)
		default:
			return
		}
	}
}

// gathering returns what has changed since the last batch that the watcher told of.
func (e *Engine) gathering() watch.Gathering {
	if e.watcher == nil {
		return watch.Gathering{}
	}
	return e.watcher.Gathering()
}

// gather adds the next batch to d, if it comes soon: what the watcher says to be gathering may be
// the batch that it has just delivered.
func (e *Engine) gather(d *deploy) {
	select {
	case more, ok := <-e.watcher.Changes():
		if !ok || d.All {
			return
		}
		d.Paths = append(d.Paths, more.Paths...)
		if d.All = more.All; d.All {
			d.Paths = nil
		}
	case <-time.After(retryStep):
	case <-e.closing:
	}
}

// underWay reports whether d is seen not to be over, and waiting for its end makes sense.
func (e *Engine) underWay(d *deploy) bool {
	past := time.Since(d.began)
	if past < toolLimit && (e.gitAtWork() || slices.ContainsFunc(d.Paths, isPartial)) {
		d.tool = true
		return true
	}
	d.tool = d.tool || slices.ContainsFunc(d.Paths, isPartialName)
	if d.tool && time.Since(e.gathering().Last) < toolPause || past < changeLimit && e.halfSwitched() {
		return true
	}
	return past < writers.Limit && slices.ContainsFunc(d.Paths, e.writers.Busy)
}

// halfSwitched reports whether some folders of the site were switched from one release to another,
// and some were not yet: all of them were links into the same folder, and are not any more.
func (e *Engine) halfSwitched() bool {
	if len(e.roots) < 2 || !inOneFolder(e.roots) {
		return false
	}
	return !inOneFolder(e.realRoots())
}

func inOneFolder(paths []string) bool {
	for _, path := range paths {
		if path == "" || filepath.Dir(path) != filepath.Dir(paths[0]) {
			return false
		}
	}
	return true
}

// isPartial reports whether rsync is about to rename the file to what it will be. One that it
// left behind, or that only looks like it, is not written to any more.
func isPartial(path string) bool {
	if !isPartialName(path) {
		return false
	}
	info, err := os.Lstat(path)
	return err == nil && time.Since(info.ModTime()) < changeLimit
}

// isPartialName reports whether a file has a name as rsync gives to those that it writes:
// .page.js.h4Xw2A for page.js, or anything in the folder .~tmp~.
func isPartialName(path string) bool {
	base := filepath.Base(path)
	if filepath.Base(filepath.Dir(path)) == ".~tmp~" {
		return true
	}
	dot := len(base) - 7
	if dot < 2 || base[0] != '.' || base[dot] != '.' {
		return false
	}
	return !strings.ContainsFunc(base[dot+1:], func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// gitAtWork reports whether git changes a working tree that the site is in.
func (e *Engine) gitAtWork() bool {
	for _, dir := range append([]string{*e.realDir.Load(), e.dir}, e.cfg.Also...) {
		if gitLocked(dir) {
			return true
		}
	}
	return false
}

// gitLocked reports whether git has locked the index of the repository that dir is in, as it does
// from before the first file is changed until after the last. A lock that is older than what is
// waited for was left behind.
func gitLocked(dir string) bool {
	for {
		place := filepath.Join(dir, ".git")
		if info, err := os.Lstat(place); err == nil {
			if info.Mode().IsRegular() { // of a further working tree, or a submodule
				place = linkedGit(place)
			}
			lock, err := os.Lstat(filepath.Join(place, "index.lock"))
			return err == nil && time.Since(lock.ModTime()) < toolLimit
		}
		above := filepath.Dir(dir)
		if above == dir {
			return false
		}
		dir = above
	}
}

// linkedGit returns the folder that a file .git names.
func linkedGit(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return file
	}
	place := strings.TrimSpace(strings.TrimPrefix(string(text), "gitdir:"))
	if !filepath.IsAbs(place) {
		place = filepath.Join(filepath.Dir(file), place)
	}
	return place
}

// deploying reports whether a request at the desk, which began to look at start and has found
// site, should wait for the end of a deploy. A single save is not waited for.
func (e *Engine) deploying(site *site, start time.Time) bool {
	partial := func(file string) bool { return isPartial(filepath.Join(e.dir, filepath.FromSlash(file))) }
	if past := time.Since(start); past < toolLimit && (e.gitAtWork() || slices.ContainsFunc(site.files, partial)) {
		return true
	} else if past > changeLimit {
		return false
	}
	now := e.gathering()
	switch age := time.Since(now.Last); {
	case now.Paths < 2 && !now.Marked:
		return false
	case now.Paths > manyChanges || now.Marked:
		return age < longPause
	default:
		return age < pause
	}
}

// untold reports whether the watcher has yet to tell of a change of the page's files, which a
// request that began to look at start has found. Only then is it known what else has changed.
func (e *Engine) untold(p *page, start time.Time) bool {
	if e.watcher == nil || time.Since(start) > toldLimit {
		return false
	}
	var newest int64
	for _, s := range p.sources {
		now := stampOf(s.path)
		newest = max(newest, cmp.Or(now.ctime, now.mtime))
	}
	return newest > e.gathering().Last.UnixNano()
}

// rest waits a moment.
func (e *Engine) rest() {
	select {
	case <-time.After(retryStep):
	case <-e.closing:
	}
}

func (e *Engine) isClosing() bool {
	select {
	case <-e.closing:
		return true
	default:
		return false
	}
}
