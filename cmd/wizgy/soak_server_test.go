package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// soakMemory is how much memory the soak test's server may have.
const soakMemory = 300 << 20

// limits are those with which the soak test's server runs.
type limits struct{ page, header time.Duration }

// limitsOf returns what this machine can keep to just now: a page has a second, or the time of ten
// starts of the program where that is more, but no more than five seconds.
func limitsOf(program string) limits {
	began := time.Now()
	cmd := exec.Command(program, "--version")
	cmd.Args[0] = "wizgy" // by which the test binary knows what to be
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	_ = cmd.Run()
	page := min(max(time.Second, 10*time.Since(began)), 5*time.Second)
	return limits{page: page, header: 2 * page}
}

// soakServer is the program under test.
type soakServer struct {
	cmd *exec.Cmd
	limits
	addr  string
	log   *soakLog
	done  chan error
	ended bool      // it has been waited for
	base  footprint // of the supervisor, when it had begun
}

// soakLog keeps what the program logs, and checks that each line is a JSON object.
type soakLog struct {
	mu       sync.Mutex
	text     bytes.Buffer
	rest     []byte
	counts   map[string]int
	replaced []time.Time    // when a worker took another's place
	falls    map[string]int // how often it was said that the last good version of a page goes on
	cut      int            // streams that were cut because the next piece came too late, and not accounted for
	bad      []string
}

func (l *soakLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
	l.rest = append(l.rest, b...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(b), nil
		}
		l.rest = rest
		var record struct{ Level, Msg, Page, Error string }
		if json.Unmarshal(line, &record) != nil || record.Msg == "" || len(line) > 16<<10 {
			l.bad = append(l.bad, fmt.Sprintf("%.300q (%d bytes)", line, len(line)))
			continue
		}
		if record.Msg == "a new worker serves" {
			l.replaced = append(l.replaced, time.Now())
		}
		if strings.Contains(record.Msg, "the last version that worked goes on serving") {
			l.falls[record.Page]++
		}
		if record.Page == "apps/stream.js" && strings.HasPrefix(record.Error, "the page gave no answer") {
			l.cut++
		}
		l.counts[fmt.Sprintf("%-5s %.100q", record.Level, digits.Replace(record.Msg))]++
	}
}

// digits makes messages the same that differ in numbers.
var digits = strings.NewReplacer("0", "9", "1", "9", "2", "9", "3", "9", "4", "9", "5", "9", "6", "9", "7", "9", "8", "9")

// fallbacks returns how often it was said that the last good version of a page goes on.
func (l *soakLog) fallbacks(page string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.falls[page]
}

// tookTooLong reports whether it was said of a stream that it was cut because it took too long. Each
// may be asked for once.
func (l *soakLog) tookTooLong() bool {
	return poll(func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		said := l.cut > 0
		if said {
			l.cut--
		}
		return said
	})
}

func (l *soakLog) all() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.text.Bytes())
}

func (l *soakLog) summary() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	for what, n := range l.counts {
		lines = append(lines, fmt.Sprintf("%6d %s", n, what))
	}
	slices.Sort(lines)
	slices.Reverse(lines)
	return strings.Join(lines[:min(len(lines), 40)], "\n")
}

// start runs the program.
func (s *soak) start(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s.soakServer = &soakServer{limits: limitsOf(self), log: &soakLog{counts: map[string]int{}, falls: map[string]int{}}, done: make(chan error, 1)}
	s.cmd = exec.Command(self, "serve", s.site(), "--addr", "127.0.0.1:0", "--log", "json", "--no-access-log",
		"--timeout", s.page.String(), "--header-timeout", s.header.String(), "--max-memory", fmt.Sprint(soakMemory))
	s.cmd.Args[0] = "wizgy"
	s.cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", lookInside+"="+s.dir)
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_, url, found := strings.Cut(strings.TrimSpace(line), " at http://")
	if err != nil || !found {
		t.Fatalf("the server did not start: it said %q\n%s", line, s.log.all())
	}
	s.addr = strings.TrimSuffix(url, "/")
	go func() { s.done <- s.cmd.Wait() }()
	s.base = footprintOf(s.cmd.Process.Pid)
}

