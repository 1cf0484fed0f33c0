package http1

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wizgy/server/strict"
)

// headFields are the header fields of an answer that the server has a say in.
type headFields struct {
	connection []string // as the handler set it
	identity   bool     // Transfer-Encoding: identity, for an answer without framing
	coded      bool     // any other Transfer-Encoding
	typed      bool     // there is a Content-Type, perhaps an empty one
	encoded    bool     // there is a Content-Encoding
	dated      bool     // there is a Date, perhaps an empty one
	trailers   bool     // trailers were announced
	count      int      // of the handler's fields
}

// WriteHeader sets the status, and takes the header as it is now. An informational status is sent
// at once: RFC 9110, 15.2.
func (w *response) WriteHeader(status int) { w.WriteStatus(status, "") }

// WriteStatus is WriteHeader with a reason phrase in place of the usual one, if it is not empty:
// RFC 9112, 4. Handlers find it through Unwrap methods, as [http.ResponseController] finds others.
func (w *response) WriteStatus(status int, reason string) {
	if w.conn.hijacked || w.done || w.status != 0 {
		w.conn.srv.logger().Warn("http1: superfluous call of WriteHeader", "status", status, "caller", caller())
		return
	}
	if status < 100 || status > 999 {
		panic("invalid WriteHeader code " + strconv.Itoa(status))
	}
	if status < 200 && status != http.StatusSwitchingProtocols {
		w.inform(status, reason)
		return
	}
	if w.endExpect(expectOver) {
		w.close = true
	}
	w.status, w.reason = status, reason
	w.out = outputs.Get().(*output)
	w.out.head = appendStatusLine(w.out.head, status, w.phrase(status))
	w.out.head = w.appendHeader(w.out.head)
}

// inform sends an informational answer. HTTP/1.0 has none: RFC 9110, 15.2.
func (w *response) inform(status int, reason string) {
	if w.minor == 0 {
		return
	}
	if status == http.StatusContinue {
		w.endExpect(expectSent)
	}
	w.reason = reason
	b := appendStatusLine(nil, status, w.phrase(status))
	b = appendFields(b, w.header, func(name string) bool { return !isFraming(name) })
	w.conn.write(append(b, "\r\n"...))
}

func (w *response) phrase(status int) string {
	if w.reason != "" {
		return w.reason
	}
	if text := http.StatusText(status); text != "" {
		return text
	}
	return "status code " + strconv.Itoa(status)
}

// appendStatusLine appends a status line: RFC 9112, 4. Its version is what this server can do, also
// for clients of HTTP/1.0: RFC 9110, 6.2.
func appendStatusLine(dst []byte, status int, reason string) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, ' ')
	dst = appendText(dst, reason)
	return append(dst, "\r\n"...)
}

// appendHeader appends the handler's header fields, and notes those that the server looks at.
func (w *response) appendHeader(dst []byte) []byte {
	f := &w.fields
	f.count = len(w.header)
	return appendFields(dst, w.header, func(name string) bool {
		values := w.header[name]
		switch name {
		case "Connection":
			f.connection = values
			return false
		case "Content-Length":
			w.declareLength(values)
			return false
		case "Transfer-Encoding":
			f.identity = len(values) > 0 && values[0] == "identity"
			f.coded = !f.identity && len(values) > 0 && values[0] != ""
			return false
		case "Content-Type":
			f.typed = true
			return w.status != http.StatusNotModified
		case "Content-Encoding":
			f.encoded = len(values) > 0 && values[0] != ""
		case "Date":
			f.dated = true
		case "Trailer":
			w.announce(values)
		default:
			if strings.HasPrefix(name, http.TrailerPrefix) {
				f.trailers = true
				return false
			}
		}
		return true
	})
}

// declareLength takes a Content-Length from the handler.
func (w *response) declareLength(values []string) {
	if len(values) == 0 || values[0] == "" {
		return
	}
	n, err := strict.ParseLength(strict.TrimOWS(values[0]))
	if err != nil {
		w.conn.srv.logger().Warn("http1: invalid Content-Length of a response", "value", values[0])
		delete(w.header, "Content-Length")
		return
	}
	w.length = n
}

// isFraming reports whether a field says where a message ends.
func isFraming(name string) bool { return name == "Content-Length" || name == "Transfer-Encoding" }

