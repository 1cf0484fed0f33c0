package server

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// target is the path of a request, split at its slashes and then decoded.
type target struct {
	name   string // segments joined by "/", without empty ones; "" is the folder itself
	slash  bool   // the path ended in a slash, so it names a folder
	public bool   // a static file may answer; otherwise name is ""
}

// parseTarget splits and decodes raw, a path as it was sent: it starts with a slash and has no
// query. The error of a path that nobody is to see, neither files nor pages, is a [statusError]
// with status 400: a broken escape, NUL, a "." or ".." between slashes or backslashes, encoded or not.
func parseTarget(raw string) (target, error) {
	if raw == "" || raw[0] != '/' {
		return target{}, badRequest("the path does not start with a slash")
	}
	t := target{slash: raw[len(raw)-1] == '/', public: true}
	plain := !strings.Contains(raw, "%") && !strings.Contains(raw, "//")
	if plain {
		t.name = strings.TrimSuffix(raw[1:], "/")
	}
	var decoded []string
	for top, rest, more := true, raw[1:], true; more; {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		if segment == "" {
			continue
		}
		segment, err := url.PathUnescape(segment)
		if err != nil {
			return target{}, badRequest("the path has a broken percent escape")
		}
		if err := checkSegment(segment); err != nil {
			return target{}, err
		}
		t.public = t.public && publicSegment(segment, top)
		if !plain {
			decoded = append(decoded, segment)
		}
		top = false
	}
	switch {
	case !t.public:
		t.name = ""
	case !plain:
		t.name = strings.Join(decoded, "/")
	}
	return t, nil
}

func checkSegment(segment string) error {
	if strings.IndexByte(segment, 0) >= 0 {
		return badRequest("the path has a NUL")
	}
	if !strings.Contains(segment, ".") {
		return nil
	}
	// An encoded slash does not split, but a page that joins PATH_INFO to a folder is not to be
	// led out of it either.
	for part := range strings.FieldsFuncSeq(segment, isSeparator) {
		if part == "." || part == ".." {
			return badRequest(`the path has a "." or ".." segment`)
		}
	}
	return nil
}

func isSeparator(r rune) bool { return r == '/' || r == '\\' }

// publicSegment reports whether a file of that name may be shown. Dot names are private by
// custom (.git, .env); RFC 8615 reserves /.well-known/.
func publicSegment(segment string, top bool) bool {
	if segment[0] == '.' && (!top || segment != ".well-known") {
		return false
	}
	return !strings.ContainsAny(segment, `/\`) && utf8.ValidString(segment)
}

// rawPath returns the path of u as it was sent. [url.URL.EscapedPath] is not enough: it encodes
// the decoded path anew where a client left characters such as a quote bare, and a "%2F" in the
// same path would turn into a slash.
func rawPath(u *url.URL) string {
	if u.RawPath != "" {
		if path, err := url.PathUnescape(u.RawPath); err == nil && path == u.Path {
			return u.RawPath
		}
	}
	return u.EscapedPath()
}

// folderURL is where a request for u, which names the folder called name, is redirected to: the
// same path with a slash at the end, and without slashes in a row. It is relative to u, for a proxy
// may have taken something off the path that the browser has asked for, and it never begins with a
// slash: with two it would name another host.
func folderURL(u *url.URL, name string) string {
	segments := strings.Split(name, "/")
	for i, segment := range segments {
		segments[i] = url.PathEscape(segment)
	}
	var b strings.Builder
	if folders := max(0, strings.Count(rawPath(u), "/")-1); folders == len(segments)-1 {
		b.WriteString("./") // or what is before a colon would be a scheme
		segments = segments[folders:]
	} else {
		b.WriteString(strings.Repeat("../", folders))
	}
	b.WriteString(strings.Join(segments, "/") + "/")
	if u.RawQuery != "" {
		b.WriteString("?" + visibleASCII(u.RawQuery))
	}
	return b.String()
}

// visibleASCII percent-encodes whatever in s is not visible ASCII, and returns everything else
// as it is: the result fits into a header, a log line and a terminal.
func visibleASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return encodeFrom(s, i)
		}
	}
	return s
}

func encodeFrom(s string, i int) string {
	const hex = "0123456789ABCDEF"
	b := append(make([]byte, 0, len(s)+8), s[:i]...)
	for ; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}
