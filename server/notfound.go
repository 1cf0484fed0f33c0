package server

import (
	"net/http"
	"strings"
)

// findNotFound returns the 404.html that is nearest to what r asked for: in its folder, or in
// one above.
func (s *Server) findNotFound(r *http.Request) (found, error) {
	nearest, err := s.find(target{name: "404.html", public: true})
	t, bad := parseTarget(rawPath(r.URL))
	if bad != nil || !t.public || s.folder == nil {
		return nearest, err
	}
	root := s.folder.acquire()
	if root == nil {
		return nearest, err
	}
	defer root.release()
	// From the top down, since a request may name more folders than there are.
	for end := range len(t.name) + 1 {
		if end < len(t.name) && t.name[end] != '/' || end == len(t.name) && !t.slash {
			continue
		}
		dir := t.name[:end]
		if dir == "" || !root.isFolder(dir) {
			break
		}
		if f, e := root.file(dir + "/404.html"); e == nil {
			if nearest.file != nil {
				_ = nearest.file.Close()
			}
			nearest, err = f, nil
		}
	}
	return nearest, err
}

func (o *openFolder) isFolder(name string) bool {
	info, err := o.Stat(name)
	return err == nil && info.IsDir()
}

// fallback answers r, which neither a file nor a page does, as far as Config.Browse and
// Config.Fallback allow, and reports whether it did. With an error nothing was written.
func (s *Server) fallback(w *recorder, r *http.Request, t target) (answered bool, err error) {
	if !t.public || s.folder == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false, nil
	}
	w.fromPage = false
	if s.config.Browse {
		if answered, err := s.browse(w, r, t); answered || err != nil {
			return answered, err
		}
	}
	if !s.fallsBack(r, t) {
		return false, nil
	}
	w.Header().Add("Vary", "Accept")
	return s.static(w, r, target{name: s.config.Fallback, public: true})
}

// fallsBack reports whether r asks for what a single-page site shows, and not for a part of it:
// a script that is missing must not become a page.
func (s *Server) fallsBack(r *http.Request, t target) bool {
	last := t.name[strings.LastIndexByte(t.name, '/')+1:]
	return s.config.Fallback != "" && acceptsHTML(r.Header["Accept"]) && (t.slash || !strings.Contains(last, "."))
}