// appendFields appends the fields that keep allows, sorted by name. Names that are not tokens are
// left out, as net/http does.
func appendFields(dst []byte, header http.Header, keep func(name string) bool) []byte {
	var few [16]string
	names := few[:0]
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !keep(name) || !strict.IsToken(name) {
			continue
		}
		for _, value := range header[name] {
			dst = appendField(dst, name, value)
		}
	}
	return dst
}

func appendField(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	dst = appendText(dst, strict.TrimOWS(value))
	return append(dst, "\r\n"...)
}

// appendText appends text of a head. Control characters, line ends before all, become spaces.
func appendText(dst []byte, s string) []byte {
	from := len(dst)
	dst = append(dst, s...)
	for i := from; i < len(dst); i++ {
		if !strict.IsValueOctet(dst[i]) {
			dst[i] = ' '
		}
	}
	return dst
}

// commit decides how the answer ends and completes its head. first is the beginning of the body,
// and all of it if final is set.
func (w *response) commit(first []byte, final bool) {
	w.latePrefixes(final)
	withBody := bodyAllowed(w.status)
	if final && withBody && w.length < 0 && !w.fields.trailers && !w.fields.coded &&
		!w.fields.identity && (!w.isHead || len(first) > 0) {
		w.length = int64(len(first))
	}
	w.frame(withBody)
	if !w.duplex {
		w.settleBody(final)
	}
	w.appendServerFields(first, withBody)
}

// latePrefixes looks for trailers that were set after the head was taken, and before anything
// was sent.
func (w *response) latePrefixes(final bool) {
	if !final || len(w.header) == w.fields.count {
		return
	}
	for name := range w.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			w.fields.trailers = true
		}
	}
}

// frame chooses how the client will find the end: RFC 9112, 6.3.
func (w *response) frame(withBody bool) {
	switch {
	case w.isHead || !withBody:
		w.framing = framingNone
	case w.fields.coded && w.minor > 0:
		w.framing, w.length = framingChunks, -1
	case w.length >= 0:
		w.framing = framingLength
	case w.minor > 0 && !w.fields.identity:
		w.framing = framingChunks
	default:
		w.framing = framingClose
	}
	if w.framing == framingClose || w.status == http.StatusSwitchingProtocols ||
		w.conn.srv.closing.Load() || hasConnection(w.fields.connection, "close") {
		w.close = true
	}
}

// settleBody deals with a request body that has not been read when the answer begins.
func (w *response) settleBody(final bool) {
	b := w.body
	if b.none || w.close {
		return
	}
	if final {
		w.close = b.broken() || b.exceeds(w.conn.lim.drainBytes)
	} else {
		w.close = !b.settle()
	}
}

// appendServerFields appends what the server adds to the head, and its end.
func (w *response) appendServerFields(first []byte, withBody bool) {
	dst := w.out.head
	if !w.fields.dated {
		dst = append(dst, w.conn.srv.date()...)
	}
	if w.status == http.StatusResetContent { // the client waits for one otherwise: RFC 9112, 6.3
		dst = append(dst, "Content-Length: 0\r\n"...)
	} else if withBody && w.length >= 0 {
		dst = append(dst, "Content-Length: "...)
		dst = strconv.AppendInt(dst, w.length, 10)
		dst = append(dst, "\r\n"...)
	}
	if withBody && len(first) > 0 && !w.fields.typed && !w.fields.encoded && !w.fields.coded && !w.fields.identity {
		dst = appendField(dst, "Content-Type", http.DetectContentType(first))
	}
	dst = w.appendConnection(dst)
	if w.framing == framingChunks {
		dst = append(dst, "Transfer-Encoding: chunked\r\n"...)
	}
	w.out.head = append(dst, "\r\n"...)
}

// appendConnection says whether the connection stays: RFC 9112, 9.6.
func (w *response) appendConnection(dst []byte) []byte {
	values := w.fields.connection
	if w.close && w.status != http.StatusSwitchingProtocols && !hasConnection(values, "close") {
		return append(dst, "Connection: close\r\n"...)
	}
	if w.wantKeep && !w.close && len(values) == 0 {
		return append(dst, "Connection: keep-alive\r\n"...)
	}
	for _, value := range values {
		dst = appendField(dst, "Connection", value)
	}
	return dst
}

func hasConnection(values []string, token string) bool {
	for _, v := range values {
		if strict.HasToken(v, token) {
			return true
		}
	}
	return false
}
