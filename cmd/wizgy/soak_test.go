package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	soakFor  = flag.Duration("soak", 6*time.Second, "how long the soak test serves")
	soakSeed = flag.Uint64("soakseed", 0, "what the soak test's random choices begin with; 0 takes something else each time")
)

// TestSoak runs the program on a site where everything happens at once: visitors whose answers
// can be checked, pages that are broken in every way, people who save pages and switch releases,
// slow clients, and a worker that is killed and replaced. No answer of a good page may be wrong,
// of another request, or lost. In the end memory, threads and descriptors must be what they were.
//
// What counts as lost: a visitor cannot connect, or the answer does not come whole within 20
// seconds. There is one excuse: the connection was one of a worker that was killed, by this test
// with kill -9, or by the supervisor because a page of this test had taken too much memory. What
// such a worker had accepted cannot be saved by anybody, and the requests of good pages may all be
// repeated; see cutByKill for how strictly that is read. Restarts, edits, broken pages and slow
// clients excuse nothing.
func TestSoak(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks at processes in /proc")
	}
	s := newSoak(t)
	s.start(t)
	t.Cleanup(s.kill)
	first := s.visitor("first", s.random("first", 0))
	first.untilLoaded()
	first.leave()

	total := *soakFor
	s.run(total*6/10, true) // with all that makes a worker go
	s.replaceWorker()       // by the one that bears all the rest, and whose memory is compared
	s.calm = true
	s.run(total/10, false)
	before := s.atRest(t)
	s.run(total*3/10, false)
	s.compare(t, before)
	s.quit(t)
	s.report(t)
}

// soak is a test that is under way.
type soak struct {
	dir   string // has the releases, and the link current to one of them
	seed  uint64
	began time.Time
	*soakServer

	// unnoticed is held for reading from before a page is saved with a mistake until every worker
	// has noticed, and for writing from before a worker is killed until the next one has loaded the
	// pages: one that has had no time to notice leaves nothing to its successor. The very first
	// worker has its time before anything is saved. Whatever replaces a worker in good order needs
	// no such care.
	unnoticed sync.RWMutex
	// saves is held for reading by those who save files, and for writing while a release is
	// made of the one before.
	saves sync.RWMutex

	pages   []*savedPage
	release versions
	file    versions // of version.txt
	tags    sync.Map // its ETag → the version that had it

	calm bool          // no page takes much memory now
	stop chan struct{} // closed when a part of the test is to end

	mu       sync.Mutex
	kills    []*soakKill
	failures []string
	waits    []time.Duration // of visitors for their answers
	counts   map[string]int
	slowest  map[string]time.Duration
}

func newSoak(t *testing.T) *soak {
	s := &soak{dir: t.TempDir(), seed: *soakSeed, began: time.Now(), counts: map[string]int{}, slowest: map[string]time.Duration{}}
	if s.seed == 0 {
		s.seed = uint64(time.Now().UnixNano())
	}
	t.Logf("go test -run Soak -soak %v -soakseed %d ./cmd/wizgy", *soakFor, s.seed)
	if err := s.makeSite(); err != nil {
		t.Fatal(err)
	}
	return s
}

// random returns a source of its own for whatever has this name.
func (s *soak) random(name string, n int) *rand.Rand {
	hash := s.seed
	for _, b := range []byte(name) {
		hash = hash*1099511628211 + uint64(b)
	}
	return rand.New(rand.NewPCG(hash, uint64(n)))
}

// run has everything happen for a while.
func (s *soak) run(length time.Duration, restarts bool) {
	s.stop = make(chan struct{})
	var all sync.WaitGroup
	begin := func(name string, n int, do func(v *visitor)) {
		for i := range n {
			v := s.visitor(name, s.random(fmt.Sprint(name, length), i))
			all.Go(func() {
				defer v.leave()
				for s.goesOn() {
					do(v)
				}
			})
		}
	}
	for _, kind := range goodVisits {
		begin(kind.name, kind.visitors, kind.visit)
	}
	begin("trouble", 2, (*visitor).maketrouble)
	begin("slow", 3, (*visitor).dawdle)
	for i, p := range s.pages {
		begin(p.name, 1, func(v *visitor) { v.savePage(s.pages[i]) })
	}
	begin("file", 1, (*visitor).saveFile)
	begin("release", 1, (*visitor).switchRelease)
	if restarts {
		begin("hungry", 1, (*visitor).beHungry)
		begin("stuck", 1, (*visitor).getStuck)
		begin("restart", 1, (*visitor).restartWorker)
	}
	for end := time.Now().Add(length); time.Now().Before(end) && s.failed() < maxSoakFailures; {
		time.Sleep(10 * time.Millisecond)
	}
	close(s.stop)
	all.Wait()
}

func (s *soak) goesOn() bool {
	select {
	case <-s.stop:
		return false
	default:
		return true
	}
}

// pause waits for as long as d, and reports whether the test goes on.
func (s *soak) pause(d time.Duration) bool {
	select {
	case <-s.stop:
		return false
	case <-time.After(d):
		return true
	}
}

// seldom returns how long to wait for what is to happen every now and then, and more often when there
// is little time.
func (v *visitor) seldom(most time.Duration) time.Duration {
	return min(time.Duration(v.rng.Int64N(int64(most))), time.Duration(v.rng.Int64N(int64(*soakFor)))/3)
}

// maxSoakFailures is with how many the test ends early.
const maxSoakFailures = 10

func (s *soak) fail(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	s.failures = append(s.failures, fmt.Sprintf("%s (%.3f s): %.600s", time.Now().Format("15:04:05.000"), time.Since(s.began).Seconds(), text))
}

func (s *soak) failed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.failures)
}

// count counts something that has happened, and keeps how long the slowest took.
func (s *soak) count(what string, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[what]++
	s.slowest[what] = max(s.slowest[what], took)
}

// report tells how it was.
func (s *soak) report(t *testing.T) {
	slices.Sort(s.waits)
	at := func(share float64) time.Duration {
		return s.waits[min(int(share*float64(len(s.waits))), len(s.waits)-1)].Round(10 * time.Microsecond)
	}
	if len(s.waits) == 0 {
		t.Fatal("nothing was asked")
	}
	if n := s.counts[outOfTime]; n > 2+len(s.waits)/100 {
		s.failures = append(s.failures, fmt.Sprintf("%d good pages were out of time", n))
	}
	t.Logf("%d answers of good pages: median %v, p99 %v, slowest %v", len(s.waits), at(0.5), at(0.99), at(1))
	var list []string
	for what, n := range s.counts {
		list = append(list, fmt.Sprintf("%6d %s, slowest %v", n, what, s.slowest[what].Round(100*time.Microsecond)))
	}
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(a[7:], b[7:]) })
	t.Logf("besides:\n%s", strings.Join(list, "\n"))
	t.Logf("the log:\n%s", s.log.summary())
	if len(s.failures) > 0 {
		name := filepath.Join(os.TempDir(), "soak.log")
		_ = os.WriteFile(name, s.log.all(), 0o644)
		t.Errorf("%d failures; the log is in %s\n%s", len(s.failures), name, strings.Join(s.failures[:min(len(s.failures), 20)], "\n"))
	}
}
