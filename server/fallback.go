package server

import (
	"net/http"
	"strings"
)

// fallback answers r, which neither a file nor a page does, as far as Config.Browse and
// Config.Fallback allow, and reports whether it did. With an error nothing was written.
func (s *Server) fallback(w *recorder, r *http.Request, t target) (answered bool, err error) {
	if !t.public || s.folder == nil {
		return false, nil
	}
	w.fromPage = false
	if s.config.Browse {
		if answered, err := s.browse(w, r, t); answered || err != nil {
			return answered, err
		}
	}
	if !s.mayFallBack(t) || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false, nil
	}
	w.Header().Add("Vary", "Accept") // also of the 404 for those who want something else
	if !acceptsHTML(r.Header["Accept"]) {
		return false, nil
	}
	return s.static(w, r, target{name: s.config.Fallback, public: true})
}

// mayFallBack reports whether t is what a single-page site shows, and not a part of it: a script
// that is missing must not become a page.
func (s *Server) mayFallBack(t target) bool {
	last := t.name[strings.LastIndexByte(t.name, '/')+1:]
	return s.config.Fallback != "" && (t.slash || !strings.Contains(last, "."))
}
