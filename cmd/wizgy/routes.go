package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"

	"wizgy/engine"
	"wizgy/server"
)

type routesCommand struct {
	siteArgument
	options
	URL string `arg:"" optional:"" name:"url" help:"Tell who answers this URL, such as /blog/x, and why."`
}

// AfterApply looks whether the only argument is a URL: wizgy routes /blog/x. kong calls it.
func (c *routesCommand) AfterApply() error {
	if c.URL == "" && (strings.HasPrefix(c.Site, "/") || strings.Contains(c.Site, "://")) && !isFolder(c.Site) {
		c.Site, c.URL = ".", c.Site
	}
	return nil
}

// Run prints the routes, or who answers one URL.
func (c *routesCommand) Run(p *program) error {
	site, err := c.open()
	if err != nil {
		return err
	}
	if err := c.fromFile.err(); err != nil {
		return err
	}
	pages, err := engine.New(engine.Config{Dir: site.apps, NoWatch: true, NoStart: true, Logger: slog.New(warnings{slog.DiscardHandler, p.stderr})})
	if err != nil {
		return err
	}
	defer pages.Close()
	cfg := c.serverConfig()
	cfg.Root, cfg.Logger, cfg.NoAccessLog = site.html, slog.New(slog.DiscardHandler), true
	cfg.TLSCert, cfg.TLSKey = "", "" // nobody connects
	files, err := server.New(cfg)
	if err != nil {
		return err
	}
	defer files.Close()
	if c.URL != "" {
		return explain(p.stdout, pages, files, c.URL)
	}
	return c.table(p.stdout, site, pages, files)
}

// table prints the routes.
func (c *routesCommand) table(to io.Writer, site *site, pages *engine.Engine, files *server.Server) error {
	table := tabwriter.NewWriter(to, 0, 0, 3, ' ', 0)
	for _, r := range c.Redirect {
		printf(table, "%s\t%s\tredirect, before anything else\n", r.From, r.To)
	}
	for _, r := range pages.Routes() {
		printf(table, "%s\tapps/%s", r.Pattern, r.File)
		if by := hiddenBy(example(r.Pattern), files); by != "" && !strings.Contains(r.Pattern, "[") {
			printf(table, "\thidden by %s", by)
		}
		printf(table, "\n")
	}
	if isFolder(site.html) {
		printf(table, "/*\thtml/*\twhat is there comes first\n")
	}
	return table.Flush()
}

// explain prints who answers target, a path or a whole URL.
func explain(to io.Writer, pages *engine.Engine, files *server.Server, target string) error {
	u, err := url.Parse(target)
	if err != nil {
		return fmt.Errorf("%s is no URL: write a path such as /blog/x", target)
	}
	path := u.EscapedPath()
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	file, isFile := files.Lookup(path)
	redirectTo, redirect, isRedirect := files.RedirectOf(path)
	switch status := statusOf(files, path, ""); {
	case isRedirect:
		printf(to, "%s is answered with a redirect to %s (%d)\n  because of the redirect from \"%s\", and redirects come first\n", path, redirectTo, redirect.Status, redirect.From)
		return nil
	case isFile && strings.HasSuffix(file, "/"):
		printf(to, "%s is answered with a redirect to %s/\n  because html/%s has an index.html, and what is in html/ comes first\n", path, path, file)
		return nil
	case isFile:
		printf(to, "%s is answered by html/%s\n  because it exists, and what is in html/ comes first\n", path, file)
		return nil
	case status >= 400 && status != http.StatusNotFound:
		printf(to, "%s is refused: %d %s\n", path, status, http.StatusText(status))
		return nil
	}
	found, err := pages.Find(path)
	if errors.Is(err, fs.ErrNotExist) {
		explainFallback(to, files, path)
		return nil
	}
	if err != nil {
		return err
	}
	if found.Redirect {
		printf(to, "%s is answered with a redirect to %s/\n  because %s\n", path, path, found.Why)
		return nil
	}
	printf(to, "%s is answered by %s\n  because html/ has no such file, and %s\n", path, found.Page, found.Why)
	fmt.Fprintf(to, "  SCRIPT_NAME  %q\n  PATH_INFO    %q\n", found.ScriptName, found.PathInfo)
	for _, name := range slices.Sorted(maps.Keys(found.Params)) {
		fmt.Fprintf(to, "  params       %s = %q\n", visible(name), found.Params[name])
	}
	return nil
}

// explainFallback prints what becomes of a path that neither a file nor a page is named for.
func explainFallback(to io.Writer, files *server.Server, path string) {
	const because = "because html/ has no such file, and no page in apps/ is named for it"
	switch {
	case statusOf(files, path, "") == http.StatusOK:
		printf(to, "%s is answered with a list of the folder\n  %s, and browse is on\n", path, because)
	case statusOf(files, path, "") == http.StatusMovedPermanently:
		printf(to, "%s is answered with a redirect to %s/\n  %s, but it is a folder, and browse is on\n", path, path, because)
	case statusOf(files, path, "text/html") == http.StatusOK:
		printf(to, "%s is answered with the page of spa, if the client takes text/html\n  %s\n", path, because)
	default:
		page := ""
		if file, ok := nearestNotFound(files, path); ok {
			page = ", with html/" + file
		}
		printf(to, "%s is answered by nobody: 404%s\n  %s\n", path, page, because)
	}
}

// nearestNotFound returns the 404.html of the folder of path, or of one above.
func nearestNotFound(files *server.Server, path string) (file string, ok bool) {
	for {
		end := strings.LastIndexByte(path, '/')
		if end < 0 {
			return "", false
		}
		path = path[:end]
		if file, ok := files.Lookup(path + "/404.html"); ok {
			return file, true
		}
	}
}

// statusOf returns the status with which the server answers a path for which there is no page.
func statusOf(files *server.Server, path, accept string) int {
	u, err := url.Parse(path)
	if err != nil {
		return http.StatusBadRequest
	}
	w := &headOnly{header: http.Header{}}
	files.ServeHTTP(w, &http.Request{Method: http.MethodHead, URL: u, Header: http.Header{"Accept": {accept}}, RequestURI: path})
	return w.status
}

// headOnly is a client that wants to know the status.
type headOnly struct {
	header http.Header
	status int
}

func (w *headOnly) Header() http.Header         { return w.header }
func (w *headOnly) Write(b []byte) (int, error) { return len(b), nil }

func (w *headOnly) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// warnings prints what an engine warns of, one a line.
type warnings struct {
	slog.Handler
	to io.Writer
}

func (w warnings) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

func (w warnings) Handle(_ context.Context, r slog.Record) error {
	_, err := fmt.Fprintf(w.to, "wizgy: warning: %s\n", visible(r.Message))
	return err
}
