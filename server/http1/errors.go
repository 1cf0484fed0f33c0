package http1

import (
	"io"
	"net/http"
	"os"
	"strconv"

	"wizgy/server/strict"
)

// Error is why a request was refused, or why the rest of its body cannot be read. A handler gets
// it from the request's body (match it with errors.As) and may answer with its status.
type Error = strict.Error

// Refusals of what only the text of a head can say. Those that other versions share are in
// package strict. They are never changed.
var (
	errRequestLine   = strict.Bad("the request line is not METHOD SP TARGET SP VERSION")
	errBareLF        = strict.Bad("a line ends without a carriage return")
	errFold          = strict.Bad("a header field is folded over two lines")
	errFieldLine     = strict.Bad("a header line has no colon")
	errFieldSpace    = strict.Bad("there is space between the name of a header field and its colon")
	errLengthAndTE   = strict.Bad("there are both a Content-Length and a Transfer-Encoding header")
	errTE            = strict.Bad("the Transfer-Encoding header is not a list of codings")
	errTE10          = strict.Bad("HTTP/1.0 has no Transfer-Encoding")
	errTENotChunked  = strict.Bad("the last transfer encoding is not chunked")
	errTETwice       = strict.Bad("a transfer encoding is applied after chunked")
	errTEUnknown     = &Error{Status: http.StatusNotImplemented, Reason: "there is a transfer encoding beside chunked"}
	errVersion       = &Error{Status: http.StatusHTTPVersionNotSupported, Reason: "the protocol is not HTTP/1.1 or HTTP/1.0"}
	errPlain         = strict.Bad("this port speaks HTTPS, the request was HTTP")
	errHeaderTimeout = &Error{Status: http.StatusRequestTimeout, Reason: "the headers came too slowly", Err: os.ErrDeadlineExceeded}
)

// Errors of a request body.
var (
	errChunkSize    = strict.Bad("the size of a chunk is not valid")
	errChunkExt     = strict.Bad("a chunk extension is not valid")
	errChunkExtLong = strict.Bad("the chunk extensions are too long")
	errChunkEnd     = strict.Bad("a chunk is not followed by an empty line")
	errTrailer      = strict.Bad("the trailer section is not valid")
	errTrailerLong  = strict.Bad("the trailer section is too long")
	errBodyTimeout  = &Error{Status: http.StatusRequestTimeout, Reason: "the body came too slowly", Err: os.ErrDeadlineExceeded}
	errBodyShort    = io.ErrUnexpectedEOF
)

// appendRefusal appends a whole answer that refuses a request. The connection ends with it. The
// answer to HEAD has no content, whatever its status: RFC 9110, 9.3.2.
func appendRefusal(dst []byte, e *Error, date string, isHead bool) []byte {
	body := refusalText(e)
	dst = appendStatusLine(dst, e.Status, http.StatusText(e.Status))
	dst = append(dst, date...)
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	dst = append(dst, "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"...)
	if isHead {
		return dst
	}
	return append(dst, body...)
}

func refusalText(e *Error) string {
	return strconv.Itoa(e.Status) + " " + http.StatusText(e.Status) + ": " + e.Reason + "\n"
}
