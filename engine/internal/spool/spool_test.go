package spool

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

var (
	one   = netip.MustParseAddr("192.0.2.1")
	other = netip.MustParseAddr("192.0.2.2")
)

// tight are limits that a test reaches soon.
var tight = Limits{Memory: 1 << 10, AllMemory: 1 << 20, Disk: 8 * BlockSize, Share: 4 * BlockSize, Late: 10 * time.Second}

func newSpool(t *testing.T, l Limits, log slog.Handler) *Spool {
	t.Helper()
	s := New(l, t.TempDir(), slog.New(log))
	t.Cleanup(func() { s.Close() })
	return s
}

// none fails a test in which nothing is to be cut off.
func none(t *testing.T) func() { return func() { t.Error("a body was cut off") } }

func text(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i * i >> 3)
	}
	return b
}

func TestBodyComesBackAsItWas(t *testing.T) {
	s := newSpool(t, tight, slog.DiscardHandler)
	for _, size := range []int{0, 1, 1023, 1024, 1025, BlockSize, BlockSize + 1024, BlockSize + 1025, 3*BlockSize + 17} {
		for name, reader := range map[string]func(io.Reader) io.Reader{
			"at once": func(r io.Reader) io.Reader { return r },
			"bytes":   iotest.OneByteReader, "halves": iotest.HalfReader, "with its end": iotest.DataErrReader,
		} {
			for _, length := range []int64{-1, int64(size)} {
				want := text(size)
				b, err := s.Take(reader(bytes.NewReader(want)), length, one, none(t))
				if err != nil {
					t.Fatalf("%d bytes, %s, length %d: %v", size, name, length, err)
				}
				got, inMemory := b.Memory()
				if !inMemory {
					got, err = io.ReadAll(iotest.HalfReader(b))
				}
				if err != nil || !bytes.Equal(got, want) || b.Size() != int64(size) || inMemory != (size <= 1024) {
					t.Errorf("%d bytes, %s, length %d: got %d of %d, in memory %t, %v", size, name, length, len(got), b.Size(), inMemory, err)
				}
				b.Free()
			}
		}
	}
	empty(t, s)
}

// empty checks that nothing is left of what was taken in.
func empty(t *testing.T, s *Spool) {
	t.Helper()
	l := &s.ledger
	if l.used != (amount{}) || len(l.clients) != 0 || l.coming != nil {
		t.Errorf("left: %+v of %d clients, coming %v", l.used, len(l.clients), l.coming != nil)
	}
	if s.file.f == nil {
		return
	}
	if info, err := s.file.f.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("%d bytes are left in the file, %v", info.Size(), err)
	}
}

func TestManyBodiesShareTheFile(t *testing.T) {
	s := newSpool(t, Limits{Memory: 10, AllMemory: 100, Disk: 1 << 30, Share: 1 << 30}, slog.DiscardHandler)
	var bodies []*Body
	for i := range 50 {
		b, err := s.Take(bytes.NewReader(text(i*5000)), -1, one, none(t))
		if err != nil {
			t.Fatal(err)
		}
		if bodies = append(bodies, b); i%3 == 0 {
			bodies[i/2].Free()
		}
	}
	for i, b := range bodies {
		if b.Size() == 0 {
			continue // freed
		}
		if got, err := io.ReadAll(b); err != nil || !bytes.Equal(got, text(i*5000)) {
			t.Errorf("body %d: %d bytes, %v", i, len(got), err)
		}
		b.Free()
	}
	for _, b := range bodies {
		b.Free()
	}
	empty(t, s)
}

func TestFileHasNoName(t *testing.T) {
	folder := t.TempDir()
	s := New(tight, folder, slog.New(slog.DiscardHandler))
	defer s.Close()
	b, err := s.Take(bytes.NewReader(text(5000)), -1, one, none(t))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Free()
	if files, _ := os.ReadDir(folder); len(files) > 0 && s.file.name == "" {
		t.Errorf("there is %s", files[0].Name())
	}
}

func TestErrorOfTheClientIsPassedOn(t *testing.T) {
	s := newSpool(t, tight, slog.DiscardHandler)
	want := errors.New("gone")
	for _, size := range []int{0, 10, 5000} {
		src := io.MultiReader(bytes.NewReader(text(size)), iotest.ErrReader(want))
		if b, err := s.Take(src, -1, one, none(t)); err != want || b != nil {
			t.Errorf("after %d bytes: %v", size, err)
		}
	}
	if _, err := s.Take(strings.NewReader("four"), 3, one, none(t)); err != errLonger {
		t.Errorf("longer than its length: %v", err)
	}
	empty(t, s)
}

// slow is a body of which there is nothing more to come.
type slow struct {
	rest  io.Reader
	begun chan struct{} // closed when what there is was read
	end   chan struct{}
	cut   atomic.Int32
}

func newSlow(size int) *slow {
	return &slow{rest: bytes.NewReader(text(size)), begun: make(chan struct{}), end: make(chan struct{})}
}

