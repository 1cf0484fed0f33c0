package http1

import (
	"net/http"
	"strings"

	"wizgy/server/strict"
)

// note looks at a field that says something about the message or the connection. It reports
// whether the field goes into the request's header.
func (h *head) note(name, value string) (stored bool, err *Error) {
	switch name {
	case "Host":
		h.host = value
		h.hosts++
		return false, nil
	case "Content-Length":
		h.lengths++
		h.length, err = strict.ParseLength(value)
	case "Transfer-Encoding":
		return false, h.parseCodings(value)
	case "Connection":
		h.close = h.close || strict.HasToken(value, "close")
		h.keepAlive = h.keepAlive || strict.HasToken(value, "keep-alive")
	case "Expect":
		h.expect = h.expect || strict.HasToken(value, "100-continue")
		err = strict.CheckExpect(value)
	case "Trailer":
		h.trailer = true
	case "Pragma":
		h.pragma = true
	}
	return true, err
}

// finish checks what only the whole head tells.
func (h *head) finish(header http.Header) *Error {
	if err := h.checkFraming(); err != nil {
		return err
	}
	if err := h.checkHost(); err != nil {
		return err
	}
	if h.trailer && h.chunked {
		delete(header, "Trailer") // the request trailers are dropped, so is their announcement
	}
	if h.pragma && header["Pragma"][0] == "no-cache" && header["Cache-Control"] == nil {
		header["Cache-Control"] = []string{"no-cache"} // as net/http does: RFC 9111, 5.4
	}
	if h.minor == 0 {
		h.close = h.close || !h.keepAlive // RFC 9112, 9.3
		h.expect = false                  // RFC 9110, 10.1.1
	}
	return nil
}

// checkFraming decides where the body ends: RFC 9112, 6.3. Whatever another server on the way
// could read in another way is refused.
func (h *head) checkFraming() *Error {
	switch {
	case h.lengths > 1:
		return strict.ErrManyLengths
	case h.codings > 0 && h.lengths > 0:
		return errLengthAndTE
	case h.codings > 0 && h.minor == 0:
		return errTE10
	case h.codings > 0 && !h.chunked:
		return errTENotChunked
	case h.unknownCoding:
		return errTEUnknown
	}
	if h.chunked {
		h.length = -1
	}
	return nil
}

// checkHost insists on one Host field for HTTP/1.1, and on its grammar: RFC 9112, 3.2. It is empty
// where the target needs no host, or has its own.
func (h *head) checkHost() *Error {
	mayBeEmpty := h.target[0] != '/' || h.minor == 0
	switch {
	case h.hosts > 1:
		return strict.ErrManyHosts
	case h.hosts == 0 && h.minor > 0:
		return strict.ErrNoHost
	case h.hosts == 0 || h.host == "" && mayBeEmpty:
		return nil
	case !strict.IsHostPort(h.host):
		return strict.ErrHost
	}
	return nil
}

// parseCodings reads a line of Transfer-Encoding: RFC 9112, 6.1. Only chunked is known, and it is the
// last of all. A list with an empty member is one that others read in another way.
func (h *head) parseCodings(list string) *Error {
	h.codings++
	for more := true; more; {
		var coding string
		coding, list, more = strings.Cut(list, ",")
		coding = strict.TrimOWS(coding)
		switch {
		case !isCoding(coding):
			return errTE
		case h.chunked:
			return errTETwice
		case strict.EqualFold(coding, "chunked"):
			h.chunked = true
		default:
			h.unknownCoding = true
		}
	}
	return nil
}

// isCoding reports whether s is a token, with or without parameters: RFC 9110, 10.1.4.
func isCoding(s string) bool {
	name, _, _ := strings.Cut(s, ";")
	return strict.IsToken(strict.TrimOWS(name))
}
