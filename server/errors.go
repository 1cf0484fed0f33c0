package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// What an error from [Pages] may tell about itself; [Pages.ServePage] documents it. The methods
// are looked for one by one, through everything that the error wraps.
type (
	httpStatuser interface {
		error
		HTTPStatus() int
	}
	retryAfterer interface {
		error
		RetryAfter() time.Duration
	}
	summarizer interface {
		error
		Summary() string
	}
	wherer interface {
		error
		Where() (file string, line, column int)
	}
	framer interface {
		error
		Frame() string
	}
	stacker interface {
		error
		Stack() string
	}
)

// statusError is an answer of the server's own.
type statusError struct {
	status int
	msg    string
	allow  string // value of Allow: RFC 9110, 10.2.1
	err    error  // cause, for the log
}

func (e *statusError) Error() string {
	switch {
	case e.err == nil:
		return e.msg
	case e.msg == "":
		return e.err.Error()
	}
	return e.msg + ": " + e.err.Error()
}

func (e *statusError) HTTPStatus() int { return e.status }
func (e *statusError) Unwrap() error   { return e.err }

func badRequest(msg string) error {
	return &statusError{status: http.StatusBadRequest, msg: msg}
}

// panicError is what a panic becomes when it has been recovered.
type panicError struct {
	value any
	stack string
}

func (e *panicError) Error() string   { return fmt.Sprintf("panic: %v", e.value) }
func (e *panicError) HTTPStatus() int { return http.StatusInternalServerError }
func (e *panicError) Stack() string   { return e.stack }

// statusOf is the one place where errors turn into status codes.
func statusOf(err error) int {
	if e, ok := errors.AsType[httpStatuser](err); ok {
		if status := e.HTTPStatus(); status >= 400 && status <= 599 {
			return status
		}
		return http.StatusInternalServerError
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge
	}
	// A page's error that has a place in the source and wraps fs.ErrNotExist is a page that
	// missed a file, not a missing page.
	if _, ok := errors.AsType[wherer](err); !ok && errors.Is(err, fs.ErrNotExist) {
		return http.StatusNotFound
	}
	return http.StatusInternalServerError
}

// details are what is known about an error; every field may be empty.
type details struct {
	Message, File, Frame, Stack string
	Line, Column                int
}

func detailsOf(err error) details {
	d := details{Message: err.Error()}
	if e, ok := errors.AsType[summarizer](err); ok {
		d.Message = e.Summary()
	}
	if e, ok := errors.AsType[wherer](err); ok {
		d.File, d.Line, d.Column = e.Where()
	}
	if e, ok := errors.AsType[framer](err); ok {
		d.Frame = strings.Trim(e.Frame(), "\n")
	}
	if e, ok := errors.AsType[stacker](err); ok {
		d.Stack = strings.Trim(e.Stack(), "\n")
	}
	return d
}

// Title returns the first line of the message.
func (d details) Title() string {
	title, _, _ := strings.Cut(d.Message, "\n")
	return title
}

// Hint returns the other lines of the message.
func (d details) Hint() string {
	_, hint, _ := strings.Cut(d.Message, "\n")
	return hint
}

// Where returns file:line:column, as much of it as is known.
func (d details) Where() string {
	switch {
	case d.File == "" || d.Line <= 0:
		return d.File
	case d.Column <= 0:
		return fmt.Sprintf("%s:%d", d.File, d.Line)
	}
	return fmt.Sprintf("%s:%d:%d", d.File, d.Line, d.Column)
}

// fail ends a request that was answered with an error: by an error page, or by cutting the
// connection when something else has been sent already.
func (s *Server) fail(w *recorder, r *http.Request, err error) {
	if errors.Is(err, http.ErrAbortHandler) { // whoever cut it has logged it
		w.aborted = true
		return
	}
	if clientLeft(w, r, err) {
		s.logError(slog.LevelDebug, w, r, statusClientClosed, err)
		if !w.wrote() {
			w.status = statusClientClosed
		}
		w.aborted = true
		return
	}
	status := statusOf(err)
	level := levelOf(status)
	if w.wrote() {
		s.logError(level, w, r, w.status, err)
		w.aborted = true
		return
	}
	s.logError(level, w, r, status, err)
	s.writeError(w, r, status, err)
}

// statusClientClosed is what the access log says of a request whose client did not wait for the
// answer. It is never sent; nginx made the number a custom.
const statusClientClosed = 499

func clientLeft(w *recorder, r *http.Request, err error) bool {
	return w.broken || r.Context().Err() != nil && errors.Is(err, context.Canceled)
}

// levelOf keeps what visitors do wrong out of the log, where the access line tells of it, and
// overload, which comes in floods, below mistakes.
func levelOf(status int) slog.Level {
	switch {
	case status < 500:
		return slog.LevelDebug
	case status == http.StatusServiceUnavailable:
		return slog.LevelWarn
	}
	return slog.LevelError
}
