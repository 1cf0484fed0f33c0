package server

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"syscall"
)

// Values of header fields that many answers share. They are never changed.
var (
	noCache     = []string{"no-cache"} // browsers guess a lifetime otherwise
	noStore     = []string{"no-store"}
	bytesRanges = []string{"bytes"}
)

// send answers r, a GET or HEAD, with a file. It fails with errOutdated if nothing was written
// and f must be looked up again; after another error the connection is to be cut.
func (s *Server) send(w *recorder, r *http.Request, f found) error {
	h := w.Header()
	if s.config.Dev {
		h["Cache-Control"] = noCache
	}
	if f.folder {
		h["Location"] = []string{folderURL(r.URL, f.name)}
		w.WriteHeader(http.StatusMovedPermanently)
		return nil
	}
	p, err := s.prepare(w, r, h, f)
	if err != nil {
		return err
	}
	defer p.opened.close()
	if p.vary {
		h["Vary"] = withEncoding(h["Vary"])
	}
	if p.etag != nil {
		h["Etag"] = p.etag
	}
	if !p.hasContent() {
		return p.sendNothing(w, h)
	}
	h["Content-Type"] = p.version.contentType
	if p.version.lastModified != nil {
		h["Last-Modified"] = p.version.lastModified
	}
	if p.rep.encoding != nil {
		h["Content-Encoding"] = p.rep.encoding
	} else {
		h["Accept-Ranges"] = bytesRanges
	}
	return p.sendContent(w, h)
}

// withEncoding adds Accept-Encoding to the values of Vary.
func withEncoding(vary []string) []string {
	if vary == nil {
		return varyEncoding
	}
	return append(vary[:len(vary):len(vary)], varyEncoding...)
}

// plan is what is to be sent for a file.
type plan struct {
	status  int
	version *version
	rep     *representation
	etag    []string
	vary    bool
	ranges  []byteRange
	opened  found // the file of rep, if its content is not in memory and the plan opened it
	content found // the same, whoever opened it
}

func (p *plan) hasContent() bool {
	return p.status == http.StatusOK || p.status == http.StatusPartialContent
}

// prepare decides what is sent, and opens the file of a content that is not in memory.
func (s *Server) prepare(w *recorder, r *http.Request, h http.Header, f found) (plan, error) {
	v := f.version
	p := plan{status: http.StatusOK, version: v, rep: v.plain, etag: v.plain.etag, vary: v.varies}
	if len(r.Header) > 0 {
		p.decide(s, w, r, h)
	}
	if !p.hasContent() || r.Method == http.MethodHead || p.rep.body != nil {
		return p, nil
	}
	if p.rep == v.plain && f.file != nil {
		p.content = f
		return p, nil
	}
	opened, err := s.cache.open(p.rep)
	if err == errOutdated && p.rep != v.plain && f.file != nil {
		// The compressed file has just gone, or changed; the other is there.
		p.rep, p.etag, p.content = v.plain, v.plain.etag, f
		return p, nil
	}
	p.opened, p.content = opened, opened
	return p, err
}

// decide applies what the header of r asks for: RFC 9110, 13.2.2.
func (p *plan) decide(s *Server, w *recorder, r *http.Request, h http.Header) {
	accept := accepted(p.version, r, h)
	if w.ruledNoTransform(http.StatusOK, h) {
		accept = plainOnly
	}
	var unsatisfiable bool
	if values := r.Header["Range"]; values != nil && r.Method == http.MethodGet && accept[identity] > 0 {
		// Ranges are those of the file as it is: they can be continued whatever was compressed.
		if p.ranges, unsatisfiable = parseRange(values, p.rep.size); (p.ranges != nil || unsatisfiable) && !rangeHolds(r, p.version) {
			p.ranges, unsatisfiable = nil, false
		}
	}
	if p.ranges == nil && !unsatisfiable {
		p.rep = s.negotiate(p.version, &accept)
	}
	if p.rep == nil {
		p.status, p.etag = http.StatusNotAcceptable, nil
		return
	}
	status, tag := precondition(r, p.version, &accept, p.rep)
	p.etag = p.rep.etag
	switch {
	case status == http.StatusNotModified:
		p.status, p.etag = status, tag
	case status != 0:
		p.status = status
	case unsatisfiable:
		p.status = http.StatusRequestedRangeNotSatisfiable
	case p.ranges != nil:
		p.status = http.StatusPartialContent
	}
}

