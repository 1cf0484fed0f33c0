//go:build unix

package supervisor

import (
	"fmt"
	"net"
	"os"
	"syscall"
)

// Supported reports whether a supervisor can run here.
const Supported = true

// inherited returns a file that the supervisor has given to this process.
func inherited(fd int, name string) (*os.File, error) {
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return nil, fmt.Errorf("%s is set, but there is no descriptor %d (%s): unset it, it is set by the supervisor", environment, fd, name)
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), name), nil
}

func inheritedListener(fd int) (net.Listener, error) {
	f, err := inherited(fd, "listener")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("use the inherited socket %d: %w", fd, err)
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false) // others still listen on it
	}
	return l, nil
}
