package http1

import (
	"io"
	"net/http"
	"os"
	"strconv"
)

// Error is why a request was refused, or why the rest of its body cannot be read. A handler gets
// it from the request's body (match it with errors.As) and may answer with its status.
type Error struct {
	// Status is the answer that fits: 400, 408, 414, 417, 431, 501 or 505.
	Status int
	// Reason is for the client to read. It never contains what the client sent.
	Reason string
	// Err is the cause, or nil. A body that came too slowly has os.ErrDeadlineExceeded here.
	Err error
}

func (e *Error) Error() string { return "http1: " + e.Reason }

// HTTPStatus returns the status, for those who have an error only.
func (e *Error) HTTPStatus() int { return e.Status }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Refusals of a request head. They are never changed.
var (
	errMethod        = bad("the method is not a token")
	errRequestLine   = bad("the request line is not METHOD SP TARGET SP VERSION")
	errTarget        = bad("the request target is not valid")
	errBareLF        = bad("a line ends without a carriage return")
	errFold          = bad("a header field is folded over two lines")
	errFieldLine     = bad("a header line has no colon")
	errFieldName     = bad("the name of a header field is not a token")
	errFieldSpace    = bad("there is space between the name of a header field and its colon")
	errFieldValue    = bad("the value of a header field has a control character")
	errNoHost        = bad("the Host header is missing")
	errManyHosts     = bad("there are several Host headers")
	errHost          = bad("the Host header is not valid")
	errLength        = bad("the Content-Length header is not a number")
	errManyLengths   = bad("there are several Content-Length headers")
	errLengthAndTE   = bad("there are both a Content-Length and a Transfer-Encoding header")
	errTE10          = bad("HTTP/1.0 has no Transfer-Encoding")
	errManyTE        = bad("chunked is applied several times")
	errURILong       = &Error{Status: http.StatusRequestURITooLong, Reason: "the request target is too long"}
	errHeadLong      = &Error{Status: http.StatusRequestHeaderFieldsTooLarge, Reason: "the headers are too long"}
	errManyFields    = &Error{Status: http.StatusRequestHeaderFieldsTooLarge, Reason: "there are too many header fields"}
	errTE            = &Error{Status: http.StatusNotImplemented, Reason: "the transfer encoding is not chunked"}
	errVersion       = &Error{Status: http.StatusHTTPVersionNotSupported, Reason: "the protocol is not HTTP/1.1 or HTTP/1.0"}
	errExpectation   = &Error{Status: http.StatusExpectationFailed, Reason: "the expectation is not 100-continue"}
	errHeaderTimeout = &Error{Status: http.StatusRequestTimeout, Reason: "the headers came too slowly", Err: os.ErrDeadlineExceeded}
)

// Errors of a request body.
var (
	errChunkSize    = bad("the size of a chunk is not valid")
	errChunkExt     = bad("a chunk extension is not valid")
	errChunkExtLong = bad("the chunk extensions are too long")
	errChunkEnd     = bad("a chunk is not followed by an empty line")
	errTrailer      = bad("the trailer section is not valid")
	errTrailerLong  = bad("the trailer section is too long")
	errBodyTimeout  = &Error{Status: http.StatusRequestTimeout, Reason: "the body came too slowly", Err: os.ErrDeadlineExceeded}
	errBodyShort    = io.ErrUnexpectedEOF
)

func bad(reason string) *Error { return &Error{Status: http.StatusBadRequest, Reason: reason} }

// appendRefusal appends a whole answer that refuses a request. The connection ends with it.
func appendRefusal(dst []byte, e *Error, date string) []byte {
	text := http.StatusText(e.Status)
	body := strconv.Itoa(e.Status) + " " + text + ": " + e.Reason + "\n"
	dst = appendStatusLine(dst, 1, e.Status, text)
	dst = append(dst, date...)
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	dst = append(dst, "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"...)
	return append(dst, body...)
}
