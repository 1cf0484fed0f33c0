//go:build unix

package supervisor

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
)

// child is a worker, as its supervisor sees it.
type child struct {
	pid     int
	path    string // of the program that it was started from
	control *os.File
	words   *lastWords
	limits  Limits

	reading chan struct{} // closed when nobody reads from control any more
	partial string        // of a line; valid then

	began    time.Time
	ready    time.Time // zero until it serves
	drained  time.Time // when it was told to stop; zero until then
	heard    int       // ticks of the supervisor since it last said something
	requests int64     // as it last said
	stuck    int64     // those that cannot be stopped
	memory   int64
	over     int    // checks in a row that found too much memory
	killed   string // why the supervisor has killed it
	harmful  bool   // it was replaced because it does harm
	doomed   bool   // it was dying already
}

// message is a line of a worker, or, with an empty word, what its last words say.
type message struct {
	from       *child
	word, rest string
}

// start runs the program as a worker.
func (s *supervisor) start(path string) (*child, error) {
	control, theirs, err := pair()
	if err != nil {
		return nil, err
	}
	defer syscall.Close(theirs)
	words, stderr, err := outlet()
	if err != nil {
		_ = control.Close()
		return nil, err
	}
	defer syscall.Close(stderr)
	files := []uintptr{s.null.Fd(), uintptr(syscall.Stdout), uintptr(stderr), uintptr(theirs), uintptr(syscall.Stderr)}
	for _, fd := range s.listeners {
		files = append(files, uintptr(fd))
	}
	for _, f := range s.kept {
		files = append(files, uintptr(descriptor(f)))
	}
	env := append(withoutVariables(environment, wordsVariable, keptVariable, "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"),
		fmt.Sprintf("%s=%d", environment, len(s.listeners)), fmt.Sprintf("%s=%d", keptVariable, len(s.kept)))
	if s.lastWords != "" {
		env = append(env, wordsVariable+"="+strings.ReplaceAll(s.lastWords, "\x00", ""))
		s.lastWords = ""
	}
	pid, err := syscall.ForkExec(path, os.Args, &syscall.ProcAttr{Env: env, Files: files})
	if err != nil {
		_ = control.Close()
		_ = words.Close()
		if path == ownProgram && errors.Is(err, syscall.ENOENT) {
			return nil, fmt.Errorf("start %s: %w: mount /proc, or serve without a supervisor", path, err)
		}
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	c := &child{pid: pid, path: path, control: control, began: time.Now(), limits: Limits{Stop: s.cfg.Stop}}
	c.words = readWords(words, "", s.tellDoomed(c))
	s.follow(c)
	return c, nil
}

// follow reads what a worker says.
func (s *supervisor) follow(c *child) {
	c.reading = make(chan struct{})
	_ = c.control.SetReadDeadline(time.Time{})
	go func(partial string) {
		defer close(c.reading)
		lines := bufio.NewReader(io.MultiReader(strings.NewReader(partial), c.control))
		for {
			line, err := lines.ReadString('\n')
			switch {
			case err == nil:
				word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
				select {
				case s.messages <- message{c, word, rest}:
				case <-s.over:
					return
				}
			case errors.Is(err, os.ErrDeadlineExceeded):
				c.partial = line
				return
			default:
				return // it dies, and that is noticed by other means
			}
		}
	}(c.partial)
	c.partial = ""
}

// tellDoomed returns what tells the supervisor that a worker is dying.
func (s *supervisor) tellDoomed(c *child) func() {
	return func() {
		select {
		case s.messages <- message{from: c}:
		case <-s.over:
		}
	}
}

// drain tells a worker to stop.
func (c *child) drain() {
	if !c.drained.IsZero() {
		return
	}
	c.drained = time.Now()
	_ = c.control.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = c.control.WriteString(wordDrain + "\n")
}

// kill ends a worker at once.
func (c *child) kill(why string) {
	if c.killed == "" {
		c.killed = why
		_ = syscall.Kill(c.pid, syscall.SIGKILL)
	}
}

// served returns for how long it has served.
func (c *child) served() time.Duration {
	if c.ready.IsZero() {
		return 0
	}
	return max(time.Since(c.ready), 1)
}

// release lets go of what the supervisor has of a worker that has ended.
func (c *child) release() {
	_ = c.words.file.Close()
	_ = c.control.Close()
}

// cause says how a process has ended.
func cause(status syscall.WaitStatus) string {
	switch {
	case status.Signaled() && status.Signal() == syscall.SIGKILL:
		return "was killed by signal 9, which is kill -9, or the kernel when there is no memory left"
	case status.Signaled():
		return fmt.Sprintf("was killed by signal %d (%v)", int(status.Signal()), status.Signal())
	}
	return fmt.Sprintf("ended with exit status %d", status.ExitStatus())
}
