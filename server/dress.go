package server

import (
	"net/http"
	"net/url"
	"strconv"
)

// dress completes the head of an answer, which is about to be sent with this status, by what the
// configuration says.
func (w *recorder) dress(status int) {
	s := w.server
	if s == nil || w.dressed || status < 200 {
		return
	}
	w.dressed = true
	h := w.rw.Header()
	if s.config.Dev {
		h["Wizgy-Generation"] = []string{strconv.FormatUint(w.generation, 10)}
	}
	if w.file != "" && status < 300 && !w.fromPage && h["X-Content-Type-Options"] == nil && knownType(h) {
		h["X-Content-Type-Options"] = nosniff
	}
	if mayBeKept(status) && !s.config.Dev && (w.r.Method == http.MethodGet || w.head) {
		w.dressCache(h)
	}
	if len(s.rules.headers) > 0 {
		s.rules.set(h, status, w.fromPage, w.matches)
	}
}

var nosniff = []string{"nosniff"}

// knownType reports whether the type is not a guess of the browser's: a script or a style sheet
// without an extension works as long as the browser may look into it.
func knownType(h http.Header) bool {
	t := h["Content-Type"]
	return len(t) == 1 && t[0] != typeUnknown
}

// mayBeKept reports whether an answer with this status has, or stands for, what was asked for.
func mayBeKept(status int) bool {
	switch status {
	case http.StatusOK, http.StatusNonAuthoritativeInfo, http.StatusPartialContent, http.StatusNotModified:
		return true
	}
	return false
}

// dressCache sets Cache-Control, unless that is done. An answer that sets a cookie is for one
// visitor, and no rule makes it everybody's.
func (w *recorder) dressCache(h http.Header) {
	if len(h["Cache-Control"]) > 0 || len(h["Set-Cookie"]) > 0 {
		return
	}
	for i := range w.server.rules.cache {
		if rule := &w.server.rules.cache[i]; w.matches(&rule.path) {
			if rule.control != nil {
				h["Cache-Control"] = rule.control
			}
			return
		}
	}
	if w.file != "" && !w.fromPage && isHashed(w.file) {
		h["Cache-Control"] = immutable
	}
}

// matches reports whether p is for the path of the request, or for the file that answers it.
func (w *recorder) matches(p *pattern) bool {
	if _, ok := p.match(w.path()); ok {
		return true
	}
	if w.file == "" || w.fromPage {
		return false
	}
	_, ok := p.match(canonicalPath("/" + (&url.URL{Path: w.file}).EscapedPath()))
	return ok
}

// path returns the canonical path of the request.
func (w *recorder) path() string {
	if w.canonical == "" {
		w.canonical = "/"
		if raw := rawPath(w.r.URL); raw != "" {
			w.canonical = canonicalPath(raw)
		}
	}
	return w.canonical
}
