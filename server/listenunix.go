package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// maxSocketPath is how long the path of a Unix socket may be on every system: sun_path of unix(7).
const maxSocketPath = 103

// ListenUnix opens a listener on a Unix socket, which it makes at path with this mode. A socket that
// is there is removed if nobody listens on it. Close of the listener removes it.
func ListenUnix(ctx context.Context, path string, mode fs.FileMode) (*net.UnixListener, error) {
	fail := func(err error, format string, args ...any) (*net.UnixListener, error) {
		return nil, &listenFailure{"socket " + path + " " + fmt.Sprintf(format, args...), err}
	}
	if len(path) > maxSocketPath {
		return fail(syscall.EINVAL, "has a path of %d bytes, and %d are possible: name a shorter one", len(path), maxSocketPath)
	}
	defer lockFolder(filepath.Dir(path))() // another process may be about to do the same
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	lc := net.ListenConfig{Control: withMode(mode)}
	ln, err := lc.Listen(ctx, "unix", path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail(err, "cannot be made, for there is no folder %s: create it", filepath.Dir(path))
	case errors.Is(err, fs.ErrPermission):
		return fail(err, "cannot be made: let the user that wizgy runs as write into %s", filepath.Dir(path))
	case err != nil:
		return fail(err, "cannot be made (%v): name another with --addr", errors.Unwrap(err))
	}
	if err := os.Chmod(path, mode); err != nil {
		_ = ln.Close()
		return fail(err, "cannot have the mode %o (%v)", mode, errors.Unwrap(err))
	}
	return ln.(*net.UnixListener), nil
}

// removeStale makes room for a socket, where there is one that a program has left behind.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.Mode().Type() != fs.ModeSocket {
		return &listenFailure{"socket " + path + " cannot be made, for there is something else of that name: remove it, or name another", fs.ErrExist}
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "unix", path)
	switch {
	case err == nil:
		_ = conn.Close()
		return &listenFailure{"socket " + path + " is in use: stop the other program or name another with --addr", syscall.EADDRINUSE}
	case errors.Is(err, syscall.ECONNREFUSED):
		err = os.Remove(path)
	case errors.Is(err, fs.ErrNotExist): // it has just gone
		return nil
	}
	if err != nil {
		return &listenFailure{fmt.Sprintf("socket %s is there already, and cannot be replaced (%v): remove it, or name another", path, errors.Unwrap(err)), err}
	}
	return nil
}
