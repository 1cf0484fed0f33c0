package main

import (
	"bytes"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// TestDefaultSiteLinks follows every link of the site's own from the start page on, looks for
// the places within pages that links name, and for files and pages that no link leads to.
func TestDefaultSiteLinks(t *testing.T) {
	t.Parallel()
	start, err := url.Parse(serveDefault(t) + "/")
	if err != nil {
		t.Fatal(err)
	}
	c := crawl{start: start, seen: map[string]document{}, from: map[string]string{}, places: map[string]string{}}
	c.follow(t, start, "the address bar")
	for len(c.queue) > 0 {
		if len(c.seen) > 500 {
			t.Fatal("the site has no end")
		}
		next := c.queue[0]
		c.queue = c.queue[1:]
		c.visit(t, next)
	}
	c.checkPlaces(t)
	c.checkComplete(t)
}

// crawl is a walk over a site.
type crawl struct {
	start  *url.URL
	queue  []string
	seen   map[string]document
	from   map[string]string // for each address in the queue or seen: who links to it
	places map[string]string // the same for those with a fragment
}

// document is what a page links to, and what can be linked to in it.
type document struct {
	links []string
	ids   map[string]bool
}

// follow notes a link.
func (c *crawl) follow(t *testing.T, u *url.URL, from string) {
	if u.Host != c.start.Host || u.Scheme != c.start.Scheme {
		return
	}
	address, _, hasFragment := strings.Cut(u.String(), "#")
	if hasFragment {
		c.places[u.String()] = from
	}
	if c.from[address] == "" {
		c.from[address] = from
		c.queue = append(c.queue, address)
	}
}

// visit gets a page and follows its links.
func (c *crawl) visit(t *testing.T, address string) {
	status, contentType, body := get(t, address)
	if status != http.StatusOK {
		t.Errorf("%s, linked from %s: %d", address, c.from[address], status)
	}
	c.seen[address] = document{}
	if !strings.HasPrefix(contentType, "text/html") {
		return
	}
	if contentType != "text/html; charset=utf-8" || !utf8.Valid(body) {
		t.Errorf("%s is %s, and valid: %v", address, contentType, utf8.Valid(body))
	}
	d := parseDocument(t, address, body)
	c.seen[address] = d
	base, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range d.links {
		u, err := base.Parse(link)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		c.follow(t, u, address)
	}
}

func parseDocument(t *testing.T, address string, body []byte) document {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	d := document{ids: map[string]bool{}}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			switch a.Key {
			case "href", "src", "action":
				d.links = append(d.links, a.Val)
			case "id":
				if d.ids[a.Val] {
					t.Errorf("%s: the id %s is there twice", address, a.Val)
				}
				d.ids[a.Val] = true
			}
		}
	}
	return d
}

// checkPlaces looks for the ids that links name.
func (c *crawl) checkPlaces(t *testing.T) {
	for _, link := range slices.Sorted(maps.Keys(c.places)) {
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		address, _, _ := strings.Cut(link, "#")
		if u.Fragment != "" && !c.seen[address].ids[u.Fragment] {
			t.Errorf("%s, linked from %s: there is no such id", link, c.places[link])
		}
	}
}

// checkComplete looks for files and pages that were not found.
func (c *crawl) checkComplete(t *testing.T) {
	found := map[string]bool{}
	for address := range c.seen {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		found[strings.Trim(u.Path, "/")] = true
	}
	for _, half := range []string{"html", "apps"} {
		err := fs.WalkDir(os.DirFS(filepath.Join(repository, half)), ".", func(name string, entry fs.DirEntry, err error) error {
			switch ext := filepath.Ext(name); {
			case err != nil || entry.IsDir():
				return err
			case name[0] == '_' || strings.Contains(name, "[") || name == "index.html" || name == "404.html":
			case half == "html" && ext != ".html": // browsers ask for some without a link
			case !found[strings.TrimSuffix(name, ext)]:
				t.Errorf("no link leads to %s/%s", half, name)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