func (s *slow) Read(p []byte) (int, error) {
	if n, err := s.rest.Read(p); err == nil {
		return n, nil
	}
	close(s.begun)
	<-s.end
	return 0, os.ErrDeadlineExceeded
}

func (s *slow) stop() { s.cut.Add(1); close(s.end) }

// take lets a client send some of a body, and returns how that ends.
func (s *slow) take(spool *Spool, client netip.Addr) (ended chan error) {
	ended = make(chan error, 1)
	go func() {
		_, err := spool.Take(s, -1, client, s.stop)
		ended <- err
	}()
	<-s.begun
	return ended
}

func TestLateBodyGivesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(tight, t.TempDir(), slog.New(slog.DiscardHandler))
		defer s.Close()
		late, later := newSlow(3*BlockSize), newSlow(2*BlockSize) // the second is slower
		lateEnds, laterEnds := late.take(s, one), later.take(s, other)

		third := netip.MustParseAddr("192.0.2.3")
		take := func(client netip.Addr, blocks int) error {
			b, err := s.Take(bytes.NewReader(text(blocks*BlockSize)), -1, client, none(t))
			if err == nil {
				b.Free()
			}
			return err
		}
		if err := take(third, 4); err != ErrFull {
			t.Errorf("while nobody is late: %v", err)
		}
		time.Sleep(tight.Late) // of the bubble's clock
		if err := take(third, 4); err != nil {
			t.Errorf("while others are late: %v", err)
		}
		if err := <-laterEnds; err != ErrLate {
			t.Errorf("the slowest: %v", err)
		}
		if late.cut.Load() != 0 || later.cut.Load() != 1 {
			t.Errorf("cut off: the faster one %d times, the slower one %d", late.cut.Load(), later.cut.Load())
		}

		// What one client has is at the cost of its own bodies, and of nobody else's.
		if err := take(one, 4); err != nil {
			t.Errorf("for want of its own share: %v", err)
		}
		if err := <-lateEnds; err != ErrLate {
			t.Errorf("the client's own: %v", err)
		}
		empty(t, s)
	})
}

func TestBodyThatCannotFitIsTooLarge(t *testing.T) {
	s := newSpool(t, tight, slog.DiscardHandler)
	for _, length := range []int64{-1, 10 * BlockSize} {
		_, err := s.Take(bytes.NewReader(text(10*BlockSize)), length, one, none(t))
		var tooLarge *TooLargeError
		if !errors.As(err, &tooLarge) || tooLarge.Limit != tight.Memory+tight.Share {
			t.Errorf("length %d: %v", length, err)
		}
	}
	empty(t, s)
}

func TestMemoryHasALimit(t *testing.T) {
	s := newSpool(t, Limits{Memory: 1 << 10, AllMemory: 8 << 10, Disk: 1 << 20, Share: 1 << 20}, slog.DiscardHandler)
	inMemory := map[netip.Addr]int{}
	for i := range 40 {
		client := []netip.Addr{one, other, {}}[i%3]
		b, err := s.Take(bytes.NewReader(text(1<<10)), 1<<10, client, none(t))
		if err != nil {
			t.Fatal(err)
		}
		defer b.Free()
		if _, ok := b.Memory(); ok {
			inMemory[client]++
		}
	}
	if inMemory[one] != 2 || inMemory[other] != 2 || inMemory[netip.Addr{}] != 4 {
		t.Errorf("in memory: %v", inMemory)
	}
}

func TestFolderThatIsMissingIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "bodies")
		var log strings.Builder
		s := New(tight, folder, slog.New(slog.NewTextHandler(&log, nil)))
		defer s.Close()
		for range 3 {
			_, err := s.Take(bytes.NewReader(text(5000)), -1, one, none(t))
			var failed *Error
			if !errors.As(err, &failed) {
				t.Errorf("without a folder: %v", err)
			}
		}
		if b, err := s.Take(bytes.NewReader(text(500)), -1, one, none(t)); err != nil {
			t.Errorf("one that needs no file: %v", err)
		} else {
			b.Free()
		}
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		b, err := s.Take(bytes.NewReader(text(5000)), -1, one, none(t))
		if err != nil {
			t.Fatal(err)
		}
		b.Free()
		empty(t, s)
		if strings.Count(log.String(), "level=ERROR") != 1 || strings.Count(log.String(), "level=INFO") != 1 {
			t.Errorf("the log has\n%s", log.String())
		}
	})
}

func TestDiskThatIsFullEndsTheBody(t *testing.T) {
	s := newSpool(t, tight, slog.DiscardHandler)
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	readOnly, err := os.Open(name) // nothing can be written to it, as to a disk that is full
	if err != nil {
		t.Fatal(err)
	}
	s.file.f = readOnly
	var failed *Error
	if _, err := s.Take(bytes.NewReader(text(5000)), -1, one, none(t)); !errors.As(err, &failed) {
		t.Errorf("got %v", err)
	}
	empty(t, s)
}
