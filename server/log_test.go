package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/slogtest"
	"time"
	"unicode"
	"unicode/utf8"
)

// hostile is what a request or a page may want to write into a log.
var hostile = []string{
	"a\r\nINFO forged", "\x1b[2J", "\x00\x07\x08", "\x7f", "\u0085", "\u009b31m", "\u2028\u2029", "\u202e\u2066", "\ufeff", "\xff\xc3", "\u200b",
	"\xef\xbf", "\U000e0001",
}

func TestRecordIsOneHarmlessLine(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		for _, s := range hostile {
			var out bytes.Buffer
			log := NewLogger(&out, format)
			log.With("with", s).WithGroup("group").Error("msg "+s, "key"+s, s, "err", errors.New(s), "any", []string{s}, "map", map[string]string{"k": s})
			line, last, _ := strings.Cut(out.String(), "\n")
			if last != "" || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) || !utf8.ValidString(line) {
				t.Errorf("%s of %q: %q", format, s, out.String())
			}
			if format == "json" && !json.Valid(out.Bytes()) {
				t.Errorf("not JSON: %s", out.String())
			}
		}
	}
}

func TestJSONKeepsWhatWasLogged(t *testing.T) {
	for _, s := range append(hostile, "plain", "café 日本 😀", `"\`) {
		var out bytes.Buffer
		NewLogger(&out, "json").Info("m", "key", s)
		var record struct{ Key string }
		must(t, json.Unmarshal(out.Bytes(), &record))
		if record.Key != s && utf8.ValidString(s) {
			t.Errorf("%q came back as %q", s, record.Key)
		}
	}
}

func TestTextIsForPeople(t *testing.T) {
	var out bytes.Buffer
	t.Setenv("NO_COLOR", "1")
	log := slog.New(newTextHandler(&out, true))
	log.Warn("hello, 世界 a=b", "word", "x", "two", "a b", "took", 1234567*time.Nanosecond, "n", 7, "none", "", "eq", "a=b")
	stamp, rest, _ := strings.Cut(out.String(), " ")
	if _, err := time.Parse(time.TimeOnly, stamp); err != nil {
		t.Error(err)
	}
	want := `WARN  hello, 世界 a=b word=x two="a b" took=1.23ms n=7 none="" eq="a=b"` + "\n"
	if rest != want {
		t.Errorf("got  %s want %s", rest, want)
	}
}

// TestTerminalShowsLinesOfTheirOwn has what takes several lines below the line of the record, where it
// can be taken for nothing else.
func TestTerminalShowsLinesOfTheirOwn(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	for name, c := range map[string]struct {
		log  func(*slog.Logger)
		want string
	}{
		"one line":       {func(l *slog.Logger) { l.Info("hello", "at", "apps/a.js:1:2") }, "INFO  hello at=apps/a.js:1:2\n"},
		"several lines":  {func(l *slog.Logger) { l.With("page", "apps/a.js").Info("┌─┐\n│1│\n└─┘") }, "INFO  page=apps/a.js\n  │ ┌─┐\n  │ │1│\n  │ └─┘\n"},
		"stack":          {func(l *slog.Logger) { l.Error("failed", "stack", "at a\n    at b", "n", 1) }, "ERROR failed n=1\n  │ at a\n  │     at b\n"},
		"stack, one":     {func(l *slog.Logger) { l.Error("failed", "stack", "at a") }, "ERROR failed\n  │ at a\n"},
		"frame":          {func(l *slog.Logger) { l.Error("failed", "frame", "> 1 | \tx\n    | \t^") }, "ERROR failed\n  │ > 1 | \tx\n  │     | \t^\n"},
		"long error":     {func(l *slog.Logger) { l.Error("failed", "error", "one\ntwo", "status", 500) }, "ERROR failed status=500\n  │ one\n  │ two\n"},
		"forged":         {func(l *slog.Logger) { l.Info("a\r\n12:00:00 INFO  forged\x1b[2J\u202e\xff\n") }, "INFO \n  │ a\\r\n  │ 12:00:00 INFO  forged\\x1b[2J\\u202e\\xff\n"},
		"from a client":  {func(l *slog.Logger) { l.Info("request", "path", "/a\nforged") }, `INFO  request path="/a\nforged"` + "\n"},
		"in a group":     {func(l *slog.Logger) { l.WithGroup("g").Info("m", "stack", "a\nb") }, "INFO  m\n  │ a\n  │ b\n"},
		"a line of a CR": {func(l *slog.Logger) { l.Info("a\rb") }, `INFO  a\rb` + "\n"},
	} {
		var out bytes.Buffer
		c.log(slog.New(newTextHandler(&out, true)))
		if _, got, _ := strings.Cut(out.String(), " "); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", name, got, c.want)
		}
	}
}

func TestTextHandlerKeepsTheRulesOfSlog(t *testing.T) {
	var out bytes.Buffer
	slogtest.Run(t, func(*testing.T) slog.Handler {
		out.Reset()
		return newTextHandler(&out, false)
	}, func(t *testing.T) map[string]any { return parseText(t, out.String()) })
}

// parseText turns "date time LEVEL message words a=b g.c=d" into what slogtest expects.
func parseText(t *testing.T, line string) map[string]any {
	m := map[string]any{}
	words := strings.Fields(line)
	if _, err := time.Parse("2006-01-02", words[0]); err == nil {
		m[slog.TimeKey], words = words[0]+words[1], words[2:]
	}
	m[slog.LevelKey], m[slog.MessageKey] = words[0], words[1]
	for _, word := range words[2:] {
		key, value, _ := strings.Cut(word, "=")
		if unquoted, err := strconv.Unquote(value); err == nil {
			value = unquoted
		}
		in := m
		for group, rest, more := strings.Cut(key, "."); more; group, rest, more = strings.Cut(rest, ".") {
			if in[group] == nil {
				in[group] = map[string]any{}
			}
			in, key = in[group].(map[string]any), rest
		}
		in[key] = value
	}
	return m
}

func TestFormatIsChosenByWhereTheLogGoes(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	must(t, err)
	defer file.Close()
	NewLogger(file, "").Info("hello")
	NewLogger(file, "text").Info("hello")
	got, err := os.ReadFile(file.Name())
	must(t, err)
	first, second, _ := strings.Cut(string(got), "\n")
	if !json.Valid([]byte(first)) || !strings.HasSuffix(second, " INFO  hello\n") {
		t.Errorf("in a file: %s", got)
	}
}

func TestDurationsHaveThreeDigits(t *testing.T) {
	for in, want := range map[time.Duration]string{
		0: "0s", 999: "999ns", 1234: "1.23µs", 12345: "12.3µs", 123456: "123µs", 1234567: "1.23ms",
		12345678901: "12.3s", 90 * time.Second: "1m30s", 1<<63 - 1: "2562047h47m16.854775807s",
	} {
		if got := threeDigits(in).String(); got != want && in < 1<<62 {
			t.Errorf("%d: %s, want %s", in, got, want)
		}
	}
}

func TestAccessLineOfAHostilePathIsOneLine(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		logs := &logBuffer{}
		s, _ := newServer(t, Config{Logger: NewLogger(logs, format), Pages: echoPage})
		addr := serve(t, s)
		for _, path := range []string{"/%0d%0a%1b[2J", "/\xff\xc2\x85\xe2\x80\xa8", "/\"quoted\"", "/a?b\xff"} {
			exchange(t, addr, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		}
		eventually(t, "four lines", func() bool { return strings.Count(logs.String(), "\n") >= 4 })
		for line := range strings.Lines(logs.String()) {
			if !strings.Contains(line, "request") || strings.ContainsFunc(strings.TrimSuffix(line, "\n"), func(r rune) bool { return r < ' ' || r > '~' }) && format == "json" {
				t.Errorf("line %q", line)
			}
		}
		if strings.Count(logs.String(), "\n") != 4 {
			t.Errorf("%d lines, want 4:\n%s", strings.Count(logs.String(), "\n"), logs)
		}
	}
}

func TestAccessLogCanBeTurnedOff(t *testing.T) {
	s, logs := newServer(t, Config{NoAccessLog: true, Pages: echoPage})
	do(s, "GET", "/")
	if logs.String() != "" {
		t.Errorf("log: %s", logs)
	}
}

func TestNoiseOfConnectionsIsQuiet(t *testing.T) {
	var out bytes.Buffer
	log := newErrorLog(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	log.Print("http: TLS handshake error from 192.0.2.1:1: EOF")
	log.Print("http: Accept error: too many open files; retrying in 5ms")
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], "level=DEBUG") || !strings.Contains(lines[1], "level=WARN") {
		t.Errorf("log:\n%s", out.String())
	}
}

func TestLinesAroundAPlaceAreForTheTerminalOnly(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		NewLogger(&out, format).Error("apps/a.js:1:1: wrong", "page", "apps/a.js", "frame", "> 1 | let = ;", "last", 1)
		if got := out.String(); strings.Contains(got, "let =") || !strings.Contains(got, "last") {
			t.Errorf("%s: %s", format, got)
		}
	}
}
