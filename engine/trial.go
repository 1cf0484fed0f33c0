package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// What a page does while it is being loaded may end the process: it takes all memory, or calls itself
// without end where nothing counts that. So before a version is loaded that is noted, in a place that
// outlives the process, and what has ended one is not loaded again.

// trial is a version of a page that is being loaded, or that was when a process ended.
type trial struct {
	File  string   // below the folder of pages
	Marks []string // by which the version is known

	Pid       int // of the process that loads it; 0 when that has ended
	Goroutine int // that loads it; 0 is any of esbuild's
	Deaths    int // processes that have ended meanwhile
	Fatal     bool
	Stuck     bool // it has not ended a process, but will not end itself
}

// maxDeaths is how many processes may end for no known reason while a version is being loaded. One may
// have been killed by somebody.
const maxDeaths = 2

// trials are those of an engine. A nil one notes nothing.
type trials struct {
	e     *Engine
	store Keep

	mu     sync.Mutex
	going  map[string]bool // files that are being loaded
	closed bool
	said   bool // that nothing can be noted
}

// newTrials takes over what processes before this one have left.
func (e *Engine) newTrials() *trials {
	if e.cfg.Loads == nil {
		return nil
	}
	t := &trials{e: e, store: e.cfg.Loads, going: map[string]bool{}}
	t.update(func(list []trial) []trial {
		for i := range list {
			if list[i].Pid != 0 && !lives(list[i].Pid) {
				list[i].judge(e.cfg.LastWords, e.cfg.Dev)
			}
		}
		return slices.DeleteFunc(list, func(t trial) bool { return t.Pid == 0 && !t.Fatal && t.Deaths == 0 })
	})
	return t
}

// lives reports whether there is another process of that number. One that has ended and that nobody
// has waited for, as happens in containers, is there, but does not live.
func lives(pid int) bool {
	if pid == os.Getpid() {
		return false
	}
	if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		_, state, _ := strings.Cut(string(stat), ") ")
		return !strings.HasPrefix(state, "Z")
	}
	p, err := os.FindProcess(pid)
	return err == nil && p.Signal(syscall.Signal(0)) == nil
}

// judge decides whether a version has ended the process that was loading it, by what that has written
// at its end. At the desk there is little else that could have.
func (t *trial) judge(lastWords string, dev bool) {
	t.Pid = 0
	switch goroutine := dying(lastWords); {
	case goroutine == 0 || strings.Contains(lastWords, "out of memory"): // it is not known who was to blame
		t.Deaths++
		t.Fatal = t.Fatal || dev || t.Deaths >= maxDeaths
	case goroutine == t.Goroutine, t.Goroutine == 0 && strings.Contains(lastWords, "esbuild"):
		t.Fatal = true
	}
}

// update changes what is noted. The caller does not hold mu.
func (t *trials) update(change func([]trial) []trial) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	err := t.store.Update(func(text []byte) []byte {
		var list []trial
		_ = json.Unmarshal(text, &list) // what another version of the program has left may be none
		list = change(list)
		if len(list) == 0 {
			return nil
		}
		text, _ = json.Marshal(list)
		return text
	})
	if err != nil && !t.said {
		t.said = true
		t.e.log.Warn("a page that ends the process while it is being loaded will do so again and again, for it cannot be noted", "error", err.Error())
	}
}

