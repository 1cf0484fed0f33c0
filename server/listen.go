package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"
)

// UnixScheme is what an address begins with that is the path of a Unix socket.
const UnixScheme = "unix:"

// DefaultSocketMode is who may connect to a Unix socket of which nothing else is said: the user and
// the group of this process.
const DefaultSocketMode fs.FileMode = 0o660

// Listen opens a listener on addr: HOST:PORT for TCP, where the host [::] is every address of the
// machine, or unix:PATH for a Unix socket, as [ListenUnix] does with [DefaultSocketMode]. Empty means
// [DefaultAddr]. The error says what a person can do about it and wraps the system's.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(addr, UnixScheme); ok {
		return ListenUnix(ctx, path, DefaultSocketMode)
	}
	return ListenTCP(ctx, "tcp", addr)
}

// ListenTCP opens a listener on addr, HOST:PORT. The network is tcp, tcp4 or tcp6: with tcp6, [::] is
// every IPv6 address and no other.
func ListenTCP(ctx context.Context, network, addr string) (net.Listener, error) {
	if addr == "" {
		addr = DefaultAddr
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, network, addr)
	if err != nil {
		return nil, listenError(addr, err)
	}
	return ln, nil
}

func listenError(addr string, err error) error {
	var hint string
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		hint = "is in use: stop the other program or choose another with --addr"
	case errors.Is(err, syscall.EACCES):
		hint = "needs more rights, as ports below 1024 do: choose a higher port with --addr"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		hint = "is not on this machine: choose another with --addr, such as 127.0.0.1:8000"
	default:
		hint = "cannot be listened on: choose HOST:PORT with --addr, such as " + DefaultAddr
		return &listenFailure{fmt.Sprintf("address %s %s (%v)", addr, hint, err), err}
	}
	return &listenFailure{"address " + addr + " " + hint, err}
}

// listenFailure says it in its own words; what the system said can be unwrapped.
type listenFailure struct {
	msg string
	err error
}

func (e *listenFailure) Error() string { return e.msg }
func (e *listenFailure) Unwrap() error { return e.err }
