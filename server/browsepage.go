package server

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"
)

//go:embed browse.html
var browsePageSource string

var browsePage = template.Must(template.New("browse").Parse(browsePageSource))

func (l *listing) html() []byte {
	var b bytes.Buffer
	if err := browsePage.Execute(&b, l); err != nil {
		return fmt.Appendf(nil, "the listing failed: %v", err)
	}
	return b.Bytes()
}

// crumb is a folder on the way to the one that is listed.
type crumb struct{ Name, URL string }

// Crumbs are the folders above, from the top. Where the query asks for an order, it goes along.
func (l *listing) Crumbs() []crumb {
	names := strings.Split(strings.Trim(l.Path, "/"), "/")
	if l.Path == "/" {
		return nil
	}
	crumbs := []crumb{{"/", strings.Repeat("../", len(names)) + l.query}}
	for i, name := range names[:len(names)-1] {
		crumbs = append(crumbs, crumb{name, strings.Repeat("../", len(names)-1-i) + l.query})
	}
	return crumbs
}

// Here is the name of the folder itself.
func (l *listing) Here() string {
	path := strings.Trim(l.Path, "/")
	if path == "" {
		return "/"
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}

// Parent links to the folder above; it is empty at the top.
func (l *listing) Parent() string {
	if l.Path == "/" {
		return ""
	}
	return "../" + l.query
}

// Count says how much there is.
func (l *listing) Count() string {
	folders, size := 0, int64(0)
	for _, e := range l.Entries {
		if e.Folder {
			folders++
		}
		size += e.Size
	}
	var parts []string
	if folders > 0 {
		parts = append(parts, plural(folders, "folder"))
	}
	if files := len(l.Entries) - folders; files > 0 || folders == 0 {
		parts = append(parts, plural(files, "file"))
	}
	if size > 0 {
		parts = append(parts, humanSize(size))
	}
	return strings.Join(parts, ", ")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// column is a head of the table, which links to the order by it.
type column struct{ Title, Class, URL, Sorted string }

// Columns are the heads. The link of the column that is sorted by turns the order around; that
// of another begins with what one looks for: the first name, the largest and the newest file.
func (l *listing) Columns() []column {
	columns := []column{{Title: "Name", Class: "name"}, {Title: "Size", Class: "size"}, {Title: "Modified", Class: "time"}}
	for i := range columns {
		c := &columns[i]
		descending := c.Class != "name"
		if c.Class == l.by {
			descending = !l.descending
			c.Sorted = "ascending"
			if l.descending {
				c.Sorted = "descending"
			}
		}
		c.URL = "./" + orderQuery(c.Class, descending)
	}
	return columns
}

// Link leads to the entry; the order goes along into folders.
func (e entry) Link(query string) string {
	if e.Folder {
		return e.URL + query
	}
	return e.URL
}

// Query is the part of links that keeps the order.
func (l *listing) Query() string { return l.query }

// HumanSize is the size as people read it; a folder has none.
func (e entry) HumanSize() string {
	if e.Folder {
		return ""
	}
	return humanSize(e.Size)
}

func humanSize(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	size := float64(n)
	for _, unit := range []string{"kB", "MB", "GB", "TB"} {
		if size /= 1000; size < 9.95 {
			return fmt.Sprintf("%.1f %s", size, unit)
		} else if size < 999.5 {
			return fmt.Sprintf("%.0f %s", size, unit)
		}
	}
	return fmt.Sprintf("%.0f PB", size/1000)
}

// Date is the time of the last change, as people read it, where the server is.
func (e entry) Date() string { return e.Modified.Local().Format("2006-01-02 15:04") }

// Exact is the time for programs.
func (e entry) Exact() string { return e.Modified.UTC().Format(time.RFC3339) }
