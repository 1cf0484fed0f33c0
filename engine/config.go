package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"wizgy/engine/internal/natives"
	"wizgy/engine/module"
	"wizgy/engine/watch"
	"wizgy/server/writers"
)

// Config says what an Engine serves and how. The zero value serves the folder apps.
type Config struct {
	// Dir is the folder of pages; empty means "apps". It need not exist yet.
	Dir string

	// Dev is for the desk: each request looks for itself whether the page's files have changed,
	// and a page that is broken answers with its error, even if an earlier version worked.
	Dev bool

	// Timeout is how long a page may take for a step: until the first piece of its answer is
	// there, and from each piece to the next. Time that the client takes is not counted; where the
	// server has no limit for that, one that sends nothing of a body for as long gets a 408.
	// 0 means 30 seconds. A regular expression cannot be interrupted: it ends by itself a little
	// after the longest Timeout of all engines of the process.
	Timeout time.Duration

	// MaxRuntimes is how many requests a page answers at a time; more of them wait.
	// 0 means 256.
	MaxRuntimes int

	// MaxAllRuntimes is how many runtimes there may be of all pages together, idle ones included;
	// those that were idle for longest make room. 0 means 1024.
	MaxAllRuntimes int

	// MaxQueue is how many requests of a page may wait for a runtime; the others get a 503. 0 means
	// four for each of MaxRuntimes, negative that none waits.
	MaxQueue int64

	// MaxDepth is how deep calls may be nested in a page. 0 means 2000.
	MaxDepth int

	// Isolation says whether the requests of a page have runtimes of their own. A page that
	// exports isolation, "page" or "request", has its own way. Empty means IsolationPage.
	Isolation Isolation

	// Isolate are pages and folders of pages, below Dir and with slashes, that have
	// IsolationRequest whatever Isolation says: "admin", "blog/[slug].js".
	Isolate []string

	// MaxValue is how large one value of a page may be, in bytes: a string (a byte a character), a
	// buffer, an array (16 bytes an element). Built-in functions that are asked for more throw a
	// RangeError. 0 means 64 MiB; negative is no limit.
	MaxValue int64

	// BodyMemory is how much of the body of a request is kept in memory, in bytes, while it is taken
	// in before the page is called, and until that has answered. The rest is in a file. 0 means 64 KiB.
	BodyMemory int64

	// BodySpool is how large that file may be, which has the bodies of all requests that are being
	// taken in or answered. 0 means 1 GiB.
	BodySpool int64

	// BodyShare is how much of BodySpool one client may have, by its address. A body that is larger is
	// answered with 413. Where there is no room, bodies that have taken longer than ten seconds give
	// way, and get a 408; without any, the new one gets a 503. 0 means a quarter of BodySpool.
	BodyShare int64

	// BodyFolder is where the file is made; it has no name there. Empty is the system's folder for
	// temporary files.
	BodyFolder string

	// MaxHeap is how large the heap of the process may become, in bytes. Above it, pages are
	// stopped: the one first that it grew most by. 0 is no limit.
	MaxHeap int64

	// Environ has variables of the site's own, which every page finds in environ.
	Environ map[string]string

	// Modules are built-in modules besides wizgy's own.
	Modules []module.Module

	// Logger takes what pages write and what happens on reload; nil means slog.Default().
	Logger *slog.Logger

	// Lint, if it is set, is told what works here but breaks PEP 3333, once per page and rule.
	// It is called from several goroutines.
	Lint func(Lint)

	// Stuck, if it is set, is told of each page that goes on for two seconds after it was told to stop
	// (one that is being loaded, for another Timeout), because it is inside a built-in function. Only the end of the process ends that.
	// It is called in a goroutine of its own.
	Stuck func(Stuck)

	// Also has folders that are watched along with Dir, such as that of the site's static files:
	// what changes in all of them at once, as in a deploy, is one change. They need not exist yet.
	Also []string

	// Switch, if it is set, is called for each change, of Dir or of Also, when it is complete and
	// the pages are ready. It must call commit once: with that the new pages take their place, so
	// whoever has another part of the site can let both take effect at the same moment. If commit
	// reports false the folders were switched to others since, and nothing is to take effect: the
	// change will come again. The site is of the generation whose number commit is given, which
	// must be above all those before; if it is not, or if Switch is nil, the engine takes one
	// itself. The change is empty where a request found a page out of date before the watcher
	// told of it.
	Switch func(change watch.Change, commit func(generation uint64) bool)

	// Changed, if it is set, is called after Switch.
	Changed func()

	// Keep, if it is set, is where the engine leaves what must outlive the process: of each page
	// whose newest version is broken, the last one that worked. An engine of the next process, for
	// the same folder, serves that until the page is put right. Dev needs none.
	Keep Keep

	// Loads, if it is set, is where the engine notes what it is loading, for the engine of the next
	// process: a page that has ended a process while it was being loaded is not loaded again before it
	// is saved.
	Loads Keep

	// LastWords is what the process before this one has written when it died, as far as that is known:
	// Go says there which goroutine it was. Without it, a version is not loaded any more when two
	// processes have ended meanwhile, or, with Dev, one.
	LastWords string

	// Writers is told who is writing to the files, for whoever else reads some of them: it is given to
	// the server of the static files, too. Nil is one of the engine's own.
	Writers *writers.Writers

	// Poll, where positive, has all folders looked at this often, and nothing asked of the system, which
	// otherwise tells of changes. It is for file systems of which it tells nothing; without it their
	// folders are looked at, too.
	Poll time.Duration

	// NoWatch leaves the folder unwatched: a page stays as it was when it was first asked for.
	NoWatch bool

	// NoStart leaves the pages alone until they are asked for. Without it they are compiled and
	// started in the background, so that the first visitor does not wait.
	NoStart bool
}

