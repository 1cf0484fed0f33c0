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
	options
	NoGet bool `help:"Do not ask the pages: only compile and start them."`
}

// Run prints every problem. It fails if one of them is an error.
func (c *checkCommand) Run(p *program) error {
	site, err := c.open()
	if err != nil {
		return err
	}
	report := &report{to: p.stdout}
	cfg := c.engineConfig()
	cfg.Dir, cfg.NoWatch, cfg.Lint, cfg.Logger = site.apps, true, report.lint, slog.New(slog.DiscardHandler)
	pages, err := engine.New(cfg)
	if err != nil {
		return err
	}
	defer pages.Close()
	files, err := c.checkConfig(site, report)
	if err != nil {
		return err
	}
	defer files.Close()
	errorsBefore := report.lines

	problems, warnings := pages.Check()
	for _, e := range problems {
		report.problem("", e)
	}
	for _, doubt := range c.bodyDoubts() {
		report.line("warning: %s", doubt)
	}
	for _, e := range warnings {
		report.problem("warning: ", e)
	}
	for _, conflict := range conflicts(pages, files) {
		report.line("%s: warning: %s answers %s, so this page is never asked there\n%s",
			conflict.hidden, conflict.by, conflict.url, indent("rename or remove one of the two"))
	}
	if files := site.outside(); len(files) > 0 {
		report.line("%s: warning: visitors do not get what lies beside html/\n%s", enumerate(files), indent("move it into html/, with what belongs to it"))
	}
	if len(c.Redirect) > 0 {
		for _, hidden := range findHiddenFiles(site.html, files, string(c.Spa)) {
			report.line("%s\n%s", hidden, indent("rename or remove one of the two"))
		}
	}
	if !c.NoGet {
		c.askAll(p.ctx, pages, report, problems)
	}
	report.printLints()
	bad := errorsBefore + len(problems)
	fmt.Fprintf(p.stdout, "%s, %s, %s\n", count(len(pages.Routes()), "page"), count(bad, "error"), count(report.lines-bad, "warning"))
	if bad > 0 {
		return errReported
	}
	return nil
}

// checkConfig prints what is wrong with wizgy.toml, and returns the server that the rest of it
// describes.
func (c *checkCommand) checkConfig(site *site, report *report) (*server.Server, error) {
	cfg := c.serverConfig()
	for _, problem := range c.fromFile.problems {
		report.line("%s", problem)
	}
	if err := c.tlsProblem(site.html, false); err != nil {
		report.line("%v", err)
	}
	cfg.Root, cfg.Logger = site.html, slog.New(slog.DiscardHandler)
	cfg.TLSCert, cfg.TLSKey = "", "" // nobody connects
	files, err := server.New(cfg)
	if err != nil {
		return nil, err
	}
	if missing := c.missingFallback(files); missing != "" {
		report.line("%s", missing)
	}
	return files, nil
}

// askAll asks every page that starts once, with GET, since some rules are about the answer.
func (c *checkCommand) askAll(ctx context.Context, pages *engine.Engine, report *report, broken []*engine.Error) {
	for _, route := range pages.Routes() {
		found, err := pages.Find(example(route.Pattern))
		if err != nil || slices.ContainsFunc(broken, func(e *engine.Error) bool { return slices.Contains(e.Pages(), found.Page) }) {
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
	const slack = time.Second // the page's own deadline comes first, and says more
	ctx, enough := context.WithTimeout(ctx, c.Timeout+slack)
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
	fmt.Fprintln(r.to, visibleLines(fmt.Sprintf(format, args...)))
}

// problem prints an error of a page, with what to do about it below.
func (r *report) problem(kind string, e *engine.Error) {
	text := fmt.Sprintf("%s: %s%s", visible(e.At()), kind, visible(e.Message))
	if e.Hint != "" {
		text += "\n" + indent(e.Hint)
	}
	if pages := e.Pages(); len(pages) > 0 && !slices.Contains(pages, e.File) {
		text += "\n" + indent("it is part of "+enumerate(pages))
	}
	if e.Frame() != "" {
		text += "\n" + indent(e.Frame())
	}
	if stack := e.Stack(); strings.Contains(stack, "\n") { // of one call the place says enough
		text += "\n" + indent(stack)
	}
	r.line("%s", text)
}

// failed prints that a page failed when it was asked.
func (r *report) failed(path string, err error) {
	var e *engine.Error
	if errors.As(err, &e) {
		r.problem("warning: GET "+visible(path)+" fails: ", e)
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
		r.line("%s: warning: %s [%s]", visible(l.Page), visible(l.Message), l.Rule)
	}
}
