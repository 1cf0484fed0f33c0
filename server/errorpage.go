package server

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

//go:embed errorpage.html
var errorPageSource string

var errorPage = template.Must(template.New("error").Parse(errorPageSource))

// problem is what an error page is made from. Nothing but the status is shown unless Dev.
type problem struct {
	Status  int
	Reason  string
	Dev     bool
	Method  string
	Path    string
	Request uint64
	Page    string
	details
}

// FrameLines are the lines of the frame, each with what it is: "", "hit" or "caret".
func (p *problem) FrameLines() []frameLine {
	if p.Frame == "" {
		return nil
	}
	var lines []frameLine
	for text := range strings.SplitSeq(p.Frame, "\n") {
		line := frameLine{Text: text}
		switch {
		case strings.Contains(text, "^") && strings.Trim(text, " \t|^~") == "":
			line.Kind = "caret"
		case strings.HasPrefix(strings.TrimSpace(text), ">"):
			line.Kind = "hit"
		}
		lines = append(lines, line)
	}
	return lines
}

type frameLine struct{ Text, Kind string }

// writeError answers r, to which nothing has been sent, with an error page.
func (s *Server) writeError(w *recorder, r *http.Request, status int, err error) {
	w.fromPage = false
	h := w.Header()
	dropHeaders(h)
	if e, ok := errors.AsType[*statusError](err); ok && e.allow != "" {
		h.Set("Allow", e.allow)
	}
	if e, ok := errors.AsType[retryAfterer](err); ok && e.RetryAfter() > 0 {
		h.Set("Retry-After", strconv.Itoa(wholeSeconds(e.RetryAfter())))
	}
	if status == http.StatusNotFound && s.writeNotFound(w, r) {
		return
	}
	p := &problem{Status: status, Reason: reason(status), Dev: s.config.Dev}
	if p.Dev {
		p.Method, p.Path, p.Request, p.Page = r.Method, loggedPath(r), w.id, w.page
		p.details = detailsOf(err)
	}
	body, contentType := p.text(), "text/plain; charset=utf-8"
	if acceptsHTML(r.Header["Accept"]) {
		body, contentType = p.html(), "text/html; charset=utf-8"
	}
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if !w.head {
		_, _ = w.Write(body)
	}
}

// writeNotFound sends the site's own 404.html, if it has one: the nearest.
func (s *Server) writeNotFound(w *recorder, r *http.Request) bool {
	f, err := s.pick(w, target{name: s.nearestNotFound(r), public: true}, false)
	if err != nil || f.folder {
		return false
	}
	defer f.close()
	err = s.sendAs(w, r, http.StatusNotFound, f)
	w.aborted = w.aborted || err != nil && w.wrote()
	return err == nil || w.wrote()
}

// dropHeaders removes what a page set to describe the answer that it did not give.
func dropHeaders(h http.Header) {
	for _, name := range []string{
		"Accept-Ranges", "Cache-Control", "Content-Disposition", "Content-Encoding",
		"Content-Language", "Content-Length", "Content-Range", "Content-Type", "Etag", "Expires",
		"Last-Modified", "Location",
	} {
		delete(h, name)
	}
}

func (p *problem) html() []byte {
	var b bytes.Buffer
	if err := errorPage.Execute(&b, p); err != nil {
		return p.text()
	}
	return b.Bytes()
}

// text is the page for curl and fetch. It may end in a terminal, so it has no control characters.
func (p *problem) text() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s\n", p.Status, p.Reason)
	if p.Message != "" {
		b.WriteString("\n")
		if where := p.Where(); where != "" && !strings.Contains(p.Message, where) {
			b.WriteString(where + ": ")
		}
		b.WriteString(p.Message + "\n")
	}
	for _, part := range []string{p.Frame, p.Stack} {
		if part != "" {
			b.WriteString("\n" + part + "\n")
		}
	}
	return []byte(strings.Map(withoutControls, b.String()))
}

func withoutControls(r rune) rune {
	if r == '\n' || r == '\t' || !unicode.In(r, unicode.Cc, unicode.Cf) {
		return r
	}
	return unicode.ReplacementChar
}

func reason(status int) string {
	if text := http.StatusText(status); text != "" {
		return text
	}
	return "Error"
}

// wholeSeconds rounds up, to at least one: RFC 9110, 10.2.3 has no fractions, and 0 would ask
// for a storm.
func wholeSeconds(d time.Duration) int {
	return max(1, int((d+time.Second-1)/time.Second))
}

// acceptsHTML reports whether a client names text/html as a type that it takes, as browsers do
// when they show a page, and programs do not.
func acceptsHTML(accept []string) bool { return accepts(accept, "text/html") }

// accepts reports whether a client names a type as one that it takes: RFC 9110, 12.5.1.
func accepts(accept []string, mediaType string) bool {
	for _, line := range accept {
		for item := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(item, ";")
			if strings.EqualFold(strings.TrimSpace(name), mediaType) {
				return !refused(params)
			}
		}
	}
	return false
}

// refused reports whether the parameters of a media range have the weight 0.
func refused(params string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return err == nil && q == 0
		}
	}
	return false
}
