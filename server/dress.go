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
	if w.takesCacheControl(status, h) {
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

// takesCacheControl reports whether the server has a say in Cache-Control of an answer with this
// status and header. One that sets a cookie is for one visitor, and no rule makes it everybody's.
func (w *recorder) takesCacheControl(status int, h http.Header) bool {
	return mayBeKept(status) && !w.server.config.Dev && (w.r.Method == http.MethodGet || w.head) &&
		len(h["Cache-Control"]) == 0 && len(h["Set-Cookie"]) == 0
}

// dressCache sets Cache-Control.
func (w *recorder) dressCache(h http.Header) {
	if rule := w.cacheRule(); rule != nil {
		if rule.control != nil {
			h["Cache-Control"] = rule.control
		}
	} else if w.file != "" && !w.fromPage && isHashed(w.file) {
		h["Cache-Control"] = immutable
	}
}

// cacheRule returns the rule for Cache-Control that counts for the request, or nil.
func (w *recorder) cacheRule() *cacheRule {
	for i := range w.server.rules.cache {
		if rule := &w.server.rules.cache[i]; w.matches(&rule.path) {
			return rule
		}
	}
	return nil
}

// ruledNoTransform reports whether a rule will forbid to change the answer, if it is sent with this
// status and header.
func (w *recorder) ruledNoTransform(status int, h http.Header) bool {
	if !w.server.rules.noTransform || !w.takesCacheControl(status, h) {
		return false
	}
	rule := w.cacheRule()
	return rule != nil && rule.noTransform
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