// begin notes that a version of a page is about to be loaded, by its marks. If one of those that are
// of it has ended a process, that is the error, and it is not to be.
func (t *trials) begin(file string, goroutine int, of []string, marks ...string) *Error {
	if t == nil {
		return nil
	}
	var before *trial
	t.update(func(list []trial) []trial {
		deaths := 0
		for _, one := range list {
			if one.Fatal && overlap(one.Marks, of) {
				before = &one
				return list
			}
			if one.File == file && overlap(one.Marks, marks) {
				deaths = max(deaths, one.Deaths)
			}
		}
		t.going[file] = true
		list = slices.DeleteFunc(list, func(one trial) bool { return one.File == file && (one.Pid == os.Getpid() || overlap(one.Marks, marks)) })
		return append(list, trial{File: file, Marks: marks, Pid: os.Getpid(), Goroutine: goroutine, Deaths: deaths})
	})
	if before == nil {
		return nil
	}
	return t.refusal(file, *before)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// refusal says why a page is not loaded.
func (t *trials) refusal(file string, because trial) *Error {
	what := "ended the process"
	if because.Stuck {
		what = "could not be stopped"
	}
	problem := &Error{File: t.e.pageName(file), Line: 1, Column: 1, Message: "loading this version " + what + ", so it is not loaded again",
		Hint: "look for what its top level, or a file that it imports, does without end or with too much memory, and save it: then it is tried again"}
	if because.File != file {
		problem.Message = fmt.Sprintf("it comes from a version of a file with which loading %s %s, so it is not loaded", t.e.pageName(because.File), what)
	}
	return problem
}

// end notes that a page is not being loaded any more. If it was loaded, or may be, what was known of
// older versions is of no interest.
func (t *trials) end(file string, refused bool) {
	if t == nil {
		return
	}
	t.mu.Lock()
	going := t.going[file]
	t.mu.Unlock()
	if !going {
		return
	}
	t.update(func(list []trial) []trial {
		delete(t.going, file)
		return slices.DeleteFunc(list, func(one trial) bool { return one.File == file && (one.Pid == os.Getpid() || one.Pid == 0 && !refused) })
	})
}

// condemn notes that a version that is being loaded cannot be stopped.
func (t *trials) condemn(page string) {
	if t == nil {
		return
	}
	t.update(func(list []trial) []trial {
		for i, one := range list {
			if one.Pid == os.Getpid() && t.e.pageName(one.File) == page {
				list[i].Pid, list[i].Fatal, list[i].Stuck = 0, true, true
				delete(t.going, one.File)
			}
		}
		return list
	})
}

// close forgets what is still being loaded: the process ends in good order.
func (t *trials) close() {
	if t == nil {
		return
	}
	t.update(func(list []trial) []trial {
		return slices.DeleteFunc(list, func(one trial) bool { return one.Pid == os.Getpid() })
	})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
}

// marksOf returns all marks of a version, and those by which it is noted: that of the one file that is
// new in it, which may be part of other pages, too, or else that of all files together.
func marksOf(sources []*source, last *page) (of, noted []string) {
	all := sha256.New()
	for _, s := range sources {
		mark := s.mark("file")
		of = append(of, mark)
		all.Write([]byte(mark))
		if last != nil && !slices.ContainsFunc(last.sources, func(l *source) bool { return l.path == s.path && l.content == s.content }) {
			noted = append(noted, mark)
		}
	}
	whole := "all " + hex.EncodeToString(all.Sum(nil))
	if len(noted) != 1 {
		noted = []string{whole}
	}
	return append(of, whole), noted
}

// mark returns what a version of a file is known by. The same content counts as another version when
// it was saved again.
func (s *source) mark(kind string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%d\x00%s", s.path, s.stamp.mtime, s.content)
	return kind + " " + hex.EncodeToString(h.Sum(nil))
}

// dying returns the number of the goroutine with which a process has died, by what that has written;
// 0 if it does not say.
func dying(lastWords string) (goroutine int) {
	for line := range strings.Lines(lastWords) {
		if n := 0; strings.Contains(line, "[running") {
			if _, err := fmt.Sscanf(line, "goroutine %d", &n); err == nil {
				return n
			}
		}
	}
	return 0
}

// ownGoroutine returns the number of the goroutine that calls it, by which a dying process names it.
func ownGoroutine() int { return dying(string(ownHeader())) }

func ownHeader() []byte {
	text := make([]byte, 64)
	return text[:goruntime.Stack(text, false)]
}
