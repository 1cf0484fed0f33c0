//go:build unix

package supervisor

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// keptVariable tells a worker how many files it is given after the sockets. It is apart from
// environment, which workers of all versions know.
const keptVariable = "SUPERVISOR_KEPT"

// lock takes the lock on a file, unless another process has it. Closing any descriptor of the
// file would give it back, too.
func lock(f *os.File) (bool, error) {
	err := setLock(f, unix.F_WRLCK)
	if err == unix.EAGAIN || err == unix.EACCES {
		return false, nil
	}
	return err == nil, os.NewSyscallError("fcntl", err)
}

func unlock(f *os.File) { _ = setLock(f, unix.F_UNLCK) }

func setLock(f *os.File, kind int16) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var locked error
	if err := raw.Control(func(fd uintptr) { locked = unix.FcntlFlock(fd, unix.F_SETLK, &unix.Flock_t{Type: kind}) }); err != nil {
		return err
	}
	return locked
}

// nameless returns a file in memory, or else one that has lost its name already.
func nameless() (*os.File, error) {
	if f, err := memoryFile(); err == nil {
		return f, nil
	}
	f, err := os.CreateTemp("", "kept")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// makeKept makes the files that the workers are given, as far as this process was not left them.
func (s *supervisor) makeKept() {
	for len(s.kept) < s.cfg.Kept {
		f, err := nameless()
		if err != nil {
			s.log.Warn("workers cannot leave anything to their successors", "error", err.Error(),
				"hint", "make room in the folder for temporary files, or set TMPDIR to another one")
			return
		}
		s.kept = append(s.kept, f)
	}
}

// adoptKept takes over the files that this process was left.
func (s *supervisor) adoptKept(fds []int) {
	for _, fd := range fds {
		syscall.CloseOnExec(fd)
		s.kept = append(s.kept, os.NewFile(uintptr(fd), "kept"))
	}
}

// Left returns what is in the n-th of the files that workers leave to their successors, in a process
// that was a supervisor before it has become this program; in all others, nothing. It is for what
// this program needs to know before it calls [Run].
func Left(n int) ([]byte, error) {
	s := handedOver()
	if s == nil || n >= len(s.Kept) {
		return nil, nil
	}
	fd, err := unix.FcntlInt(uintptr(s.Kept[n]), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	k := &Kept{f: os.NewFile(uintptr(fd), "kept")}
	defer k.f.Close()
	return k.Load()
}

func (s *supervisor) closeKept() {
	for _, f := range s.kept {
		_ = f.Close()
	}
}

// inheritKept returns the files that a worker was given.
func inheritKept(listeners int) (files []*os.File, err error) {
	n := 0
	if text, ok := os.LookupEnv(keptVariable); ok {
		os.Unsetenv(keptVariable)
		if _, err := fmt.Sscan(text, &n); err != nil || n < 0 {
			return nil, fmt.Errorf("%s=%s is no number of files: unset it, it is set by the supervisor", keptVariable, text)
		}
	}
	for i := range n {
		f, err := inherited(fdListeners+listeners+i, "kept")
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}