// sendNothing answers without content of the file: 304, 406, 412 and 416.
func (p *plan) sendNothing(w *recorder, h http.Header) error {
	text := ""
	switch p.status {
	case http.StatusNotModified:
		if p.etag == nil && p.version.lastModified != nil { // RFC 9110, 15.4.5
			h["Last-Modified"] = p.version.lastModified
		}
	case http.StatusRequestedRangeNotSatisfiable:
		text = "invalid range: failed to overlap\n"
		h["Content-Range"] = []string{"bytes */" + strconv.FormatInt(p.rep.size, 10)}
	case http.StatusNotAcceptable:
		text = "the file is sent as it is only, and Accept-Encoding refuses that\n"
	}
	if text != "" {
		h["Content-Type"] = []string{"text/plain; charset=utf-8"}
		h["Content-Length"] = []string{strconv.Itoa(len(text))}
	}
	w.WriteHeader(p.status)
	if text == "" || w.head {
		return nil
	}
	_, err := w.WriteString(text)
	return err
}

func (p *plan) sendContent(w *recorder, h http.Header) error {
	whole := byteRange{0, p.rep.size}
	switch len(p.ranges) {
	case 0:
		h["Content-Length"] = p.rep.length
	case 1:
		whole = p.ranges[0]
		h["Content-Range"] = []string{whole.contentRange(p.rep.size)}
		h["Content-Length"] = []string{strconv.FormatInt(whole.length, 10)}
	default:
		return p.sendParts(w, h)
	}
	w.WriteHeader(p.status)
	if w.head {
		return nil
	}
	return p.copy(w, whole)
}

func (p *plan) sendParts(w *recorder, h http.Header) error {
	m := newByteParts(p.ranges, w.server.rules.contentType(p.version.contentType[0], w.matches), p.rep.size)
	h["Content-Type"] = []string{m.contentType}
	h["Content-Length"] = []string{m.lengthText()}
	w.WriteHeader(p.status)
	for i, b := range p.ranges {
		if _, err := w.WriteString(m.heads[i]); err != nil {
			return err
		}
		if err := p.copy(w, b); err != nil {
			return err
		}
	}
	_, err := w.WriteString(m.end)
	return err
}

// copy sends a part of the content.
func (p *plan) copy(w *recorder, b byteRange) error {
	if p.rep.body != nil {
		_, err := w.Write(p.rep.body[b.start : b.start+b.length])
		return err
	}
	file := p.content.file
	if _, err := file.Seek(b.start, io.SeekStart); err != nil {
		return &statusError{status: http.StatusInternalServerError, msg: "the disk failed", err: err}
	}
	n, err := w.ReadFrom(&io.LimitedReader{R: file, N: b.length}) // which net/http knows: sendfile(2)
	switch {
	case errors.Is(err, syscall.EIO):
		return &statusError{status: http.StatusInternalServerError, msg: "the disk failed", err: err}
	case err != nil:
		w.broken = true
		return err
	case n < b.length:
		return &statusError{status: http.StatusInternalServerError, msg: "the file was cut off while it was sent"}
	}
	return nil
}

// sendAs answers r with a file and a status of its own: no condition and no range applies to what
// is not what was asked for.
func (s *Server) sendAs(w *recorder, r *http.Request, status int, f found) error {
	h := w.Header()
	accept := accepted(f.version, r, h)
	p := plan{status: status, version: f.version, rep: s.negotiate(f.version, &accept), content: f}
	if p.rep == nil || p.rep.body == nil && (p.rep != f.version.plain || f.file == nil) {
		p.rep = f.version.plain
	}
	if p.rep.body == nil && f.file == nil {
		opened, err := s.cache.open(p.rep)
		if err != nil {
			return err
		}
		defer opened.close()
		p.content = opened
	}
	if s.config.Dev {
		h["Cache-Control"] = noStore
	}
	if f.version.varies {
		h["Vary"] = withEncoding(h["Vary"])
	}
	h["X-Content-Type-Options"] = nosniff
	h["Content-Type"] = f.version.contentType
	if p.rep.encoding != nil {
		h["Content-Encoding"] = p.rep.encoding
	}
	return p.sendContent(w, h)
}
