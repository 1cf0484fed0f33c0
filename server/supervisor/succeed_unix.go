//go:build unix

package supervisor

import (
	"encoding/json"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// stateVariable has what a supervisor leaves to the program that takes its place in the same
// process.
const stateVariable = "SUPERVISOR_STATE"

// state is that: the descriptors stay open, and the workers stay children of the process.
type state struct {
	Pid       int
	Hangups   bool // SIGHUP is wanted
	Listeners []int
	Remove    []string
	Kept      []int
	Current   *childState
	Old       []*childState
	Again     string // why Current is to be replaced, or ""
	Unwell    string // why it must be
}

type childState struct {
	Pid                   int
	Control, Words        int // descriptors
	Partial, Said         string
	Limits                Limits
	Began, Ready, Drained time.Time
	Requests, Stuck       int64
	Harmful               bool
}

// handedOver returns what this process was left by the program that it was before, or nil.
func handedOver() *state {
	text, ok := os.LookupEnv(stateVariable)
	if !ok {
		return nil
	}
	var s state
	if json.Unmarshal([]byte(text), &s) != nil || s.Pid != os.Getpid() {
		return nil
	}
	return &s
}

// adopt takes over the workers that this process was left.
func (s *supervisor) adopt() {
	left := handedOver()
	_ = os.Unsetenv(stateVariable)
	if left == nil {
		return
	}
	s.served = true
	s.files = findSocketFiles(left.Remove)
	s.adoptKept(left.Kept)
	if left.Current != nil {
		s.current = s.adoptOne(left.Current)
	}
	for _, c := range left.Old {
		s.old = append(s.old, s.adoptOne(c))
	}
	s.again = left.Again
	if s.current != nil {
		s.manager.ready(s.current.pid)
		if left.Unwell != "" {
			s.replaceUnwell(left.Unwell)
		}
	}
	s.log.Info("the supervisor is the new program now", "program", s.program.path)
}

// IgnoresHangups reports whether whoever has started this program wants SIGHUP to be ignored, as
// nohup does.
func IgnoresHangups() bool {
	if s := handedOver(); s != nil {
		return !s.Hangups // it has been ignored meanwhile
	}
	return signal.Ignored(syscall.SIGHUP)
}

func (s *supervisor) adoptOne(l *childState) *child {
	for _, fd := range []int{l.Control, l.Words} {
		syscall.CloseOnExec(fd)
		_ = syscall.SetNonblock(fd, true)
	}
	c := &child{
		pid: l.Pid, limits: l.Limits, partial: l.Partial, began: l.Began, ready: l.Ready, drained: l.Drained,
		requests: l.Requests, stuck: l.Stuck, harmful: l.Harmful,
		control: os.NewFile(uintptr(l.Control), "control"),
	}
	c.words = readWords(os.NewFile(uintptr(l.Words), "stderr"), l.Said, s.tellDoomed(c))
	s.follow(c)
	return c
}

// replaceSelf makes this process run the new program, with the same sockets and workers. It
// returns only if that fails.
func (s *supervisor) replaceSelf() error {
	s.leaving = true
	defer func() { s.leaving = false }()
	left := state{Pid: os.Getpid(), Listeners: s.listeners, Remove: s.files.names(), Hangups: s.cfg.Restart != nil}
	keep := append([]int(nil), s.listeners...)
	for _, f := range s.kept {
		left.Kept = append(left.Kept, descriptor(f))
	}
	keep = append(keep, left.Kept...)
	leave := func(c *child) *childState {
		s.unfollow(c)
		l := &childState{
			Pid: c.pid, Limits: c.limits, Partial: c.partial, Began: c.began, Ready: c.ready, Drained: c.drained,
			Requests: c.requests, Stuck: c.stuck, Harmful: c.harmful, Control: descriptor(c.control), Words: descriptor(c.words.file), Said: c.words.take(),
		}
		keep = append(keep, l.Control, l.Words)
		return l
	}
	left.Current = leave(s.current)
	for _, c := range s.old {
		left.Old = append(left.Old, leave(c))
	}
	left.Again, left.Unwell = s.again, s.unwell // workers may have said so until now
	text, err := json.Marshal(left)
	if err != nil {
		return err
	}
	err = become(s.program.path, keep, append(withoutVariables(), stateVariable+"="+string(text)))
	if s.cfg.Resume != nil {
		s.cfg.Resume()
	}
	for _, c := range s.all() {
		s.follow(c)
	}
	return err
}

// unfollow stops reading what a worker says, once all that it has said has been acted on.
func (s *supervisor) unfollow(c *child) {
	_ = c.control.SetReadDeadline(time.Unix(1, 0))
	for {
		select {
		case m := <-s.messages:
			s.heed(m)
		case <-c.reading:
			return
		}
	}
}

func descriptor(f *os.File) (fd int) {
	raw, err := f.SyscallConn()
	if err != nil {
		return -1
	}
	_ = raw.Control(func(d uintptr) { fd = int(d) })
	return fd
}

// become executes a program in this process. Until that takes signals, a SIGHUP is lost; SIGTERM
// and SIGINT end the process, and the worker then stops in good order. They cannot be held back:
// Go unblocks all signals when it starts.
func become(path string, keep []int, env []string) error {
	syscall.ForkLock.Lock()
	defer syscall.ForkLock.Unlock()
	signal.Ignore(syscall.SIGHUP)
	for _, fd := range keep {
		_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0)
	}
	err := syscall.Exec(path, os.Args, env)
	for _, fd := range keep {
		syscall.CloseOnExec(fd)
	}
	return err
}
