package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"wizgy/engine"
	"wizgy/server"
)

// siteArgument is the argument that every command has.
type siteArgument struct {
	Site   string `arg:"" optional:"" default:"." help:"The site's folder, which has html/ or apps/ or both."`
	Config string `placeholder:"FILE" help:"Read options from here, and not from wizgy.toml in the site's folder."`
}

// site is a site on disk.
type site struct {
	dir, html, apps string
}

// open finds the site, of which a half may be missing.
func (a siteArgument) open() (*site, error) {
	info, err := os.Stat(a.Site)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, a.missing()
	case err != nil:
		return nil, fmt.Errorf("cannot open the site: %w: let the user as whom wizgy runs read the folder", err)
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file: %s", a.Site, a.isFile())
	}
	dir, err := filepath.Abs(a.Site)
	if err != nil {
		return nil, fmt.Errorf("cannot open the site: %w", err)
	}
	s := &site{dir: dir, html: filepath.Join(dir, "html"), apps: filepath.Join(dir, "apps")}
	for _, half := range []string{"html", "apps"} {
		if info, err := os.Stat(filepath.Join(dir, half)); err == nil && !info.IsDir() {
			return nil, fmt.Errorf("%s is a file, and must be a folder: rename it", filepath.Join(a.Site, half))
		}
	}
	if !isFolder(s.html) && !isFolder(s.apps) {
		return nil, s.empty(a.Site)
	}
	return s, nil
}

// missing tells what to do about a folder that is not there: a command that is misspelled, or has
// another name in other programs, is taken for one.
func (a siteArgument) missing() error {
	if hint := a.notFolder(); hint != "" {
		return usageMistake(fmt.Sprintf("there is no folder %s: %s", a.Site, hint))
	}
	return fmt.Errorf("there is no folder %s: name the folder that has html/ or apps/ (wizgy --help tells what there is)", a.Site)
}

// notFolder tells what to write if the argument was not meant to be a folder, or is empty.
func (a siteArgument) notFolder() string {
	command, isWord := meantCommand(a.Site)
	_, err := strconv.ParseUint(a.Site, 10, 16)
	switch {
	case err == nil:
		return "if a port is meant, write wizgy -p " + a.Site
	case strings.Contains(a.Site, ":") && address(a.Site).problem() == "":
		return "if an address is meant, write wizgy --addr " + a.Site
	case slices.Contains(serviceWords, strings.ToLower(a.Site)):
		return "wizgy runs until Ctrl-C or SIGTERM, and goes over by itself to what is saved"
	case isWord:
		return "did you mean the command " + command + "?"
	}
	return ""
}

// serviceWords are what is done to programs that run in the background.
var serviceWords = []string{"stop", "restart", "reload", "status", "kill", "quit", "down"}

// isFile tells what to do about a file where a folder is wanted.
func (a siteArgument) isFile() string {
	folder, name := filepath.Split(filepath.Clean(a.Site))
	base := filepath.Base(filepath.Clean("/" + folder))
	ext := filepath.Ext(name)
	switch {
	case base == "apps" || base == "html":
		return "did you mean " + folderAbove(folder) + "?"
	case slices.Contains(pageExtensions, ext):
		return fmt.Sprintf("name the folder that has html/ or apps/. Put it into apps/, and it is the page /%s", strings.TrimSuffix(name, ext))
	case ext == ".html" || ext == ".htm":
		return fmt.Sprintf("name the folder that has html/ or apps/. Put it into html/, and it is the page /%s", strings.TrimSuffix(name, ext))
	}
	return "name the folder that has html/ or apps/"
}

// folderAbove says which folder a file or folder is in.
func folderAbove(name string) string {
	above := filepath.Join(name, "..")
	if above == "." {
		return "the folder that you are in, which is wizgy without " + name
	}
	return "the folder that it is in, " + above
}

// pageExtensions are those of pages.
var pageExtensions = []string{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx"}

// empty tells what to do about a folder, called name by the user, that is no site.
func (s *site) empty(name string) error {
	for _, half := range []string{s.html, s.apps} {
		if _, err := os.Stat(half); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cannot open %s: %w: let the user as whom wizgy runs read it", filepath.Join(name, filepath.Base(half)), errors.Unwrap(err))
		}
	}
	hint := "create html/ for files (html/index.html is the start page) or apps/ for pages (apps/index.js), or write wizgy init"
	if name != "." {
		hint += " " + name
	}
	if files := s.outside(); len(files) > 0 {
		hint = fmt.Sprintf("what is sent to visitors lies in html/: make that folder, and move %s into it, with what belongs to it", enumerate(files))
	}
	if base := filepath.Base(s.dir); base == "html" || base == "apps" {
		hint = "did you mean " + folderAbove(name) + "?"
	}
	return fmt.Errorf("%s has neither html/ nor apps/: %s", name, hint)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// conflict is a URL that a page or a file is named for, and that something else answers.
type conflict struct {
	url, hidden, by string
}

func (c conflict) String() string {
	return fmt.Sprintf("%s is not asked for %s, which %s answers: rename or remove one of the two", c.hidden, c.url, c.by)
}

// conflicts lists the pages that static files and redirects hide.
func conflicts(pages *engine.Engine, files *server.Server) []conflict {
	var list []conflict
	for _, r := range pages.Routes() {
		if strings.Contains(r.Pattern, "[") {
			continue // a parameter gives way to a file, as it should
		}
		if by := hiddenBy(example(r.Pattern), files); by != "" {
			list = append(list, conflict{url: r.Pattern, hidden: "apps/" + r.File, by: by})
		}
	}
	return list
}

// hiddenBy tells what answers a path before pages do, or nothing.
func hiddenBy(path string, files *server.Server) string {
	if _, rule, ok := files.RedirectOf(path); ok {
		return fmt.Sprintf("the redirect from %q", rule.From)
	}
	if file, ok := files.Lookup(path); ok {
		return "html/" + file
	}
	return ""
}
