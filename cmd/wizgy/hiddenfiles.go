package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"

	"wizgy/server"
)

// hiddenFiles are files of html/ that nobody gets any more, since a redirect has all their URLs.
type hiddenFiles struct {
	first, url string // one of them, and what it would answer
	by         string // the redirect
	more       int    // of them
}

func (h *hiddenFiles) String() string {
	which := "this file is"
	if h.more > 0 {
		which = fmt.Sprintf("this file and %d more are", h.more)
	}
	return fmt.Sprintf("html/%s: warning: %s answers %s, so %s never sent", h.first, h.by, h.url, which)
}

// findHiddenFiles looks through root, the document root of files. Of the files that one redirect
// hides, it tells the first. Those that are sent without being asked for are not meant: pages for
// what is not found, the page of spa, and compressed neighbours.
func findHiddenFiles(root string, files *server.Server, spa string) []*hiddenFiles {
	var list []*hiddenFiles
	site := os.DirFS(root)
	_ = fs.WalkDir(site, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || name == ".":
			return nil // check is about the configuration; serve tells what cannot be read
		case entry.Name()[0] == '.' && name != ".well-known":
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir() || entry.Name() == "404.html" || name == spa || isNeighbour(site, name):
			return nil
		}
		by, at := hidingRedirect(name, files)
		if by == "" {
			return nil
		}
		if i := slices.IndexFunc(list, func(h *hiddenFiles) bool { return h.by == by }); i >= 0 {
			list[i].more++
		} else {
			list = append(list, &hiddenFiles{first: name, url: at, by: by})
		}
		return nil
	})
	return list
}

// hidingRedirect returns the redirect that answers the URL of a file, if there is no other URL
// that leads to the file.
func hidingRedirect(name string, files *server.Server) (by, at string) {
	at = (&url.URL{Path: "/" + name}).EscapedPath()
	urls := []string{at}
	if short, ok := strings.CutSuffix(at, ".html"); ok {
		urls = append(urls, short)
		if path.Base(short) == "index" {
			urls = append(urls, strings.TrimSuffix(short, "index"))
		}
	}
	for _, u := range urls {
		if _, rule, ok := files.RedirectOf(u); ok {
			by = cmp.Or(by, fmt.Sprintf("the redirect from %q", rule.From))
		} else if file, ok := files.Lookup(u); ok && file == name {
			return "", ""
		}
	}
	return by, at
}

// isNeighbour reports whether a file is what another one is sent as, compressed.
func isNeighbour(site fs.FS, name string) bool {
	switch ext := path.Ext(name); ext {
	case ".br", ".zst", ".gz":
		_, err := fs.Stat(site, strings.TrimSuffix(name, ext))
		return err == nil
	}
	return false
}
