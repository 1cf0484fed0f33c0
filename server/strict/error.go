package strict

import "net/http"

// Error is why a request is refused, or why the rest of its body cannot be read.
type Error struct {
	// Status is the answer that fits: 400, 408, 414, 417, 431, 501 or 505.
	Status int
	// Reason is for the client to read. It never contains what the client sent.
	Reason string
	// Err is the cause, or nil. What came too slowly has os.ErrDeadlineExceeded here.
	Err error
}

func (e *Error) Error() string { return "http: " + e.Reason }

// HTTPStatus returns the status, for those who have an error only.
func (e *Error) HTTPStatus() int { return e.Status }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Bad returns an error with the status 400.
func Bad(reason string) *Error { return &Error{Status: http.StatusBadRequest, Reason: reason} }

// Refusals that every version of HTTP has. They are never changed.
var (
	ErrMethod      = Bad("the method is not a token")
	ErrMethodLong  = &Error{Status: http.StatusNotImplemented, Reason: "the method is too long to be one that is known here"}
	ErrTarget      = Bad("the request target is not valid")
	ErrURILong     = &Error{Status: http.StatusRequestURITooLong, Reason: "the request target is too long"}
	ErrHeadLong    = &Error{Status: http.StatusRequestHeaderFieldsTooLarge, Reason: "the headers are too long"}
	ErrManyFields  = &Error{Status: http.StatusRequestHeaderFieldsTooLarge, Reason: "there are too many header fields"}
	ErrFieldName   = Bad("the name of a header field is not a token")
	ErrFieldValue  = Bad("the value of a header field has a control character")
	ErrNoHost      = Bad("the Host header is missing")
	ErrManyHosts   = Bad("there are several Host headers")
	ErrHost        = Bad("the Host header is not valid")
	ErrLength      = Bad("the Content-Length header is not a number")
	ErrManyLengths = Bad("there are several Content-Length headers")
	ErrExpectation = &Error{Status: http.StatusExpectationFailed, Reason: "the expectation is not 100-continue"}
)

// Refusals of what only HTTP/2 can say.
var (
	errFieldSpace   = Bad("the value of a header field begins or ends with space")
	errOtherHost    = Bad("the Host header is not the :authority")
	errLengthUnlike = Bad("the Content-Length header is not the length of the body")
)
