package server

import (
	"net/http"
)

// nearestNotFound names the 404.html that is nearest to what r asked for: in its folder, or in
// one above. It may not exist, if there is none.
func (s *Server) nearestNotFound(r *http.Request) (name string) {
	name = "404.html"
	t, err := parseTarget(rawPath(r.URL))
	if err != nil || !t.public || s.folder == nil {
		return name
	}
	root := s.folder.acquire()
	if root == nil {
		return name
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
		if info, err := root.stat(dir + "/404.html"); err == nil && info.Mode().IsRegular() {
			name = dir + "/404.html"
		}
	}
	return name
}

func (o *openFolder) isFolder(name string) bool {
	info, err := o.stat(name)
	return err == nil && info.IsDir()
}
