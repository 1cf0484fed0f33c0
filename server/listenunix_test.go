package server

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// leaveSocket leaves a socket behind, as a process does that is killed.
func leaveSocket(t *testing.T, path string) {
	t.Helper()
	ln, err := net.Listen("unix", path)
	must(t, err)
	ln.(*net.UnixListener).SetUnlinkOnClose(false)
	must(t, ln.Close())
}

func TestSocketThatWasLeftBehindIsReplacedOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "socket")
	leaveSocket(t, path)
	var listening atomic.Int32
	var all sync.WaitGroup
	held := make(chan struct{})
	refused := make(chan error, 20)
	for range cap(refused) {
		all.Go(func() {
			ln, err := ListenUnix(t.Context(), path, 0o600)
			if err == nil {
				listening.Add(1)
				defer ln.Close()
			}
			refused <- err
			<-held
		})
	}
	for range cap(refused) {
		if err := <-refused; err != nil && !errors.Is(err, syscall.EADDRINUSE) {
			t.Error(err)
		}
	}
	if n := listening.Load(); n != 1 {
		t.Errorf("%d listen at one socket", n)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	close(held)
	all.Wait()
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is there when nobody listens any more: %v", err)
	}
}

func TestSocketTakesTheNameOfNothingElse(t *testing.T) {
	t.Parallel()
	dir := site(t, map[string]string{"file": "text", "folder/x": ""})
	leaveSocket(t, filepath.Join(dir, "left"))
	must(t, os.Symlink("left", filepath.Join(dir, "link")))
	for _, name := range []string{"file", "folder", "link"} {
		if ln, err := ListenUnix(t.Context(), filepath.Join(dir, name), 0o600); err == nil || !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v, %v", name, ln, err)
		}
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
}

func TestSocketHasItsModeWhateverTheProcessMasks(t *testing.T) {
	t.Parallel()
	for _, mode := range []fs.FileMode{0o600, 0o660, 0o666, 0o777, 0} {
		path := filepath.Join(t.TempDir(), "socket")
		ln, err := ListenUnix(t.Context(), path, mode)
		must(t, err)
		info, err := os.Lstat(path)
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("mode %o: %v, %v", mode, info.Mode(), err)
		}
		must(t, ln.Close())
	}
}
