package http1

import (
	"net/http"
	"net/textproto"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"wizgy/server/strict"
)

// announce takes the names of trailers from the Trailer field: RFC 9110, 6.6.2.
func (w *response) announce(values []string) {
	for _, list := range values {
		w.fields.trailers = true
		for list != "" {
			var name string
			name, list = strict.CutList(list)
			name = textproto.CanonicalMIMEHeaderKey(name)
			if httpguts.ValidTrailerHeader(name) && !slices.Contains(w.trailers, name) {
				w.trailers = append(w.trailers, name)
			}
		}
	}
}

// appendTrailers appends the trailer section: the fields that were announced, and those whose
// names have [http.TrailerPrefix]. RFC 9112, 7.1.2.
func (w *response) appendTrailers(dst []byte) []byte {
	for _, name := range w.trailers {
		if !strict.IsToken(name) {
			continue
		}
		for _, value := range w.header[name] {
			dst = appendField(dst, name, value)
		}
	}
	if !w.fields.trailers && len(w.header) == w.fields.count {
		return dst
	}
	return appendPrefixed(dst, w.header)
}

func appendPrefixed(dst []byte, header http.Header) []byte {
	var names []string
	for name := range header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, full := range names {
		name := strings.TrimPrefix(full, http.TrailerPrefix)
		if !strict.IsToken(name) || !httpguts.ValidTrailerHeader(name) {
			continue
		}
		for _, value := range header[full] {
			dst = appendField(dst, name, value)
		}
	}
	return dst
}

// caller returns the first place on the stack that is not in this package, for complaints.
func caller() string {
	var pc [16]uintptr
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc[:])])
	for {
		frame, more := frames.Next()
		if !strings.Contains(frame.Function, "/http1.(*") || !more {
			return frame.Function + " (" + frame.File + ":" + strconv.Itoa(frame.Line) + ")"
		}
	}
}
