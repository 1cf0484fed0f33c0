package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxListed is how many entries of a folder are listed.
const maxListed = 10_000

// browse answers r with a list of what is in the folder that t names, if it is one, and reports
// whether it did.
func (s *Server) browse(w *recorder, r *http.Request, t target) (answered bool, err error) {
	root := s.folder.acquire()
	if root == nil {
		return false, nil
	}
	defer root.release()
	dir := cmp.Or(t.name, ".")
	if !root.isFolder(dir) {
		return false, nil
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return s.notToBeRead(w, r, "a list of a folder")
	}
	h := w.Header()
	if !t.slash {
		h["Cache-Control"] = noCache // there is a list only until there is a page
		h["Location"] = []string{folderURL(r.URL, t.name)}
		w.WriteHeader(http.StatusMovedPermanently)
		return true, nil
	}
	l := listing{Path: "/" + t.name}
	if t.name != "" {
		l.Path += "/"
	}
	if l.Entries, l.More, err = root.list(dir); err != nil {
		return false, openError(err)
	}
	l.sort(r.URL.Query())
	if s.config.Dev || w.cacheRule() == nil {
		h["Cache-Control"] = noCache
	}
	body, contentType := l.html(), "text/html; charset=utf-8"
	if accept := r.Header["Accept"]; accepts(accept, "application/json") && !acceptsHTML(accept) {
		body, contentType = l.json(), "application/json"
	}
	return true, s.servePage(w, r, listPage{contentType, body})
}

// listPage is a listing as it is sent: compressed on the way, as pages are.
type listPage struct {
	contentType string
	body        []byte
}

// ServePage implements [Pages].
func (p listPage) ServePage(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h["Content-Type"] = []string{p.contentType}
	h["Content-Length"] = []string{strconv.Itoa(len(p.body))}
	h["Content-Security-Policy"] = []string{"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"}
	h["X-Content-Type-Options"] = nosniff
	h.Add("Vary", "Accept")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := w.Write(p.body)
	return err
}

// listing is what is in a folder.
type listing struct {
	Path    string  `json:"path"` // decoded, with a slash at the end
	Entries []entry `json:"entries"`
	More    bool    `json:"more"` // than are listed

	by         string // "name", "size" or "time"
	descending bool
	query      string // that asked for this order, with its question mark
}

// entry is a file or a folder.
type entry struct {
	Name     string    `json:"name"`
	Folder   bool      `json:"folder"`
	Size     int64     `json:"size"` // of a file, in bytes
	Modified time.Time `json:"modified"`
	URL      string    `json:"url"` // relative to the listing's
}

// list returns what is in a folder and can be asked for.
func (o *openFolder) list(dir string) (entries []entry, more bool, err error) {
	folder, err := o.openRoot(dir)
	if err != nil {
		return nil, false, err
	}
	defer folder.Close()
	f, err := folder.Open(".")
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	names, err := f.Readdirnames(maxListed + 1)
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	if len(names) > maxListed {
		names, more = names[:maxListed], true
	}
	entries = []entry{}
	for _, name := range names {
		if e, ok := o.entry(folder, dir, name); ok {
			entries = append(entries, e)
		}
	}
	return entries, more, nil
}

// entry describes a name in folder, which is dir in o. Links may lead anywhere within o.
func (o *openFolder) entry(folder *os.Root, dir, name string) (e entry, ok bool) {
	if !publicSegment(name, false) {
		return entry{}, false
	}
	info, err := folder.Lstat(name)
	if err == nil && info.Mode().Type() == fs.ModeSymlink {
		info, err = o.stat(path.Join(dir, name))
	}
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return entry{}, false
	}
	e = entry{Name: name, Modified: info.ModTime(), URL: "./" + url.PathEscape(name)} // "./", or a colon would end a scheme
	if info.IsDir() {
		e.Folder, e.URL = true, e.URL+"/"
	} else {
		e.Size = info.Size()
	}
	return e, true
}

// sort puts the entries into the order that a query asks for: ?sort=name, size or time, and
// order=asc or desc. Folders come first.
func (l *listing) sort(query url.Values) {
	l.by, l.descending = "name", query.Get("order") == "desc"
	if by := query.Get("sort"); by == "size" || by == "time" {
		l.by = by
	}
	if query.Has("sort") || query.Has("order") {
		l.query = orderQuery(l.by, l.descending)
	}
	slices.SortFunc(l.Entries, func(a, b entry) int {
		if a.Folder != b.Folder {
			if a.Folder {
				return -1
			}
			return 1
		}
		order := 0
		switch l.by {
		case "size":
			order = cmp.Compare(a.Size, b.Size)
		case "time":
			order = a.Modified.Compare(b.Modified)
		}
		order = cmp.Or(order, strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
		if l.descending {
			return -order
		}
		return order
	})
}

func orderQuery(by string, descending bool) string {
	if descending {
		return "?sort=" + by + "&order=desc"
	}
	return "?sort=" + by + "&order=asc"
}

func (l *listing) json() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	_ = e.Encode(l) // a buffer takes everything
	return b.Bytes()
}
