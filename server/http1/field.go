package http1

import (
	"net/http"
	"net/textproto"
	"strings"

	"wizgy/server/strict"
)

// parseField splits a field line: RFC 9112, 5. The name comes back in canonical form.
func parseField(line string) (name, value string, err *Error) {
	colon := strings.IndexByte(line, ':')
	switch {
	case line[0] == ' ' || line[0] == '\t':
		return "", "", errFold // RFC 9112, 5.2
	case colon < 0:
		return "", "", errFieldLine
	case colon == 0:
		return "", "", strict.ErrFieldName
	}
	name, value = line[:colon], strict.TrimOWS(line[colon+1:])
	if c := name[colon-1]; c == ' ' || c == '\t' {
		return "", "", errFieldSpace // RFC 9112, 5.1
	}
	known, ok := commonNames[name]
	if !ok {
		if !strict.IsToken(name) {
			return "", "", strict.ErrFieldName
		}
		known = textproto.CanonicalMIMEHeaderKey(name)
	}
	if !strict.IsValue(value) {
		return "", "", strict.ErrFieldValue // RFC 9110, 5.5
	}
	return known, value, nil
}

// addField adds a field to header. Its value is an element of values, so that the values of a
// request need one allocation.
func addField(header http.Header, values []string, name, value string) []string {
	if old, ok := header[name]; ok {
		header[name] = append(old, value)
		return values
	}
	if len(values) == cap(values) {
		values = make([]string, 0, max(16, 2*cap(values)))
	}
	n := len(values)
	values = append(values, value)
	header[name] = values[n : n+1 : n+1]
	return values
}

// commonNames maps the names that most requests have, as they are written most, to their
// canonical form. Being found here also means being a token.
var commonNames = makeCommonNames(
	"Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization",
	"Cache-Control", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Cookie",
	"Dnt", "Expect", "Forwarded", "From", "Host", "If-Match", "If-Modified-Since",
	"If-None-Match", "If-Range", "If-Unmodified-Since", "Keep-Alive", "Origin", "Pragma",
	"Priority", "Proxy-Connection", "Range", "Referer", "Sec-Ch-Ua", "Sec-Ch-Ua-Mobile",
	"Sec-Ch-Ua-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User",
	"Sec-Gpc", "Sec-Websocket-Key", "Sec-Websocket-Version", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade", "Upgrade-Insecure-Requests", "User-Agent", "Via",
	"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "X-Request-Id",
	"X-Requested-With",
)

func makeCommonNames(names ...string) map[string]string {
	m := make(map[string]string, 2*len(names))
	for _, name := range names {
		m[name] = name
		m[strings.ToLower(name)] = name
	}
	return m
}