// kill ends what a failed test has left.
func (s *soakServer) kill() {
	if s.ended {
		return // the numbers may be those of other processes
	}
	for _, pid := range append(children(s.cmd.Process.Pid), s.cmd.Process.Pid) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// worker returns the newest worker.
func (s *soakServer) worker() int {
	pids := children(s.cmd.Process.Pid)
	if len(pids) == 0 {
		return 0
	}
	return pids[len(pids)-1]
}

// replacedSince reports whether a worker took another's place since then, or a second before.
func (s *soak) replacedSince(then time.Time) bool {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return slices.ContainsFunc(s.log.replaced, func(when time.Time) bool { return when.After(then.Add(-time.Second)) })
}

// settled waits until there is one worker only.
func (s *soak) settled() {
	if !poll(func() bool { return len(children(s.cmd.Process.Pid)) == 1 }) {
		s.fail("there are still workers %v of %d", children(s.cmd.Process.Pid), s.cmd.Process.Pid)
	}
}

// footprint is what a process takes. What is inside is known of a worker at rest only.
type footprint struct {
	memory, threads, descriptors int
	insight
}

func (f footprint) String() string {
	return fmt.Sprintf("%.1f MiB (%.1f alive), %d threads, %d goroutines, %d descriptors",
		float64(f.memory)/(1<<20), float64(f.Live)/(1<<20), f.threads, f.Goroutines, f.descriptors)
}

func footprintOf(pid int) footprint {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	status, _ := os.ReadFile(filepath.Join(dir, "status"))
	var f footprint
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		n, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
		switch name {
		case "VmRSS":
			f.memory = n << 10
		case "Threads":
			f.threads = n
		}
	}
	names, _ := os.ReadDir(filepath.Join(dir, "fd"))
	f.descriptors = len(names)
	return f
}

// whole returns what the worker takes once it has collected its garbage.
func (s *soak) whole() footprint {
	pid := s.worker()
	name := insightFile(s.dir, pid)
	_ = os.Remove(name)
	_ = syscall.Kill(pid, syscall.SIGUSR2)
	var text []byte
	if !poll(func() bool {
		var err error
		text, err = os.ReadFile(name)
		return err == nil
	}) {
		s.fail("worker %d does not say what is inside", pid)
	}
	f := footprintOf(pid)
	if err := json.Unmarshal(text, &f.insight); err != nil {
		s.fail("worker %d says %q: %v", pid, text, err)
	}
	return f
}

// atRest returns what the worker takes when nobody asks anything.
func (s *soak) atRest(t *testing.T) footprint {
	s.settled()
	last := s.whole()
	poll(func() bool { // until what visitors have left has gone
		before := last
		last = s.whole()
		return last.Goroutines >= before.Goroutines && last.descriptors >= before.descriptors
	})
	t.Logf("the worker at rest: %v", last)
	return last
}

// What may grow while one worker serves: what is alive by a tenth and by what pages keep that had
// not been asked for before; the process by holes in its heap, too, and by the threads' stacks.
const (
	moreAlive       = 4 << 20
	moreMemory      = 32 << 20
	moreThreads     = 16
	moreGoroutines  = 8
	moreDescriptors = 8
)

// compare waits until the worker takes no more than it did.
func (s *soak) compare(t *testing.T, before footprint) {
	var now footprint
	good := poll(func() bool {
		now = s.whole()
		return now.Live <= before.Live*11/10+moreAlive &&
			(withRace || now.memory <= before.memory*11/10+moreMemory) &&
			now.threads <= before.threads+moreThreads && now.Goroutines <= before.Goroutines+moreGoroutines &&
			now.descriptors <= before.descriptors+moreDescriptors
	})
	t.Logf("the worker in the end: %v", now)
	if !good {
		s.fail("the worker has grown from %v to %v", before, now)
	}
	super := footprintOf(s.cmd.Process.Pid)
	t.Logf("the supervisor: %v, and %v in the end", s.base, super)
	if super.descriptors > s.base.descriptors+4 || super.threads > s.base.threads+8 || super.memory > s.base.memory+8<<20 {
		s.fail("the supervisor has grown from %v to %v", s.base, super)
	}
}

// quit stops the program, which must leave nothing behind.
func (s *soak) quit(t *testing.T) {
	pids := children(s.cmd.Process.Pid)
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-s.done:
		s.ended = true
		if err != nil {
			s.fail("the server ended with %v", err)
		}
	case <-time.After(30 * time.Second):
		s.fail("the server did not end within 30 s")
	}
	for _, pid := range pids {
		if _, err := os.Stat(filepath.Join("/proc", strconv.Itoa(pid))); err == nil {
			s.fail("process %d was left behind", pid)
		}
	}
	for _, line := range s.log.bad[:min(len(s.log.bad), 5)] {
		s.fail("this is no line of the log: %s", line)
	}
}