// complete puts the defaults in, and checks the rest.
func (c *Config) complete() error {
	if c.Dir == "" {
		c.Dir = "apps"
	}
	orElse(&c.Timeout, 30*time.Second)
	orElse(&c.MaxRuntimes, 256)
	orElse(&c.MaxAllRuntimes, 1024)
	orElse(&c.MaxQueue, 4*int64(c.MaxRuntimes))
	orElse(&c.MaxDepth, maxDepth)
	orElse(&c.MaxValue, natives.DefaultMax)
	orElse(&c.BodyMemory, 64<<10)
	orElse(&c.BodySpool, 1<<30)
	orElse(&c.BodyShare, max(c.BodySpool/4, 1))
	if c.MaxValue < 0 {
		c.MaxValue = natives.Unlimited
	}
	switch {
	case c.Timeout < 0:
		return fmt.Errorf("engine: Timeout must not be negative, got %v", c.Timeout)
	case c.BodyMemory < 0, c.BodySpool < 0, c.BodyShare < 0:
		return fmt.Errorf("engine: BodyMemory, BodySpool and BodyShare must not be negative, got %d, %d and %d", c.BodyMemory, c.BodySpool, c.BodyShare)
	case c.MaxRuntimes < 0, c.MaxAllRuntimes < 0, c.MaxDepth < 0:
		return fmt.Errorf("engine: MaxRuntimes, MaxAllRuntimes and MaxDepth must not be negative, got %d, %d and %d", c.MaxRuntimes, c.MaxAllRuntimes, c.MaxDepth)
	case c.Isolation != "" && !c.Isolation.valid():
		return fmt.Errorf(`engine: Isolation must be "page" or "request", got %q`, string(c.Isolation))
	}
	for name := range c.Environ {
		if err := CheckEnviron(name); err != nil {
			return fmt.Errorf("engine: the environ variable %w", err)
		}
	}
	return nil
}

// orElse sets what is zero.
func orElse[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// CheckEnviron looks whether pages may find a variable of this name in environ, as those of
// Config.Environ. The error begins with the name, and says why not and what to do.
func CheckEnviron(name string) error {
	reserved := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
	switch {
	case name == "":
		return errors.New("has no name: give it one")
	case reserved("wsgi."), reserved("wizgy."), reserved("HTTP_"), slices.Contains(standardKeys, name):
		return fmt.Errorf("%s would hide one that the server sets: choose another name", name)
	}
	return nil
}
