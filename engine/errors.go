package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// Error is what went wrong in a page: while it was compiled or started, or while it answered.
type Error struct {
	// File is where it happened, below the folder of pages and with that folder's name:
	// apps/ctime.js. It is the file as it was written, whatever it was compiled to.
	File string
	// Line and Column count from 1, the column in characters. They are 0 where no place is known.
	Line, Column int
	// Message says what happened.
	Message string
	// Hint says what to do about it; it may be empty.
	Hint string

	frame   string
	stack   []string
	causes  []string // see causesOf
	status  int
	timeout bool
	missing bool   // a file is not there
	module  string // that is not there
	starved bool   // the system had no descriptor, or no memory, for a file
	retry   time.Duration
	cause   error
	pages   []string // see Pages
}

// The reasons for which a page is stopped from outside.
var (
	errDeadline   = errors.New("the page took too long")
	errOverdue    = fmt.Errorf("the request is overdue: %w", errDeadline)
	errClientGone = fmt.Errorf("the client has gone: %w", context.Canceled)
	errClientSlow = fmt.Errorf("the client neither sent nor took anything for too long: %w", context.Canceled)
)

// ended returns why nobody waits for a page any more, once the context of its request has ended: the
// client has gone, or whoever runs the server gave the request a deadline.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errOverdue
	}
	return errClientGone
}

// overdue makes errOverdue an error of a page.
func (e *Error) overdue() *Error {
	e.Message = "the page gave no answer before the deadline of its request"
	e.Hint = "let it do less in one request; the deadline is set by the program that the server runs in"
	e.status, e.timeout, e.cause = http.StatusGatewayTimeout, true, errOverdue
	return e
}

// Error returns file:line:column, the message and the hint, in one line.
func (e *Error) Error() string {
	s := e.Message
	if e.Hint != "" {
		s += " (" + strings.Join(strings.Fields(e.Hint), " ") + ")" // a hint may have code in it
	}
	if where := e.At(); where != "" {
		s = where + ": " + s
	}
	return s
}

// At returns file:line:column, as far as they are known.
func (e *Error) At() string {
	if e.Line == 0 {
		return e.File
	}
	return fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
}

// Unwrap returns the cause, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// HTTPStatus returns the status that the error has for a client.
func (e *Error) HTTPStatus() int {
	if e.status == 0 {
		return http.StatusInternalServerError
	}
	return e.status
}

// RetryAfter returns when it is worth to try again, or 0.
func (e *Error) RetryAfter() time.Duration { return e.retry }

// Where returns the place, like the fields.
func (e *Error) Where() (file string, line, column int) { return e.File, e.Line, e.Column }

// Summary returns the message and the hint, without the place.
func (e *Error) Summary() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "\n" + e.Hint
}

// Pages returns the pages that an error of [Engine.Check] is about, by name: the page itself, or those that
// import the file. It is nil for other errors.
func (e *Error) Pages() []string { return e.pages }

// Frame returns the lines around the place, numbered, with a caret under the column, or "".
func (e *Error) Frame() string { return e.frame }

// Stack returns the calls that led there, one a line, innermost first, and then what the error came from:
// its cause, or the errors of an AggregateError, each with the calls that led there. Or it is "".
func (e *Error) Stack() string {
	stack := e.stack
	if len(e.causes) > 0 && len(stack) > maxStackWithCauses {
		stack = append(slices.Clone(stack[:maxStackWithCauses]), "at …")
	}
	return strings.Join(append(slices.Clone(stack), e.causes...), "\n")
}

// maxStackWithCauses is how many calls are told where there are causes too, which would not be seen
// below more.
const maxStackWithCauses = 12

// rejection is a promise's rejection that reached the engine.
type rejection struct{ value goja.Value }

func (r *rejection) Error() string { return "a promise was rejected" }
