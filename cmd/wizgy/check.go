package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"wizgy/engine"
	"wizgy/server"
)

type checkCommand struct {
	siteArgument
	NoGet   bool              `help:"Do not ask the pages: only compile and start them."`
	Timeout time.Duration     `default:"5s" help:"How long a page may take to start, and to begin its answer (${default})."`
	Set     map[string]string `placeholder:"NAME=VALUE" mapsep:"\n" help:"A variable that every page finds in environ; may be repeated."`
}

// Validate checks what the types do not. kong calls it.
func (c *checkCommand) Validate() error {
	if c.Timeout <= 0 {
		return fmt.Errorf("--timeout must be longer than nothing, such as 5s, got %v", c.Timeout)
	}
	return nil
}

// Run prints every problem. It fails if one of them is an error.
func (c *checkCommand) Run(p *program) error {
	site, err := c.open()
	if err != nil {
		return err
	}
	report := &report{to: p.stdout}
	pages, err := engine.New(engine.Config{
		Dir: site.apps, NoWatch: true, Timeout: c.Timeout, Environ: c.Set, Lint: report.lint,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	defer pages.Close()
	files, err := server.New(server.Config{Root: site.html, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer files.Close()

	problems, warnings := pages.Check()
	for _, e := range problems {
		report.problem("", e)
	}
	for _, e := range warnings {
		report.problem("warning: ", e)
	}
	for _, conflict := range conflicts(pages, files) {
		report.line("apps/%s: warning: html/%s answers %s, so this page is never asked there\n%s",
			conflict.page, conflict.file, conflict.url, indent("rename or remove one of the two"))
	}
	if !c.NoGet {
		c.askAll(p.ctx, pages, report, problems)
	}
	report.printLints()
	fmt.Fprintf(p.stdout, "%s, %s, %s\n", count(len(pages.Routes()), "page"), count(len(problems), "error"), count(report.lines-len(problems), "warning"))
	if len(problems) > 0 {
		return errReported
	}
	return nil
}

// askAll asks every page that starts once, with GET, since some rules are about the answer.
func (c *checkCommand) askAll(ctx context.Context, pages *engine.Engine, report *report, broken []*engine.Error) {
	for _, route := range pages.Routes() {
		found, err := pages.Find(example(route.Pattern))
		if err != nil || slices.ContainsFunc(broken, func(e *engine.Error) bool { return e.File == found.Page }) {
			continue
		}
		if err := c.ask(ctx, pages, example(route.Pattern)); err != nil {
			report.failed(example(route.Pattern), err)
		}
	}
}

// example returns a path for a pattern: /blog/[slug] is asked as /blog/slug.
func example(pattern string) string {
	path := strings.NewReplacer("[...", "", "[", "", "]", "").Replace(pattern)
	return (&url.URL{Path: path}).EscapedPath()
}

// ask sends a GET to the page at path, up to the first piece of its body.
func (c *checkCommand) ask(ctx context.Context, pages *engine.Engine, path string) error {
	ctx, enough := context.WithTimeout(ctx, c.Timeout)
	defer enough()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path, nil)
	if err != nil {
		return err
	}
	r.RequestURI, r.RemoteAddr = path, "127.0.0.1:0"
	w := &firstPiece{header: http.Header{}, enough: enough}
	err = pages.ServePage(w, r)
	if err != nil && errors.Is(err, context.Canceled) && w.begun {
		return nil // we left
	}
	return err
}

// firstPiece is a client that leaves when the first piece of the body is there.
type firstPiece struct {
	header http.Header
	begun  bool
	enough context.CancelFunc
}

func (w *firstPiece) Header() http.Header         { return w.header }
func (w *firstPiece) WriteHeader(int)             {}
func (w *firstPiece) Write(b []byte) (int, error) { w.begun = true; return len(b), nil }

// Flush is called after each piece.
func (w *firstPiece) Flush() { w.enough() }

// report prints findings.
type report struct {
	to    io.Writer
	lines int

	mu    sync.Mutex
	lints []engine.Lint
}

// line prints one finding.
func (r *report) line(format string, args ...any) {
	r.lines++
	fmt.Fprintf(r.to, format+"\n", args...)
}

// problem prints an error of a page, with what to do about it below.
func (r *report) problem(kind string, e *engine.Error) {
	text := fmt.Sprintf("%s: %s%s", e.At(), kind, e.Message)
	if e.Hint != "" {
		text += "\n" + indent(e.Hint)
	}
	if e.Frame() != "" {
		text += "\n" + indent(e.Frame())
	}
	r.line("%s", text)
}

// failed prints that a page failed when it was asked.
func (r *report) failed(path string, err error) {
	var e *engine.Error
	if errors.As(err, &e) {
		r.problem("warning: GET "+path+" fails: ", e)
		return
	}
	r.line("warning: GET %s fails: %v", path, err)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func indent(text string) string {
	var b bytes.Buffer
	for line := range strings.Lines(text) {
		if line != "\n" {
			line = "    " + line
		}
		b.WriteString(line)
	}
	return b.String()
}

// lint notes a breach of a rule.
func (r *report) lint(l engine.Lint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lints = append(r.lints, l)
}

// printLints prints the breaches, by page.
func (r *report) printLints() {
	slices.SortFunc(r.lints, func(a, b engine.Lint) int { return strings.Compare(a.String(), b.String()) })
	for _, l := range r.lints {
		r.line("%s: warning: %s [%s]", l.Page, l.Message, l.Rule)
	}
}
