package server

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wizgy/server/writers"
)

// A file that is being written, by whoever it is, is answered by the last version while there is one
// in memory. Otherwise the answer waits for the end.
func TestHalfAFileIsNotSent(t *testing.T) {
	t.Parallel()
	whole := func(n int, size int) string { return strings.Repeat(fmt.Sprint(n), size) }
	for _, tt := range []struct {
		name, file string
		size       int
		first      bool // there is no version before
		waits      bool
	}{
		{"in memory", "a.txt", 1000, false, false},
		{"in memory, for the first time", "a.txt", 1000, true, true},
		{"on the disk only", "a.bin", 2 * maxKept, false, true},
	} {
		for _, leases := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, leases %t", tt.name, leases), func(t *testing.T) {
				t.Parallel()
				root, err := filepath.EvalSymlinks(t.TempDir())
				must(t, err)
				path := filepath.Join(root, tt.file)
				w := &writers.Writers{NoLeases: !leases}
				s, _ := newServer(t, Config{Root: root, Watched: true, Writers: w})
				if !tt.first {
					write(t, path, whole(1, tt.size))
					if got := do(s, "GET", "/"+tt.file).Body.String(); got != whole(1, tt.size) {
						t.Fatalf("got %d bytes of the first version", len(got))
					}
				}
				w.Watch(root)
				f, err := os.Create(path)
				must(t, err)
				defer f.Close()
				_, err = f.WriteString(whole(2, tt.size/2))
				must(t, err)
				w.Wrote(path)
				s.Changed(nil, true)
				got := make(chan string)
				ask := func() { got <- do(s, "GET", "/"+tt.file).Body.String() }
				go ask()
				select {
				case body := <-got:
					if tt.waits || body != whole(1, tt.size) {
						t.Fatalf("got %d bytes: %.10q", len(body), body)
					}
				case <-time.After(100 * time.Millisecond):
					if !tt.waits {
						t.Fatal("the version that is there waits for the next")
					}
				}
				_, err = f.WriteString(whole(2, tt.size-tt.size/2))
				must(t, err)
				must(t, f.Close())
				w.Closed(path)
				if !tt.waits {
					eventually(t, "the new version", func() bool { go ask(); return <-got == whole(2, tt.size) })
				} else if body := <-got; body != whole(2, tt.size) {
					t.Errorf("got %d bytes: %.10q", len(body), body)
				}
			})
		}
	}
}
