package writers

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func create(t *testing.T, content string) *os.File {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "page.js"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.WriteString(content); err != nil {
		t.Fatal(err)
	}
	return f
}

// at sets when a file was last changed, before or after now.
func at(t *testing.T, path string, ago time.Duration) {
	t.Helper()
	when := time.Now().Add(-ago)
	if err := os.Chtimes(path, when, when); err != nil {
		t.Fatal(err)
	}
}

func TestLeaseTellsWhoHasAFileOpen(t *testing.T) {
	t.Parallel()
	f := create(t, "half")
	if lease, _ := takeLease(f); lease == refused {
		t.Skip("this system, or its file system, gives no leases")
	}
	w := &Writers{}
	if !w.Busy(f.Name()) {
		t.Error("a file that is open for writing is not busy")
	}
	if content, busy, err := w.Read(f.Name()); !busy || content != nil || err != nil {
		t.Errorf("reading it is %q, %t, %v", content, busy, err)
	}
	f.Close()
	if content, busy, err := w.Read(f.Name()); busy || string(content) != "half" || err != nil {
		t.Errorf("when it is closed, reading it is %q, %t, %v", content, busy, err)
	}
}

// Programs that copy files give them the times of the originals, and may have the next one open at once.
func TestFileThatIsOpenIsBusyWhateverTimeItWasGiven(t *testing.T) {
	t.Parallel()
	f := create(t, "half")
	if lease, _ := takeLease(f); lease == refused {
		t.Skip("this system, or its file system, gives no leases")
	}
	at(t, f.Name(), time.Hour)
	if !(&Writers{}).Busy(f.Name()) {
		t.Error("a file that is open for writing is not busy, because it looks old")
	}
}

// A log is open all the time, and so is what an editor has open: it is read as it is.
func TestFileThatStaysOpenIsBusyForAWhileOnly(t *testing.T) {
	t.Parallel()
	for _, leases := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			f := create(t, "line\n")
			w := &Writers{NoLeases: !leases}
			w.Watch(filepath.Dir(f.Name()))
			w.Wrote(f.Name())
			for range 10 {
				at(t, f.Name(), 0)
				w.Wrote(f.Name())
				if !w.Busy(f.Name()) {
					t.Fatalf("leases %t: not busy", leases)
				}
				time.Sleep(Limit / 10)
			}
			for range 10 {
				at(t, f.Name(), 0)
				w.Wrote(f.Name())
				if w.Busy(f.Name()) {
					t.Fatalf("leases %t: busy without end", leases)
				}
				time.Sleep(Limit)
			}
		})
	}
}

func TestWithoutLeaseTheNewsCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &Writers{NoLeases: true}
		f := create(t, "half")
		w.Watch(filepath.Dir(f.Name()))
		time.Sleep(time.Second)
		for range 4 { // pieces that come slowly
			at(t, f.Name(), 0)
			w.Wrote(f.Name())
			time.Sleep(quiet + 50*time.Millisecond)
			if !w.Busy(f.Name()) {
				t.Fatal("a file that was written to, and not closed, is not busy")
			}
		}
		w.Closed(f.Name())
		if w.Busy(f.Name()) {
			t.Error("a file that was closed is busy")
		}
	})
}

func TestWithoutNewsAFileMustHaveBeenQuiet(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		content string
		ago     time.Duration // it was changed
		watched time.Duration // before now; 0 is never
		busy    bool
	}{
		{"nobody watches, just now", "x", 0, 0, true},
		{"nobody watches, a moment ago", "x", quiet - 10*time.Millisecond, 0, true},
		{"nobody watches, long ago", "x", quiet + 10*time.Millisecond, 0, false},
		{"before it was watched", "x", quiet - 10*time.Millisecond, quiet / 2, true},
		{"the news may be on the way", "x", late - 10*time.Millisecond, time.Second, true},
		{"the news would have come", "x", late + 10*time.Millisecond, time.Second, false},
		{"empty, only just begun", "", late + 10*time.Millisecond, time.Second, true},
		{"by a clock that is a little ahead", "x", -10 * time.Millisecond, 0, true},
		{"by a clock that is far ahead", "x", -time.Hour, time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &Writers{NoLeases: true}
				f := create(t, tt.content)
				if tt.watched > 0 {
					w.Watch(filepath.Dir(f.Name()))
					time.Sleep(tt.watched)
				}
				at(t, f.Name(), tt.ago)
				if got := w.Busy(f.Name()); got != tt.busy {
					t.Errorf("busy is %t", got)
				}
			})
		})
	}
}

// A file is emptied a moment before the time of that is set.
func TestEmptyFileIsBusyForAMoment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &Writers{NoLeases: true}
		f := create(t, "")
		at(t, f.Name(), time.Hour)
		if !w.Busy(f.Name()) {
			t.Error("it is not busy at first")
		}
		time.Sleep(late + time.Millisecond)
		if w.Busy(f.Name()) {
			t.Error("it is busy for longer")
		}
	})
}

func TestWhatIsNoFileIsNotBusy(t *testing.T) {
	t.Parallel()
	w := &Writers{NoLeases: true}
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "none")} {
		if w.Busy(path) {
			t.Errorf("%s is busy", path)
		}
	}
}

func TestFolderThatIsNotWatchedAnyMoreLeavesNothing(t *testing.T) {
	t.Parallel()
	f := create(t, "x")
	w := &Writers{NoLeases: true}
	w.Watch(filepath.Dir(f.Name()))
	w.Wrote(f.Name())
	w.Unwatch(filepath.Dir(f.Name()))
	if len(w.files)+len(w.watched) > 0 {
		t.Errorf("left: %v, %v", w.files, w.watched)
	}
	at(t, f.Name(), time.Hour)
	if w.Busy(f.Name()) {
		t.Error("it is busy: whether it was closed will not be told")
	}
}
