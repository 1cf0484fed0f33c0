package http1

import (
	"math"
	"net/http"
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
		h.length, err = parseLength(value)
	case "Transfer-Encoding":
		return false, h.parseCodings(value)
	case "Connection":
		h.close = h.close || hasToken(value, "close")
		h.keepAlive = h.keepAlive || hasToken(value, "keep-alive")
	case "Expect":
		if !hasToken(value, "100-continue") && value != "" {
			return false, errExpectation
		}
		h.expect = h.expect || value != ""
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
		return errManyLengths
	case h.codings > 0 && h.lengths > 0:
		return errLengthAndTE
	case h.codings > 0 && h.minor == 0:
		return errTE10
	case h.codings > 1:
		return errManyTE
	}
	if h.chunked {
		h.length = -1
	}
	return nil
}

// checkHost insists on one Host field for HTTP/1.1, and on its grammar: RFC 9112, 3.2.
func (h *head) checkHost() *Error {
	switch {
	case h.hosts > 1:
		return errManyHosts
	case h.hosts == 0 && h.minor > 0:
		return errNoHost
	case h.hosts == 1 && !isHostPort(h.host):
		return errHost
	}
	return nil
}

// parseLength reads a Content-Length, which has only digits: RFC 9110, 8.6.
func parseLength(s string) (int64, *Error) {
	if s == "" {
		return 0, errLength
	}
	var n int64
	for i := 0; i < len(s); i++ {
		d := int64(s[i]) - '0'
		if d < 0 || d > 9 || n > (math.MaxInt64-d)/10 {
			return 0, errLength
		}
		n = n*10 + d
	}
	return n, nil
}

// parseCodings reads a Transfer-Encoding, of which only chunked is known: RFC 9112, 6.1.
func (h *head) parseCodings(list string) *Error {
	if list == "" {
		return errTE
	}
	for list != "" {
		var coding string
		if coding, list = cutList(list); !equalFold(coding, "chunked") {
			return errTE
		}
		h.codings++
		h.chunked = true
	}
	return nil
}
