package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// textHandler writes records for people: "15:04:05 INFO  request method=GET path=/". Next to
// [slog.TextHandler] it leaves out time=, level= and msg=, the date where somebody is watching,
// and digits of durations that say nothing; and it escapes DEL.
type textHandler struct {
	out      *lockedWriter
	time     *secondClock
	millis   bool
	terminal bool // a record may take several lines: see blockMark
	colour   bool
	prefix   string // of the names of attributes: the open groups, each with a dot
	attrs    []byte // of WithAttrs, formatted
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer // guarded by mu
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func newTextHandler(w io.Writer, terminal bool) *textHandler {
	h := &textHandler{out: &lockedWriter{w: w}, time: &secondClock{layout: time.DateTime}, millis: !terminal, terminal: terminal}
	if terminal {
		h.time = &secondClock{layout: time.TimeOnly}
		h.colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return h
}

// Enabled implements [slog.Handler].
func (h *textHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo
}

// WithGroup implements [slog.Handler].
func (h *textHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	next := *h
	next.prefix += name + "."
	return &next
}

// WithAttrs implements [slog.Handler].
func (h *textHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *h
	next.attrs = slices.Clip(next.attrs)
	for _, a := range attrs {
		next.attrs = h.appendAttr(next.attrs, h.prefix, a)
	}
	return &next
}

var lines = sync.Pool{New: func() any { return new(make([]byte, 0, 512)) }}

// Handle implements [slog.Handler].
func (h *textHandler) Handle(_ context.Context, r slog.Record) error {
	line := lines.Get().(*[]byte)
	defer lines.Put(line)
	b := (*line)[:0]
	if !r.Time.IsZero() {
		b = append(h.appendTime(b, r.Time), ' ')
	}
	b = h.appendLevel(b, r.Level)
	inBlock := h.terminal && strings.Contains(r.Message, "\n")
	if !inBlock {
		b = appendEscaped(append(b, ' '), r.Message)
	}
	b = append(b, h.attrs...)
	hasBlocks := inBlock
	r.Attrs(func(a slog.Attr) bool {
		if h.isBlock(a) {
			hasBlocks = true
			return true
		}
		b = h.appendAttr(b, h.prefix, a)
		return true
	})
	b = append(b, '\n')
	if hasBlocks {
		b = h.appendBlocks(b, r, inBlock)
	}
	*line = b

	_, err := h.out.Write(b)
	return err
}

func (h *textHandler) appendTime(b []byte, t time.Time) []byte {
	b = h.paint(b, dim)
	b = h.time.append(b, t)
	if h.millis {
		b = appendMillis(b, t.Nanosecond())
	}
	return h.paint(b, plain)
}

// appendLevel appends the level in five columns, if it fits.
func (h *textHandler) appendLevel(b []byte, level slog.Level) []byte {
	b = h.paint(b, levelColour(level))
	name := level.String()
	b = append(b, name...)
	b = append(b, "     "[:max(0, 5-len(name))]...)
	return h.paint(b, plain)
}

// appendKey appends the name of an attribute, which needs no escapes.
func (h *textHandler) appendKey(b []byte, key string) []byte {
	if !h.colour && h.prefix == "" {
		b = append(append(b, ' '), key...)
		return append(b, '=')
	}
	b = h.paint(append(b, ' '), dim)
	b = append(appendEscaped(b, h.prefix), key...)
	return h.paint(append(b, '='), plain)
}

func (h *textHandler) appendAttr(b []byte, prefix string, a slog.Attr) []byte {
	if a.Key == frameKey {
		return b // which is for the terminal: see isBlock
	}
	v := a.Value.Resolve()
	if a.Key == "" && v.Kind() != slog.KindGroup || a.Equal(slog.Attr{}) {
		return b
	}
	if v.Kind() == slog.KindGroup {
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, member := range v.Group() {
			b = h.appendAttr(b, prefix, member)
		}
		return b
	}
	b = h.paint(append(b, ' '), dim)
	b = appendEscaped(b, prefix)
	b = append(appendEscaped(b, a.Key), '=')
	return appendValue(h.paint(b, plain), v)
}

func appendValue(b []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindString:
		return appendQuoted(b, v.String())
	case slog.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(b, v.Uint64(), 10)
	case slog.KindDuration:
		return appendDuration(b, threeDigits(v.Duration()))
	case slog.KindTime:
		return v.Time().AppendFormat(b, time.RFC3339Nano)
	}
	return appendQuoted(b, v.String())
}

// threeDigits rounds d to what a person wants to know of it.
func threeDigits(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for limit := 1000 * unit; limit > 0 && d.Abs() >= limit; limit *= 10 {
		unit *= 10
	}
	return d.Round(unit)
}

// appendQuoted appends s as it is if it is one word, quoted otherwise.
func appendQuoted(b []byte, s string) []byte {
	if isWord(s) || s != "" && !strings.ContainsAny(s, " \"=") && plainText(s) {
		return append(b, s...)
	}
	return strconv.AppendQuote(b, s)
}

// isWord reports whether s is one word of ASCII, which most values are.
func isWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '=' {
			return false
		}
	}
	return s != ""
}

// appendEscaped appends s, with escapes in place of what does not print.
func appendEscaped(b []byte, s string) []byte {
	if plainText(s) {
		return append(b, s...)
	}
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			b = fmt.Appendf(b, `\x%02x`, s[0])
		case printable(r):
			b = utf8.AppendRune(b, r)
		default:
			quoted := strconv.AppendQuoteRune(nil, r)
			b = append(b, quoted[1:len(quoted)-1]...)
		}
		s = s[size:]
	}
	return b
}

func plainText(s string) bool {
	for _, r := range s {
		if !printable(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// printable reports whether r moves nothing but the cursor, and that by what is seen.
func printable(r rune) bool { return strconv.IsPrint(r) }

// appendUTF16 appends r as JSON escapes.
func appendUTF16(b []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}

const (
	dim    = "\x1b[2m"
	plain  = "\x1b[0m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	green  = "\x1b[32m"
)

func levelColour(level slog.Level) string {
	switch {
	case level >= slog.LevelError:
		return red
	case level >= slog.LevelWarn:
		return yellow
	case level >= slog.LevelInfo:
		return green
	}
	return dim
}

func (h *textHandler) paint(b []byte, colour string) []byte {
	if !h.colour {
		return b
	}
	return append(b, colour...)
}
