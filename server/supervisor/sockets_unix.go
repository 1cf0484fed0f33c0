//go:build unix

package supervisor

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"github.com/coreos/go-systemd/v22/activation"
	"golang.org/x/sys/unix"
)

// A supervisor holds its sockets as bare descriptors. An os.File or a net.Listener of them would
// change between blocking and not, which all processes that share a socket would feel.

// takeOver returns the descriptor of a listener, which is closed.
func takeOver(l net.Listener) (fd int, err error) {
	defer l.Close()
	sc, ok := l.(syscall.Conn)
	if !ok {
		return -1, fmt.Errorf("hand over %s: a %T is no socket", l.Addr(), l)
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false)
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return -1, fmt.Errorf("hand over %s: %w", l.Addr(), err)
	}
	if e := raw.Control(func(s uintptr) { fd, err = unix.FcntlInt(s, unix.F_DUPFD_CLOEXEC, 0) }); e != nil {
		err = e
	}
	if err != nil {
		return -1, fmt.Errorf("hand over %s: %w", l.Addr(), err)
	}
	return fd, nil
}

// Inherited returns the sockets that this process was given: by a supervisor that has replaced
// itself by this one, or by systemd, as systemd.socket(5) has it. There may be none. What is no
// listening socket is an error.
func Inherited() ([]net.Listener, error) {
	var files []*os.File
	if s := handedOver(); s != nil {
		for _, fd := range s.Listeners {
			syscall.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "listener"))
		}
	} else {
		files = activation.Files(true)
	}
	var all []net.Listener
	for _, f := range files {
		l, err := net.FileListener(f)
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("use the socket %s, which this program was given: it is none that listens for connections: %w", f.Name(), err)
		}
		all = append(all, l)
	}
	return all, nil
}

// pair returns two connected sockets, which no other process gets.
func pair() (ours *os.File, theirs int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return nil, -1, os.NewSyscallError("socketpair", err)
	}
	for _, fd := range fds {
		syscall.CloseOnExec(fd)
		_ = syscall.SetNonblock(fd, true)
	}
	return os.NewFile(uintptr(fds[0]), "control"), fds[1], nil
}

// outlet returns a pipe: what is written to the descriptor can be read from the file.
func outlet() (ours *os.File, theirs int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		return nil, -1, os.NewSyscallError("pipe", err)
	}
	for _, fd := range fds {
		syscall.CloseOnExec(fd)
	}
	_ = syscall.SetNonblock(fds[0], true)
	return os.NewFile(uintptr(fds[0]), "stderr"), fds[1], nil
}
