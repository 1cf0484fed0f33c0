package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestAccessLineIsWhatItsRecordWouldBe(t *testing.T) {
	handlers := map[string]func(io.Writer) slog.Handler{
		"text":     func(w io.Writer) slog.Handler { return newTextHandler(w, false) },
		"terminal": func(w io.Writer) slog.Handler { return newTextHandler(w, true) },
		"colours": func(w io.Writer) slog.Handler {
			h := newTextHandler(w, true)
			h.colour = true
			return h
		},
		"text with attributes": func(w io.Writer) slog.Handler {
			return newTextHandler(w, false).WithAttrs([]slog.Attr{slog.Int("n", 1)}).WithGroup("g\x1b")
		},
		"json": func(w io.Writer) slog.Handler { return newJSONHandler(w) },
	}
	words := append(append([]string{"", "/", "/a=b", "page.js", "blog/[slug].js", "café 日本 😀", "a b", "'", "<&>", "\ufffd"}, hostile...), `"\`)
	for name, handler := range handlers {
		for i := range 500 {
			word := func() string { return words[rand.IntN(len(words))] }
			l := accessLine{
				time: time.Unix(1_700_000_000+int64(i/3), rand.Int64N(1e9)), method: word(), path: word(), status: i % 600, bytes: rand.Int64N(1 << 40),
				duration: time.Duration(rand.Int64N(1 << (1 + i%40))), page: word(), file: word(), request: rand.Uint64(), generation: rand.Uint64(), remote: word(), aborted: i%2 == 0,
			}
			if i%5 == 0 {
				l.time = l.time.Truncate(time.Second).UTC()
			}
			var short, long bytes.Buffer
			handler(&short).(accessHandler).handleAccess(l)
			must(t, handler(&long).Handle(context.Background(), l.record()))
			if short.String() != long.String() {
				t.Fatalf("%s:\n%q, but its record is\n%q", name, short.String(), long.String())
			}
		}
	}
	if _, ok := newJSONHandler(io.Discard).WithAttrs([]slog.Attr{slog.Int("n", 1)}).(accessHandler); ok {
		t.Error("a handler with attributes would lose them")
	}
}

func TestDurationIsWhatStringReturns(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 999, 1000, 1001, 1500, 999999, 1e6, 1e6 + 1, 1230000, 999999999, 1e9, 1<<63 - 1, -1, -1 << 63} {
		if got := string(appendDuration(nil, d)); got != d.String() {
			t.Errorf("%q, want %q", got, d.String())
		}
	}
}

func TestSecondIsNotTakenForAnother(t *testing.T) {
	c := &secondClock{layout: time.DateTime}
	now := time.Now()
	for _, tm := range []time.Time{now, now.Add(time.Second), now.UTC(), now, now.In(time.FixedZone("x", 3600))} {
		if got, want := string(c.append(nil, tm)), tm.Format(time.DateTime); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func BenchmarkAccessLog(b *testing.B) {
	r := httptest.NewRequest("GET", "/blog/a-page-with-a-name?x=1", nil)
	for _, format := range []string{"text", "json"} {
		s, _ := newServer(b, Config{Logger: NewLogger(io.Discard, format)})
		w := &recorder{id: 123456, status: http.StatusOK, bytes: 5120, page: "blog/[slug].js"}
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			start := time.Now()
			for b.Loop() {
				s.logAccess(w, r, start)
			}
		})
	}
}
