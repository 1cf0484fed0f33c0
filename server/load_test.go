package server

import (
	"path/filepath"
	"testing"
	"time"

	"wizgy/server/writers"
)

// The kernel may give two writes one stamp, but not whenever a test wants it.
func TestStampOfAFreshFileIsNotTrusted(t *testing.T) {
	root := site(t, map[string]string{"a.txt": "one"})
	o, err := openRoot(root)
	must(t, err)
	defer o.release()
	l := loader{limit: 1 << 20, writers: &writers.Writers{}}
	load := func(last *version) *version {
		t.Helper()
		f, err := o.file("a.txt")
		must(t, err)
		f, err = l.load(o, f, last, 0)
		must(t, err)
		return f.version
	}
	first := load(nil)
	if !first.unsettled.Load() {
		t.Error("a file that was just written counts as settled")
	}
	write(t, filepath.Join(root, "a.txt"), "two")
	f, err := o.file("a.txt")
	must(t, err)
	defer f.close()
	first.plain.stamp = stampOf(f.info) // both writes in one tick of the clock
	second := load(first)
	if second == first || string(second.plain.body) != "two" || second.plain.tag == first.plain.tag {
		t.Errorf("%q with tag %s after %q with tag %s", second.plain.body, second.plain.tag, first.plain.body, first.plain.tag)
	}
	eventually(t, "the file to settle", func() bool {
		if load(second) != second {
			t.Error("the same content is another version")
		}
		return !second.unsettled.Load()
	})
	if tag := load(nil).plain.tag; tag == second.plain.tag {
		t.Error("the tag of a fresh file is that of a settled one")
	}
}

func TestStampSettles(t *testing.T) {
	now := time.Unix(1000, 0)
	ns := func(d time.Duration) uint64 { return uint64(now.Add(d).UnixNano()) }
	for _, tt := range []struct {
		name string
		st   stamp
		want bool
	}{
		{"long ago", stamp{changed: ns(-time.Hour)}, true},
		{"just now", stamp{changed: ns(-time.Millisecond), modified: 1}, false},
		{"to come", stamp{changed: ns(time.Hour)}, false},
		{"not known", stamp{modified: int64(ns(-time.Millisecond))}, false},
		{"not known, long ago", stamp{modified: int64(ns(-time.Hour))}, true},
	} {
		if got := tt.st.settled(now); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}
