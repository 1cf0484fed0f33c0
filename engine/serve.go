package engine

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ServePage answers r with the page that its path leads to. The error wraps fs.ErrNotExist if
// there is none. Any other error is an *Error; if nothing was written by then, the caller writes
// an error page with its HTTPStatus, otherwise the caller must break the connection
// (http.ErrAbortHandler), so that the client does not take half an answer for a whole one.
func (e *Engine) ServePage(w http.ResponseWriter, r *http.Request) error {
	err := e.servePage(w, r)
	if err == errOverdue { // while no page was running
		return (&Error{}).overdue()
	}
	return err
}

func (e *Engine) servePage(w http.ResponseWriter, r *http.Request) error {
	p, m, err := e.addressed(w, r)
	if p == nil || err != nil {
		return err
	}
	switch {
	case !hasBody(r):
		return p.serve(w, r, m, brought{})
	case p.streams:
		return p.serveStream(w, r, m)
	}
	if err := p.pool.refuses(); err != nil { // before the client sends what nobody will look at
		return err
	}
	began := time.Now()
	body, err := e.takeIn(w, r, p)
	if err != nil {
		return err
	}
	defer body.Free()
	if time.Since(began) > lookAgain {
		if p, m, err = e.addressed(w, r); p == nil || err != nil {
			return err
		}
	}
	return p.serve(w, r, m, brought{body: body})
}

// lookAgain is how long the body of a request may take to arrive, before it is looked whether there
// is a newer version of the page.
const lookAgain = 20 * time.Millisecond

// addressed returns the version of a page that is to answer r, and none where r has been answered.
func (e *Engine) addressed(w http.ResponseWriter, r *http.Request) (*page, match, error) {
	site, p, m, err := e.findRipe(r)
	if err != nil {
		return nil, m, err
	}
	if rec, ok := w.(recorder); ok {
		rec.SetPage(p.name)
		rec.SetGeneration(site.generation)
	}
	if m.redirect {
		redirectToSlash(w, r)
		return nil, m, nil
	}
	if p = p.load(); p.broken() != nil {
		last := p.last.Load()
		if last == nil || e.cfg.Dev {
			return nil, m, p.broken()
		}
		p = last
	}
	return p, m, nil
}

// find returns the page for a request, and the snapshot that it is in.
func (e *Engine) find(r *http.Request) (*site, *page, match, error) {
	if e.cfg.Dev {
		return e.findFresh(r)
	}
	site := e.site.Load()
	m, ok := site.routes.match(r.URL)
	if !ok {
		return nil, nil, m, e.noPage(r.URL.Path)
	}
	return site, site.pages[m.file], m, nil
}

// redirectToSlash sends the client to the path with a slash at the end, where relative links in
// a folder's index page lead into the folder. 308 keeps method and body. The place is relative to
// the path: a proxy may have taken something off that, and with two slashes in front it would name a
// host.
func redirectToSlash(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	target := "./" + path[strings.LastIndexByte(path, '/')+1:] + "/"
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	w.Header().Set("Location", target)
	w.WriteHeader(http.StatusPermanentRedirect)
}

// ServeHTTP answers r like ServePage, and answers errors with a plain text. The details go to
// the log.
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	track := &tracker{ResponseWriter: w}
	err := e.ServePage(track, r)
	var pageErr *Error
	switch {
	case err == nil:
		return
	case errors.Is(err, fs.ErrNotExist):
		http.NotFound(w, r)
		return
	case errors.Is(err, errClientGone): // nobody is there to answer
		panic(http.ErrAbortHandler)
	case errors.As(err, &pageErr):
		e.log.Log(r.Context(), levelOf(pageErr.HTTPStatus()), pageErr.Error(), "stack", pageErr.Stack())
	}
	if track.wrote {
		panic(http.ErrAbortHandler)
	}
	status := http.StatusInternalServerError
	if pageErr != nil {
		status = pageErr.HTTPStatus()
		if pageErr.retry > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(pageErr.retry/time.Second)))
		}
	}
	http.Error(w, http.StatusText(status), status)
}

// levelOf keeps out of the log what clients do wrong.
func levelOf(status int) slog.Level {
	if status < http.StatusInternalServerError {
		return slog.LevelDebug
	}
	return slog.LevelError
}

// tracker knows whether anything was written.
type tracker struct {
	http.ResponseWriter
	wrote bool
}

func (t *tracker) WriteHeader(status int) {
	t.wrote = true
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracker) Write(b []byte) (int, error) {
	t.wrote = true
	return t.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }
