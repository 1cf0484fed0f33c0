package server

import (
	"net/http"
	"strings"
)

// varyEncoding is sent with everything that Accept-Encoding could have changed: RFC 9110, 12.5.5.
var varyEncoding = []string{"Accept-Encoding"}

// accepted returns what codings r accepts for v.
func accepted(v *version, r *http.Request, h http.Header) weights {
	lines := r.Header["Accept-Encoding"]
	if lines == nil || !v.varies || hasNoTransform(h["Cache-Control"]) {
		return plainOnly
	}
	return parseAccept(lines)
}

// hasNoTransform reports whether values of Cache-Control say that nobody may change the
// representation: RFC 9111, 5.2.2.6.
func hasNoTransform(values []string) bool {
	for _, line := range values {
		for directive := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(trimSpace(directive), "no-transform") {
				return true
			}
		}
	}
	return false
}

// negotiate returns the representation of v for a client: the one that it wants most of those
// that there are. One that there could be is made for the next request; this one waits for it
// only if it takes nothing else. It returns nil if nothing is acceptable.
func (s *Server) negotiate(v *version, accept *weights) *representation {
	if *accept == plainOnly {
		return v.plain
	}
	ready, ok := accept.best(fileCodings[:], func(c coding) bool { return v.encoded[c].Load() != nil })
	if v.encodable && (!ok || v.representation(ready).name == "" || ready == identity) {
		wanted, possible := accept.best(fileCodings[:], func(c coding) bool { return true })
		switch {
		case !possible || wanted == ready && ok:
		case ok:
			s.compressor.request(v, wanted)
		default:
			return s.compressor.make(v, wanted)
		}
	}
	if !ok {
		return nil
	}
	return v.representation(ready)
}
