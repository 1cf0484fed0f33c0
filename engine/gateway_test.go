package engine

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the gateway answers into the cases of testdata/gateway")

// TestGateway runs the cases of testdata/gateway. A case is a site and what goes over the wire:
//
//	config      optional: timeout DURATION, maxbody BYTES, environ NAME=VALUE
//	*.js, *.ts  the pages
//	request     what a client sends on a connection; \n becomes CR LF, \xNN a byte
//	response    what it gets, with DATE for the date; [closed] if the connection is then closed
//	            where a response should go on
//	log         optional: the lines that are logged, ... for any text
//	lint        optional: the breaches of PEP 3333 that are reported
//
// There may be several requests, each with its response. Without anybody to report breaches to,
// pages run with shortcuts, which must not show.
func TestGateway(t *testing.T) {
	files, err := filepath.Glob("testdata/gateway/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if limited := bytes.Contains(named(archive.Files, "config"), []byte("timeout")); *update || !limited {
				runCases(t, file, 1)
				return
			}
			atSomePace(t, func(t testing.TB, slower time.Duration) { runCases(t, file, slower) })
		})
	}
}

func runCases(t testing.TB, file string, slower time.Duration) {
	runCase(t, file, slower, true)
	if !*update {
		runCase(t, file, slower, false)
	}
}

// runCase runs a case; its timeout lasts longer by a factor.
func runCase(t testing.TB, file string, slower time.Duration, linted bool) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lint lintLines
	var cfg Config
	if linted {
		cfg.Lint = lint.add
	} else {
		archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "lint" })
	}
	maxBody := int64(1 << 20)
	pages := map[string]string{}
	for _, f := range archive.Files {
		switch f.Name {
		case "config":
			configure(t, &cfg, &maxBody, string(f.Data))
		case "request", "response", "log", "lint":
		default:
			pages[f.Name] = string(f.Data)
		}
	}
	var busy sync.WaitGroup
	scaled := cfg
	scaled.Timeout *= slower
	s := serve(t, scaled, pages, func(next http.Handler) http.Handler {
		next = http.MaxBytesHandler(next, maxBody)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			busy.Add(1)
			defer busy.Done()
			next.ServeHTTP(w, r)
		})
	})
	s.Check()
	s.background.Wait() // the pages are loaded: what that logs comes first
	var got []txtar.File
	for _, f := range archive.Files {
		switch f.Name {
		case "response", "log", "lint":
			continue
		}
		got = append(got, f)
		if f.Name == "request" {
			got = append(got, txtar.File{Name: "response", Data: exchange(s, string(f.Data), &busy)})
		}
	}
	s.srv.Close() // waits for the requests
	if lines := strings.ReplaceAll(s.log.String(), (slower * cfg.Timeout).String(), cfg.Timeout.String()); lines != "" {
		got = append(got, txtar.File{Name: "log", Data: []byte(lines + "\n")})
	}
	if lines := lint.String(); lines != "" {
		got = append(got, txtar.File{Name: "lint", Data: []byte(lines)})
	}
	compare(t, file, archive, got)
}

