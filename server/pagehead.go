package server

import (
	"net/http"
	"strconv"
	"strings"
)

// declaredLength returns the page's Content-Length, or -1.
func declaredLength(h http.Header) int64 {
	if v := h["Content-Length"]; len(v) == 1 {
		if n, err := strconv.ParseInt(v[0], 10, 64); err == nil {
			return n
		}
	}
	return -1
}

// mayEncode reports whether an answer may be compressed, if it is large enough and the client
// takes it. Digests are of the body as the page made it: RFC 9530, 2.
func mayEncode(status int, h http.Header) bool {
	switch status {
	case http.StatusSwitchingProtocols, http.StatusNoContent, http.StatusResetContent, http.StatusPartialContent, http.StatusNotModified:
		return false
	}
	kind := h["Content-Type"]
	if len(kind) != 1 || !compressible(kind[0]) {
		return false
	}
	if len(h) == 1 || len(h) == 2 && h["Content-Length"] != nil {
		return true // as most heads are
	}
	for _, name := range [...]string{"Content-Encoding", "Content-Range", "Content-Digest", "Digest", "Content-Md5"} {
		if h[name] != nil {
			return false
		}
	}
	return !hasNoTransform(h["Cache-Control"])
}

// varies reports whether Vary names Accept-Encoding already, or everything.
func varies(h http.Header) bool {
	for _, line := range h["Vary"] {
		for name := range strings.SplitSeq(line, ",") {
			if name = trimSpace(name); name == "*" || strings.EqualFold(name, "Accept-Encoding") {
				return true
			}
		}
	}
	return false
}

// describe changes the head to that of the encoded answer. The entity tag becomes weak: it is not
// known whether the same page would be compressed to the same bytes (RFC 9110, 8.8.1). As pages
// compare the tag that they made with the one that comes back, the server compares too.
func (p *pageWriter) describe() {
	h := p.Header()
	h["Content-Encoding"] = codingNames[p.coding]
	delete(h, "Content-Length")
	delete(h, "Accept-Ranges")
	tags := h["Etag"]
	if len(tags) != 1 {
		return
	}
	tag, weak, _, ok := cutTag(tags[0])
	if !ok {
		return
	}
	if !weak {
		h["Etag"] = []string{"W/" + tag}
	}
	get := p.r.Method == http.MethodGet || p.head
	if list := p.r.Header["If-None-Match"]; get && p.status == http.StatusOK && list != nil && listed(list, tag, false) {
		delete(h, "Content-Encoding")
		delete(h, "Content-Type")
		p.status = http.StatusNotModified
		p.sendHead(noBody)
	}
}
