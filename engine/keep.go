package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Keep is a place that outlives the process. It is used by the engines of one process after the
// other, which may overlap: one that is to end goes on while the next one serves.
type Keep interface {
	// Load returns what is kept, or nothing.
	Load() ([]byte, error)

	// Update replaces what is kept by what next makes of it, which may be nothing. Nobody else
	// changes it meanwhile, and whoever dies in the middle leaves the old or the new.
	Update(next func(kept []byte) []byte) error
}

// keeping is what an engine knows of what it leaves to the next process. While all pages work,
// that is nothing, and then nothing is written.
//
// The last good versions of pages are written before new ones are tried, since that may take a
// while (an endless loop at the top level, until the deadline), and what the new ones have not
// replaced stays. So they are lost only if the process is killed in the 60 ms or so between a
// broken save and the moment in which the watcher tells of it. One that ends in good order leaves
// all that it has: the next one may not have loaded yet, in that moment, what is saved.
//
// Two processes at a time both look at the same files, so what both write is right, one of them
// perhaps a moment later. What one does not know of, because it has not loaded the page yet, or
// found it broken when it began, it leaves as it is, and so it does with a newer version than its
// own, which can only be of a save that it was too slow to see.
type keeping struct {
	store Keep

	mu      sync.Mutex
	waiting map[string]time.Time // files whose kept version counts, until then; zero is without end
	trying  map[*page]struct{}   // that work, and may be replaced by such as do not
	stays   bool                 // this process does: it has been at it for a while
	leaving bool                 // another process takes over: nothing is taken away any more
	written []*page              // what the store has; nil: it is not known
	left    map[*page]struct{}   // those that did not fit
	failed  bool                 // to write
}

// takeOver gives the pages of the first snapshot the versions that the process before has kept.
// They are started when they are needed. A page that is not there is gone, unless it returns soon.
func (e *Engine) takeOver(first *site) {
	if e.cfg.Keep == nil || e.cfg.Dev {
		return
	}
	k := &keeping{store: e.cfg.Keep, waiting: map[string]time.Time{}, trying: map[*page]struct{}{}}
	e.keeping = k
	for file, p := range first.pages {
		k.waiting[file] = time.Time{}
		p.first = true
	}
	for file, last := range k.load(e) {
		if p := first.pages[file]; p != nil {
			p.last.Store(last)
		} else {
			k.waiting[file] = time.Now().Add(grace)
		}
	}
}

// load returns the pages that are kept.
func (k *keeping) load(e *Engine) map[string]*page {
	text, err := k.store.Load()
	if err != nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.fail(e, err)
		return nil
	}
	list, _ := decodeKept(text) // what is of another format is as good as nothing
	pages := map[string]*page{}
	for _, kept := range list {
		p := e.newPage(kept.file, nil)
		p.kept = kept
		pages[kept.file] = p
	}
	return pages
}

// keptFor returns the kept version of a page of which this process had none that works, or nil.
func (e *Engine) keptFor(file string) *page {
	k := e.keeping
	k.mu.Lock()
	waits := k.waits(file)
	k.mu.Unlock()
	if !waits {
		return nil
	}
	return k.load(e)[file]
}

// waits reports whether what is kept for a page may still be of use.
func (k *keeping) waits(file string) bool {
	until, ok := k.waiting[file]
	return ok && (until.IsZero() || time.Now().Before(until))
}

// disown has what is kept for a page be of no use: the page is gone, and another one with its
// name is not its next version.
func (e *Engine) disown(file string) {
	if k := e.keeping; k != nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.waiting, file)
	}
}

// keep brings what is kept up to date.
func (e *Engine) keep() {
	k := e.keeping
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	pages, unknown := k.needed(e.site.Load())
	if k.written != nil && len(unknown) == 0 && slices.Equal(k.written, pages) {
		return
	}
	if err := k.write(e, pages, unknown); err != nil {
		k.fail(e, err)
		return
	}
	if k.written, k.failed = pages, false; len(unknown) > 0 {
		k.written = nil // but for what was left as it was
	}
}

// needed returns the versions that the next process needs, by file, and the files of which this
// one does not know.
func (k *keeping) needed(site *site) (pages []*page, unknown map[string]bool) {
	pages, unknown = []*page{}, map[string]bool{}
	for file, p := range site.pages {
		last := p.last.Load()
		_, tried := k.trying[p]
		switch works := p.loaded.Load() && p.broken() == nil; {
		case works && tried:
			pages = append(pages, p)
		case works:
		case last != nil:
			pages = append(pages, last)
		case k.waits(file):
			unknown[file] = true
		}
	}
	for file := range k.waiting {
		if site.pages[file] == nil && k.waits(file) {
			unknown[file] = true
		}
	}
	works := func(p *page) int { // those come last for which there may be no room
		if site.pages[p.file] == p {
			return 1
		}
		return 0
	}
	slices.SortFunc(pages, func(a, b *page) int { return cmp.Or(works(a)-works(b), cmp.Compare(a.file, b.file)) })
	return pages, unknown
}

// write replaces what is kept, but for pages of which this process does not know.
func (k *keeping) write(e *Engine, pages []*page, unknown map[string]bool) error {
	left := map[*page]struct{}{}
	err := k.store.Update(func(kept []byte) []byte {
		before, err := decodeKept(kept)
		if err != nil && len(pages) == 0 && !k.stays {
			return kept // another version of the program may go on here that it was
		}
		if err != nil && k.leaving {
			return kept
		}
		others := map[string]*keptPage{}
		for _, other := range before {
			others[other.file] = other
		}
		var list []*keptPage
		of := map[*keptPage]*page{}
		for _, p := range pages {
			own, other := p.toKeep(), others[p.file]
			if other != nil && other.made > own.made {
				own = other
			}
			list, of[own] = append(list, own), p
			delete(others, p.file)
		}
		for _, other := range others {
			if k.leaving || unknown[other.file] {
				list = append(list, other)
			}
		}
		text, tooMany := encodeKept(list)
		for _, other := range tooMany {
			if p := of[other]; p != nil {
				left[p] = struct{}{}
			}
		}
		return text
	})
	for p := range maps.Keys(left) {
		if _, said := k.left[p]; !said && len(k.trying) == 0 {
			e.log.Warn(fmt.Sprintf("the last version that worked is too large to be kept for the next process, which has %d MiB for all such pages: put this one right before the server is restarted",
				maxKept>>20), "page", p.name)
		}
	}
	if len(k.trying) == 0 {
		k.left = left
	}
	return err
}

// fail tells, once, that nothing can be kept.
func (k *keeping) fail(e *Engine, err error) {
	if !k.failed {
		k.failed = true
		e.log.Error("the last versions that worked of broken pages cannot be kept for the next process: put those pages right before the server is restarted", "error", err.Error())
	}
}