func configure(t testing.TB, cfg *Config, maxBody *int64, text string) {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		var err error
		switch key {
		case "timeout":
			cfg.Timeout, err = time.ParseDuration(value)
		case "maxbody":
			*maxBody, err = strconv.ParseInt(value, 10, 64)
		case "environ":
			if cfg.Environ == nil {
				cfg.Environ = map[string]string{}
			}
			name, v, _ := strings.Cut(value, "=")
			cfg.Environ[name] = v
		default:
			err = fmt.Errorf("unknown setting %s", key)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

var (
	requestLine = regexp.MustCompile(`(?m)([A-Z]+) \S+ HTTP/1\.[01]$`)
	escape      = regexp.MustCompile(`\\x[0-9a-f]{2}`)
	dateLine    = regexp.MustCompile(`(?m)^Date: [A-Z][a-z]{2}, \d\d .* GMT\r$`)
)

// exchange sends requests on one connection and returns what comes back. A page may go on for a
// while when its answer has arrived: the client stays until none is busy.
func exchange(s *served, request string, busy *sync.WaitGroup) []byte {
	if !strings.HasSuffix(request, "\n\n") {
		request = strings.TrimSuffix(request, "\n") // the end of a body
	}
	methods := requestLine.FindAllStringSubmatch(request, -1)
	c := s.dial()
	defer c.Close()
	defer busy.Wait()
	request = strings.ReplaceAll(request, "\n", "\r\n")
	request = escape.ReplaceAllStringFunc(request, func(s string) string {
		n, _ := strconv.ParseUint(s[2:], 16, 8)
		return string([]byte{byte(n)})
	})
	c.send(request)
	var wire bytes.Buffer
	in := bufio.NewReader(io.TeeReader(c, &wire))
	for _, m := range methods {
		if err := readResponse(in, m[1]); err != nil {
			return append(readable(wire.Bytes()), "[closed]\n"...)
		}
	}
	return readable(wire.Bytes())
}

// readResponse reads one response to the end.
func readResponse(in *bufio.Reader, method string) error {
	for {
		resp, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			return err
		}
		if _, err = io.Copy(io.Discard, resp.Body); err != nil {
			return err
		}
		if resp.StatusCode != http.StatusContinue {
			return nil
		}
	}
}

// readable makes text of what came over the wire: lines end in \n, other control characters and
// what is not UTF-8 become \xNN.
func readable(wire []byte) []byte {
	wire = dateLine.ReplaceAll(wire, []byte("Date: DATE\r"))
	wire = bytes.ReplaceAll(wire, []byte("\r\n"), []byte("\n"))
	var out []byte
	for len(wire) > 0 {
		r, size := utf8.DecodeRune(wire)
		if size == 1 && (r == utf8.RuneError || r == 0x7f || r < ' ' && r != '\n') {
			out = fmt.Appendf(out, `\x%02x`, wire[0])
		} else {
			out = append(out, wire[:size]...)
		}
		wire = wire[size:]
	}
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	return out
}

// compare compares a case with what was got, or rewrites it.
func compare(t testing.TB, file string, want *txtar.Archive, got []txtar.File) {
	if *update {
		for i, f := range got {
			if old := named(want.Files, f.Name); f.Name == "log" && old != nil && sameLines(string(old), string(f.Data)) {
				got[i].Data = old // with its patterns
			}
		}
		if err := os.WriteFile(file, txtar.Format(&txtar.Archive{Comment: want.Comment, Files: got}), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(got) != len(want.Files) {
		t.Errorf("the case has %d sections, want %d", len(want.Files), len(got))
	}
	for i, g := range got {
		var w txtar.File
		if i < len(want.Files) {
			w = want.Files[i]
		}
		same := bytes.Equal(w.Data, g.Data)
		if g.Name == "log" {
			same = sameLines(string(w.Data), string(g.Data))
		}
		if w.Name != g.Name || !same {
			t.Errorf("section %s: got\n%s\nwant section %s:\n%s", g.Name, g.Data, w.Name, w.Data)
		}
	}
}

func named(files []txtar.File, name string) []byte {
	for _, f := range files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// sameLines compares lines with patterns, in which ... stands for any text.
func sameLines(patterns, lines string) bool {
	var re strings.Builder
	re.WriteString("^(?s:")
	for i, literal := range strings.Split(patterns, "...") {
		if i > 0 {
			re.WriteString(".*")
		}
		re.WriteString(regexp.QuoteMeta(literal))
	}
	re.WriteString(")$")
	return regexp.MustCompile(re.String()).MatchString(lines)
}

// lintLines keeps what Config.Lint is told.
type lintLines struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (l *lintLines) add(found Lint) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(&l.lines, found)
}

func (l *lintLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}
