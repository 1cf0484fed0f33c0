package watch

import (
	"errors"
	"maps"
	"path/filepath"
	"syscall"
	"testing"
)

// Not parallel: there are no descriptors for anybody meanwhile.
func TestFolderThatCannotBeReadForWantOfDescriptorsIsAsItWas(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "page.js"))
	f := &folder{path: root, views: map[*view]struct{}{{}: {}}}
	f.seen = f.look()
	var limit syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	none := limit
	none.Cur = 0
	must(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none))
	now := f.look()
	_, err := syscall.Open(root, syscall.O_RDONLY, 0)
	must(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
	if !errors.Is(err, syscall.EMFILE) {
		t.Skipf("there are descriptors left: %v", err)
	}
	if len(now) != 1 || !maps.Equal(now, f.seen) {
		t.Errorf("was %v, is %v", f.seen, now)
	}
}
