package server

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"
)

// accessLine is what is logged of a request that is over.
type accessLine struct {
	time       time.Time
	method     string
	path       string
	status     int
	bytes      int64
	duration   time.Duration
	page       string
	file       string
	request    uint64
	generation uint64
	remote     string
	aborted    bool
}

// accessHandler is a [slog.Handler] that has a short way for access lines: what comes out is as if
// it had been given the record. There is one line for each request, and a record costs five times
// as much.
type accessHandler interface {
	handleAccess(accessLine)
}

// logAccess writes the line of a request that is over.
func (s *Server) logAccess(w *recorder, r *http.Request, start time.Time) {
	h, ctx := s.log.Handler(), r.Context()
	if !h.Enabled(ctx, slog.LevelInfo) {
		return
	}
	duration := time.Since(start) // which costs half of what time.Now does
	line := accessLine{
		time: start.Add(duration), method: visibleASCII(r.Method), path: loggedPath(r), status: w.status, bytes: w.bytes, duration: duration,
		page: w.page, file: w.file, request: w.id, generation: w.generation, remote: r.RemoteAddr, aborted: w.aborted,
	}
	if line.status == 0 && !w.aborted && !w.hijacked {
		line.status = http.StatusOK // net/http sends it when a handler sends nothing
	}
	if a, ok := h.(accessHandler); ok {
		a.handleAccess(line)
		return
	}
	_ = h.Handle(ctx, line.record())
}

// record returns the line as a record. It is made by hand because the line of code that made it
// is of no interest.
func (l *accessLine) record() slog.Record {
	record := slog.NewRecord(l.time, slog.LevelInfo, "request", 0)
	attrs := append(make([]slog.Attr, 0, 11),
		slog.String("method", l.method),
		slog.String("path", l.path),
		slog.Int("status", l.status),
		slog.Int64("bytes", l.bytes),
		slog.Duration("duration", l.duration),
	)
	if l.page != "" {
		attrs = append(attrs, slog.String("page", l.page))
	}
	if l.file != "" {
		attrs = append(attrs, slog.String("file", l.file))
	}
	attrs = append(attrs, slog.Uint64("request", l.request), slog.Uint64("generation", l.generation), slog.String("remote", l.remote))
	if l.aborted {
		attrs = append(attrs, slog.Bool("aborted", true))
	}
	record.AddAttrs(attrs...)
	return record
}

// handleAccess implements [accessHandler].
func (h *textHandler) handleAccess(l accessLine) {
	line := lines.Get().(*[]byte)
	defer lines.Put(line)
	b := h.appendTime((*line)[:0], l.time)
	b = append(b, ' ')
	b = h.appendLevel(b, slog.LevelInfo)
	b = append(b, " request"...)
	b = append(b, h.attrs...)
	b = appendQuoted(h.appendKey(b, "method"), l.method)
	b = appendQuoted(h.appendKey(b, "path"), l.path)
	b = strconv.AppendInt(h.appendKey(b, "status"), int64(l.status), 10)
	b = strconv.AppendInt(h.appendKey(b, "bytes"), l.bytes, 10)
	b = appendDuration(h.appendKey(b, "duration"), threeDigits(l.duration))
	if l.page != "" {
		b = appendQuoted(h.appendKey(b, "page"), l.page)
	}
	if l.file != "" {
		b = appendQuoted(h.appendKey(b, "file"), l.file)
	}
	b = strconv.AppendUint(h.appendKey(b, "request"), l.request, 10)
	b = strconv.AppendUint(h.appendKey(b, "generation"), l.generation, 10)
	b = appendQuoted(h.appendKey(b, "remote"), l.remote)
	if l.aborted {
		b = append(h.appendKey(b, "aborted"), "true"...)
	}
	b = append(b, '\n')
	*line = b
	_, _ = h.out.Write(b)
}

// jsonHandler is a [slog.JSONHandler] with a short way for access lines.
type jsonHandler struct {
	slog.Handler
	out  *lockedWriter
	time *secondClock
}

func newJSONHandler(w io.Writer) *jsonHandler {
	out := &lockedWriter{w: w}
	return &jsonHandler{slog.NewJSONHandler(jsonEscaper{out}, &slog.HandlerOptions{ReplaceAttr: withoutFrame}), out, &secondClock{layout: "2006-01-02T15:04:05"}}
}

// handleAccess implements [accessHandler].
func (h *jsonHandler) handleAccess(l accessLine) {
	line := lines.Get().(*[]byte)
	defer lines.Put(line)
	b := append((*line)[:0], `{"time":"`...)
	second := h.time.at(l.time)
	b = appendFraction(append(b, second.text...), l.time.Nanosecond())
	b = append(b, second.zone...)
	b = append(b, `","level":"INFO","msg":"request","method":`...)
	b = appendJSON(b, l.method)
	b = appendJSON(append(b, `,"path":`...), l.path)
	b = strconv.AppendInt(append(b, `,"status":`...), int64(l.status), 10)
	b = strconv.AppendInt(append(b, `,"bytes":`...), l.bytes, 10)
	b = strconv.AppendInt(append(b, `,"duration":`...), int64(l.duration), 10)
	if l.page != "" {
		b = appendJSON(append(b, `,"page":`...), l.page)
	}
	if l.file != "" {
		b = appendJSON(append(b, `,"file":`...), l.file)
	}
	b = strconv.AppendUint(append(b, `,"request":`...), l.request, 10)
	b = strconv.AppendUint(append(b, `,"generation":`...), l.generation, 10)
	b = appendJSON(append(b, `,"remote":`...), l.remote)
	if l.aborted {
		b = append(b, `,"aborted":true`...)
	}
	b = append(b, "}\n"...)
	*line = b
	_, _ = h.out.Write(b)
}

// appendJSON appends s as a JSON string, as [jsonEscaper] leaves it.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for {
		n := plainJSON(s)
		b = append(b, s[:n]...)
		if n == len(s) {
			return append(b, '"')
		}
		r, size := utf8.DecodeRuneInString(s[n:])
		b = appendJSONRune(b, r, size)
		s = s[n+size:]
	}
}

// plainJSON returns how many bytes of s, from the first on, stand for themselves in JSON. Of those
// that are not ASCII it knows nothing.
func plainJSON(s string) int {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return i
		}
	}
	return len(s)
}

func appendJSONRune(b []byte, r rune, size int) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(b, '\\', byte(r))
	case r == '\n':
		return append(b, '\\', 'n')
	case r == '\r':
		return append(b, '\\', 'r')
	case r == '\t':
		return append(b, '\\', 't')
	case printable(r) && (r != utf8.RuneError || size > 1):
		return utf8.AppendRune(b, r)
	}
	return appendUTF16(b, r)
}
