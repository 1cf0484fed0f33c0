package frames

import (
	"bytes"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// client returns what a client sends after its preface.
func client(t *testing.T, send func(*http2.Framer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(http2.ClientPreface)
	f := http2.NewFramer(&b, nil)
	f.AllowIllegalWrites = true
	if err := send(f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnfinishedWhateverThePieces(t *testing.T) {
	head := http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x82, 0x84}}
	for _, tc := range []struct {
		name string
		send func(*http2.Framer) error
		cut  int // octets that are missing at the end
		want bool
	}{
		{"settings", func(f *http2.Framer) error { return f.WriteSettings() }, 0, false},
		{"half a header", func(f *http2.Framer) error { return f.WriteSettings() }, 4, true},
		{"half a ping", func(f *http2.Framer) error { return f.WritePing(false, [8]byte{}) }, 4, true},
		{"nothing but a header", func(f *http2.Framer) error { return f.WritePing(false, [8]byte{}) }, 8, true},
		{"head without end", func(f *http2.Framer) error { return f.WriteHeaders(head) }, 0, true},
		{"head with end", func(f *http2.Framer) error {
			whole := head
			whole.EndHeaders = true
			return f.WriteHeaders(whole)
		}, 0, false},
		{"continued head", func(f *http2.Framer) error {
			_ = f.WriteHeaders(head)
			return f.WriteContinuation(1, false, []byte{0x87})
		}, 0, true},
		{"continued head with end", func(f *http2.Framer) error {
			_ = f.WriteHeaders(head)
			return f.WriteContinuation(1, true, []byte{0x87})
		}, 0, false},
		{"end of a head that is not there yet", func(f *http2.Framer) error {
			_ = f.WriteHeaders(head)
			return f.WriteContinuation(1, true, []byte{0x87})
		}, 1, true},
		{"half a body", func(f *http2.Framer) error { return f.WriteData(1, true, make([]byte, 100)) }, 50, false},
		{"half a body's header", func(f *http2.Framer) error { return f.WriteData(1, true, nil) }, 5, true},
		{"half a preface", func(*http2.Framer) error { return nil }, 5, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sent := client(t, tc.send)
			sent = sent[:len(sent)-tc.cut]
			for size := 1; size <= len(sent); size++ {
				w := New()
				for rest := sent; len(rest) > 0; {
					n := min(size, len(rest))
					if !w.Received(rest[:n]) {
						t.Fatal("taken for a flood")
					}
					rest = rest[n:]
				}
				if got := w.Unfinished(); got != tc.want {
					t.Fatalf("in pieces of %d: got %v, want %v", size, got, tc.want)
				}
			}
		})
	}
}

func TestCreditComesBack(t *testing.T) {
	ping := client(t, func(f *http2.Framer) error { return f.WritePing(false, [8]byte{}) })
	ping = ping[len(http2.ClientPreface):]
	w := New()
	w.in.skip = 0
	n := 0
	for ; w.Received(ping); n++ {
	}
	if n < credits {
		t.Errorf("cut after %d frames, want at least %d", n, credits)
	}
	if w.Received(nil) {
		t.Error("a flood is forgotten")
	}

	w = New()
	w.in.skip, w.taken = 0, account{0, time.Now().Add(-time.Second)}
	for n = 0; w.Received(ping); n++ {
	}
	if n < perSecond {
		t.Errorf("cut after %d frames, want at least the %d of a second", n, perSecond)
	}
}

func TestAnswersPayForSomeFrames(t *testing.T) {
	answer := append([]byte{0, 4, 0, typeData, 0, 0, 0, 0, 1}, make([]byte, 1<<10)...)
	for name, tc := range map[string]struct {
		send func(*http2.Framer) error
		paid bool
	}{
		"PING":          {func(f *http2.Framer) error { return f.WritePing(false, [8]byte{}) }, true},
		"WINDOW_UPDATE": {func(f *http2.Framer) error { return f.WriteWindowUpdate(1, 1) }, true},
		"RST_STREAM":    {func(f *http2.Framer) error { return f.WriteRSTStream(1, http2.ErrCodeCancel) }, false},
		"SETTINGS":      {func(f *http2.Framer) error { return f.WriteSettings() }, false},
	} {
		frame := client(t, tc.send)[len(http2.ClientPreface):]
		w := New()
		w.in.skip = 0
		n := 0
		for ; n < 20*credits && w.Received(frame); n++ {
			w.Sent(answer)
		}
		if paid := n == 20*credits; paid != tc.paid {
			t.Errorf("%s: %d were let through, while answers were sent", name, n)
		}
	}
}

func BenchmarkRequest(b *testing.B) {
	w := New()
	w.in.skip = 0
	head := append([]byte{0, 0, 40, typeHeaders, flagEndHeaders | flagEndStream, 0, 0, 0, 1}, make([]byte, 40)...)
	answer := append([]byte{0, 0, 100, typeData, flagEndStream, 0, 0, 0, 1}, make([]byte, 100)...)
	for b.Loop() {
		w.Received(head[:headerSize])
		w.Unfinished()
		w.Received(head[headerSize:])
		w.Unfinished()
		w.Sent(answer)
	}
}
