package server

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
)

func symlink(t testing.TB, to, name string) {
	t.Helper()
	must(t, os.Symlink(to, name))
}

func TestSpecialFilesDoNotExist(t *testing.T) {
	root := site(t, map[string]string{"inside/a.txt": "inside"})
	outside := site(t, map[string]string{"secret.txt": "SECRET"})
	in := func(name string) string { return filepath.Join(root, name) }
	fifo(t, in("fifo"))
	fifo(t, in("page.html"))
	ln, err := net.Listen("unix", in("socket"))
	must(t, err)
	defer ln.Close()
	symlink(t, "loop", in("loop"))
	symlink(t, "b", in("a"))
	symlink(t, "a", in("b"))
	symlink(t, "nothing", in("dangling"))
	symlink(t, "/dev/zero", in("device"))
	symlink(t, filepath.Join(outside, "secret.txt"), in("absolute"))
	symlink(t, outside, in("folder"))
	rel, err := filepath.Rel(root, filepath.Join(outside, "secret.txt"))
	must(t, err)
	symlink(t, rel, in("relative"))
	symlink(t, "relative", in("chain"))
	symlink(t, "fifo", in("tofifo"))
	s, _ := newServer(t, Config{Root: root})
	for _, target := range []string{
		"/fifo", "/page", "/page.html", "/socket", "/loop", "/a", "/dangling", "/device", "/absolute",
		"/folder/secret.txt", "/folder/", "/relative", "/chain", "/tofifo", "/fifo/x", "/inside/a.txt/x",
		"/" + strings.Repeat("n", 300), "/" + strings.Repeat("n", 250) + ".html", "/" + strings.Repeat("d/", 4000),
	} {
		if w := do(s, "GET", target); w.Code != 404 || strings.Contains(w.Body.String(), "SECRET") {
			t.Errorf("GET %.40s: %d %q, want 404", target, w.Code, w.Body)
		}
	}
	symlink(t, "inside/a.txt", in("good"))
	symlink(t, "inside", in("goodfolder"))
	for _, target := range []string{"/good", "/goodfolder/a.txt"} {
		if w := do(s, "GET", target); w.Code != 200 || w.Body.String() != "inside" {
			t.Errorf("GET %s: %d %q, want the file that the link names", target, w.Code, w.Body)
		}
	}
}

func TestLinkThatLeadsInsideIsFollowed(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "html")
	write(t, filepath.Join(dir, "release/v2/index.html"), "v2")
	write(t, filepath.Join(dir, "release/v2/404.html"), "none in v2")
	write(t, filepath.Join(dir, "release/a.txt"), "a")
	write(t, filepath.Join(dir, "release2/secret.txt"), "SECRET")
	symlink(t, "release", root)
	for name, to := range map[string]string{
		"current": filepath.Join(root, "v2"), "real": filepath.Join(dir, "release/v2"), "around": "../release/v2",
		"a": filepath.Join(root, "a.txt"), "b": "a", "up": "..", "out": dir, "next": filepath.Join(dir, "release2"),
	} {
		symlink(t, to, filepath.Join(root, name))
	}
	for name, config := range map[string]Config{"dev": {Dev: true}, "cached": {Watched: true}, "no cache": {CacheBytes: -1}} {
		t.Run(name, func(t *testing.T) {
			config.Root, config.Browse = root, true
			s, _ := newServer(t, config)
			for target, want := range map[string]string{
				"/current/": "v2", "/current/index": "v2", "/real/": "v2", "/around/index.html": "v2", "/a": "a", "/b": "a",
				"/current/x": "none in v2", "/up/release/a.txt": "a", "/out/html/a.txt": "a",
			} {
				if w := do(s, "GET", target); w.Body.String() != want {
					t.Errorf("GET %s: %d %q, want %q", target, w.Code, w.Body, want)
				}
			}
			if w := do(s, "GET", "/current"); w.Code != 301 || leadsTo(t, "/current", w) != "/current/" {
				t.Errorf("GET /current: %d %v", w.Code, w.Header())
			}
			for _, target := range []string{"/up/", "/up/release2/secret.txt", "/out/", "/out/release2/secret.txt", "/next", "/next/", "/next/secret.txt"} {
				if w := do(s, "GET", target); w.Code != 404 || strings.Contains(w.Body.String(), "SECRET") {
					t.Errorf("GET %s: %d %q, want 404", target, w.Code, w.Body)
				}
			}
			names, _ := entriesOf(t, do(s, "GET", "/").Body.String())
			if got, want := strings.Join(names, " "), "around current real v2 a a.txt b"; got != want {
				t.Errorf("listed are %s, want %s", got, want)
			}
		})
	}
}

func TestErrorsOfTheFileSystemHaveTheirStatus(t *testing.T) {
	tests := []struct {
		err    error
		status int
	}{
		{syscall.ENOENT, 404}, {syscall.ENOTDIR, 404}, {syscall.ELOOP, 404}, {syscall.ENAMETOOLONG, 404},
		{syscall.ENXIO, 404}, {syscall.EINVAL, 404}, {errors.New("path escapes from parent"), 404},
		{syscall.EACCES, 403}, {syscall.EPERM, 403}, {syscall.EMFILE, 503}, {syscall.ENFILE, 503}, {syscall.EIO, 500},
	}
	for _, tt := range tests {
		err := openError(&fs.PathError{Op: "openat", Path: "x", Err: tt.err})
		if got := statusOf(err); got != tt.status || (tt.status == 404) != errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v becomes %v, status %d, want %d", tt.err, err, got, tt.status)
		}
	}
}

func TestUnreadableFileIsForbidden(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	root := site(t, map[string]string{"a.txt": "x"})
	must(t, os.Chmod(filepath.Join(root, "a.txt"), 0))
	s, _ := newServer(t, Config{Root: root})
	if w := do(s, "GET", "/a.txt"); w.Code != 403 {
		t.Errorf("status %d, want 403", w.Code)
	}
}

func TestServingLeavesNoDescriptorOpen(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it would close what was forgotten
	root := site(t, map[string]string{"a.txt": "x", "docs/index.html": "x", "404.html": "lost"})
	fifo(t, filepath.Join(root, "fifo"))
	s, _ := newServer(t, Config{Root: root, NoAccessLog: true})
	before := descriptors(t)
	for range 50 {
		for _, target := range []string{"/a.txt", "/docs", "/docs/", "/fifo", "/missing"} {
			do(s, "GET", target)
			do(s, "HEAD", target)
			do(s, "POST", target)
			do(s, "OPTIONS", target)
			do(s, "GET", target, "If-None-Match: *")
			s.Lookup(target)
		}
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}

func descriptors(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc to count descriptors in")
	}
	return len(entries)
}
