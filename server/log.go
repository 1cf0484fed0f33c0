package server

import (
	"context"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// NewLogger returns a logger that writes to w, from level Info on, one line per record whatever
// the record holds: control characters, invalid UTF-8 and characters that turn the direction of
// text are escaped. Only at a terminal a record may go on in more lines, each with a mark in front.
//
// The format "json" is that of slog.JSONHandler, with durations in nanoseconds. The format
// "text" is for people: time, level, message, attributes; at a terminal the time is HH:MM:SS,
// and there are colours unless NO_COLOR is set. Any other format, such as "", is text at a
// terminal and JSON elsewhere.
func NewLogger(w io.Writer, format string) *slog.Logger {
	terminal := isTerminal(w)
	if format == "text" || format != "json" && terminal {
		return slog.New(newTextHandler(w, terminal))
	}
	return slog.New(newJSONHandler(w))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Bounds for what one error adds to the log, in bytes after escaping: a line stays below 8 KiB.
const (
	maxLoggedPath  = 1 << 10
	maxLoggedError = 2 << 10
	maxLoggedStack = 7 << 9
)

// logError writes the one line about err. It is the only place where errors of requests are
// logged.
func (s *Server) logError(level slog.Level, w *recorder, r *http.Request, status int, err error) {
	ctx := r.Context()
	if !s.log.Enabled(ctx, level) {
		return
	}
	d := detailsOf(err)
	attrs := []slog.Attr{
		slog.String("error", clip(d.Message, maxLoggedError)),
		slog.Int("status", status),
		slog.String("method", clip(visibleASCII(r.Method), 64)),
		slog.String("path", clip(loggedPath(r), maxLoggedPath)),
	}
	if where := d.Where(); where != "" {
		attrs = append(attrs, slog.String("at", clip(where, 256)))
	}
	if w.page != "" {
		attrs = append(attrs, slog.String("page", clip(w.page, 256)))
	}
	attrs = append(attrs, slog.Uint64("request", w.id))
	if d.Frame != "" && onTerminal(s.log) {
		attrs = append(attrs, slog.String(frameKey, d.Frame))
	}
	if d.Stack != "" {
		attrs = append(attrs, slog.String("stack", clip(d.Stack, maxLoggedStack)))
	}
	s.log.LogAttrs(ctx, level, "request failed", attrs...)
}

// loggedPath is the path as the client sent it, without the query, which may hold secrets.
func loggedPath(r *http.Request) string {
	path := r.RequestURI
	if path == "" { // r was not read from a connection
		path = r.URL.EscapedPath()
	}
	path, _, _ = strings.Cut(path, "?")
	return visibleASCII(path)
}

// clip cuts s where it would need more than limit bytes in a log line.
func clip(s string, limit int) string {
	used := 0
	for i, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '"' || r == '\\':
			used += 2
		case !printable(r) || r == utf8.RuneError:
			used += 12 // two escaped UTF-16 units at most
		default:
			used += utf8.RuneLen(r)
		}
		if used > limit {
			return s[:i] + "…"
		}
	}
	return s
}

// newErrorLog gives net/http a place for what it has to say about connections.
func newErrorLog(h slog.Handler) *log.Logger { return log.New(connectionLog{slog.New(h)}, "", 0) }

type connectionLog struct{ log *slog.Logger }

func (c connectionLog) Write(p []byte) (int, error) {
	level := slog.LevelWarn
	// Port scanners and wrong clients make these, all day long. net/http gives nothing but text.
	if strings.HasPrefix(string(p), "http: TLS handshake error") {
		level = slog.LevelDebug
	}
	c.log.LogAttrs(context.Background(), level, strings.TrimSpace(string(p)))
	return len(p), nil
}

// jsonEscaper escapes what [slog.JSONHandler] leaves in its strings although terminals act on
// it: DEL, C1 controls, bidirectional controls, every other character that does not print.
// Such characters stand in strings only, so the escaped line means the same.
type jsonEscaper struct{ w io.Writer }

func (e jsonEscaper) Write(p []byte) (int, error) {
	i := 0
	for i < len(p) && (p[i] < utf8.RuneSelf && p[i] != 0x7f) {
		i++
	}
	if i == len(p) {
		return e.w.Write(p)
	}
	b := append(make([]byte, 0, len(p)+64), p[:i]...)
	for rest := p[i:]; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == '\n': // the end of the record
			b = append(b, '\n')
		case printable(r) && (r != utf8.RuneError || size > 1):
			b = append(b, rest[:size]...)
		default:
			b = appendUTF16(b, r)
		}
		rest = rest[size:]
	}
	if _, err := e.w.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}
