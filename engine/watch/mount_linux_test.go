package watch

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// What is changed below an overlay is seen through it, and the kernel tells nobody.
func TestChangesBelowAnOverlayAreFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	below, mounted := mkdir(t, dir, "below"), mkdir(t, dir, "mounted")
	page := write(t, filepath.Join(below, "page.js"))
	layers := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", below, mkdir(t, dir, "upper"), mkdir(t, dir, "work"))
	if err := syscall.Mount("overlay", mounted, "overlay", 0, layers); err != nil {
		t.Skipf("an overlay cannot be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(mounted, syscall.MNT_DETACH) })
	w := openOn(t, Config{Roots: []string{mounted}}, system{open: inotify, every: time.Hour, audit: 20 * time.Millisecond})
	write(t, page)
	expect(t, w, filepath.Join(mounted, "page.js"))
	write(t, filepath.Join(below, "new.js"))
	expect(t, w, filepath.Join(mounted, "new.js"))
}
