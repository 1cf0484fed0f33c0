package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"

	"wizgy/engine"
	"wizgy/server"
)

type routesCommand struct {
	siteArgument
	URL string `arg:"" optional:"" name:"url" help:"Tell who answers this URL, such as /blog/x, and why."`
}

// Run prints the routes, or who answers one URL.
func (c *routesCommand) Run(p *program) error {
	if c.URL == "" && strings.HasPrefix(c.Site, "/") && !isFolder(c.Site) {
		c.Site, c.URL = ".", c.Site // wizgy routes /blog/x
	}
	site, err := c.open()
	if err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	pages, err := engine.New(engine.Config{Dir: site.apps, NoWatch: true, Logger: quiet, NoStart: true})
	if err != nil {
		return err
	}
	defer pages.Close()
	files, err := server.New(server.Config{Root: site.html, Logger: quiet})
	if err != nil {
		return err
	}
	defer files.Close()
	if c.URL != "" {
		return explain(p.stdout, pages, files, c.URL)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
	for _, r := range pages.Routes() {
		note := ""
		if file, ok := files.Lookup(r.Pattern); ok && !strings.Contains(r.Pattern, "[") {
			note = "\thidden by html/" + file
		}
		fmt.Fprintf(table, "%s\tapps/%s%s\n", r.Pattern, r.File, note)
	}
	if isFolder(site.html) {
		fmt.Fprintf(table, "/*\thtml/*\twhat is there comes first\n")
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
	if file, ok := files.Lookup(path); ok {
		fmt.Fprintf(to, "%s is answered by html/%s\n  because it exists, and what is in html/ comes first\n", path, file)
		return nil
	}
	found, err := pages.Find(path)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(to, "%s is answered by nobody: 404\n  because html/ has no such file, and no page in apps/ is named for it\n", path)
		return nil
	}
	if err != nil {
		return err
	}
	if found.Redirect {
		fmt.Fprintf(to, "%s is answered with a redirect to %s/\n  because %s\n", path, path, found.Why)
		return nil
	}
	fmt.Fprintf(to, "%s is answered by %s\n  because html/ has no such file, and %s\n", path, found.Page, found.Why)
	fmt.Fprintf(to, "  SCRIPT_NAME  %q\n  PATH_INFO    %q\n", found.ScriptName, found.PathInfo)
	for _, name := range slices.Sorted(maps.Keys(found.Params)) {
		fmt.Fprintf(to, "  params       %s = %q\n", name, found.Params[name])
	}
	return nil
}
