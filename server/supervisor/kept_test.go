//go:build unix

package supervisor

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

func newKept(t *testing.T) *Kept {
	t.Helper()
	f, err := nameless()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &Kept{f: f}
}

func (k *Kept) is(t *testing.T, want string) {
	t.Helper()
	if got, err := k.Load(); err != nil || string(got) != want {
		t.Errorf("kept is %.40q (%d bytes), %v; want %.40q", got, len(got), err, want)
	}
}

func (k *Kept) store(text string) error {
	return k.Update(func([]byte) []byte { return []byte(text) })
}

func TestKeptIsWhatWasStoredLast(t *testing.T) {
	k := newKept(t)
	k.is(t, "")
	for _, text := range []string{"one", strings.Repeat("long", 100000), "two", "", "three"} {
		if err := k.store(text); err != nil {
			t.Fatal(err)
		}
		k.is(t, text)
	}
	if err := k.Update(func(text []byte) []byte { return append(text, "!"...) }); err != nil {
		t.Fatal(err)
	}
	k.is(t, "three!")
	if info, err := k.f.Stat(); err != nil || info.Size() > 100 {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
}

func TestKeptIsLimited(t *testing.T) {
	k := newKept(t)
	if err := k.store("small"); err != nil {
		t.Fatal(err)
	}
	if err := k.Update(func([]byte) []byte { return make([]byte, MaxKept+1) }); err == nil {
		t.Error("more than the limit was kept")
	}
	k.is(t, "small")
}

// TestKeptOutlivesADeathInTheMiddle cuts a change off after each of its steps.
func TestKeptOutlivesADeathInTheMiddle(t *testing.T) {
	const old, next = "the old text", "the new text, which is longer"
	torn := func(text string, at int64, bytes int) func(k *Kept) error {
		return func(k *Kept) error {
			whole := newKept(t)
			if err := whole.write([]byte(text), 0); err != nil {
				return err
			}
			all := make([]byte, keptHeader+len(text))
			if _, err := whole.f.ReadAt(all, 0); err != nil {
				return err
			}
			if _, err := k.f.WriteAt(all[keptHeader:keptHeader+bytes], at+int64(keptHeader)); err != nil {
				return err
			}
			if bytes < len(text) {
				return nil
			}
			_, err := k.f.WriteAt(all[:keptHeader/2], at) // the header, too, is written last, and half
			return err
		}
	}
	second := func(k *Kept) error { return k.write([]byte(next), secondPlace) }
	for name, c := range map[string]struct {
		steps []func(k *Kept) error
		want  string
	}{
		"a little of the second place":  {[]func(*Kept) error{torn(next, secondPlace, 3)}, old},
		"the second place, no header":   {[]func(*Kept) error{torn(next, secondPlace, len(next)-1)}, old},
		"the second place, half header": {[]func(*Kept) error{torn(next, secondPlace, len(next))}, old},
		"the second place":              {[]func(*Kept) error{second}, next},
		"a little of the first place":   {[]func(*Kept) error{second, torn(next, firstPlace, 5)}, next},
		"the first place, half header":  {[]func(*Kept) error{second, torn(next, firstPlace, len(next))}, next},
		"both":                          {[]func(*Kept) error{second, func(k *Kept) error { return k.write([]byte(next), firstPlace) }}, next},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKept(t)
			if err := k.store(old); err != nil {
				t.Fatal(err)
			}
			for _, step := range c.steps {
				if err := step(k); err != nil {
					t.Fatal(err)
				}
			}
			k.is(t, c.want)
			var before string
			if err := k.Update(func(text []byte) []byte { before = string(text); return []byte("then") }); err != nil || before != c.want {
				t.Errorf("the next change begins with %q, %v; want %q", before, err, c.want)
			}
			k.is(t, "then")
		})
	}
}

func TestKeptThatIsDamagedIsNothing(t *testing.T) {
	k := newKept(t)
	for _, damage := range []func() error{
		func() error { _, err := k.f.WriteAt([]byte("X"), int64(keptHeader)+2); return err },
		func() error { return k.f.Truncate(int64(keptHeader) + 3) },
		func() error { return k.f.Truncate(int64(keptHeader) - 3) },
		func() error {
			_, err := k.f.WriteAt(bytes.Repeat([]byte{0xff}, 8), int64(len(keptMark)))
			return err
		},
		func() error { _, err := k.f.WriteAt([]byte("kept 2"), 0); return err },
	} {
		if err := errors.Join(k.store("a text"), damage()); err != nil {
			t.Fatal(err)
		}
		k.is(t, "")
	}
	if err := k.store("better"); err != nil {
		t.Fatal(err)
	}
	k.is(t, "better")
}

func TestRetiredWorkerLeavesWhatIsKept(t *testing.T) {
	k := newKept(t)
	if err := k.store("of the successor"); err != nil {
		t.Fatal(err)
	}
	old := &Kept{f: k.f, retired: func() bool { return true }}
	if err := old.store("of the old one"); err != nil {
		t.Fatal(err)
	}
	k.is(t, "of the successor")
}

// TestKeptOutlivesWorkers kills a worker that has left something, and asks the next one for it.
func TestKeptOutlivesWorkers(t *testing.T) {
	s := supervise(t, Config{Kept: 2})
	before := s.worker()
	if _, err := s.ask("/keep"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, err := s.ask("/kept"); err != nil || got != before {
			t.Errorf("kept is %d, %v; want %d\n%s", got, err, before, s.log)
		}
		now := s.worker()
		process, err := os.FindProcess(now)
		if err != nil {
			t.Fatal(err)
		}
		if err := process.Kill(); err != nil {
			t.Fatal(err)
		}
		s.another(now)
	}
}
