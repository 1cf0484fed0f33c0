package proxy

import (
	"net/http"
	"strings"
)

// element is what one proxy says about the request that it has got. What is empty it does not say.
type element struct {
	node                       string // whom it comes from
	scheme, host, port, prefix string
}

// fromX returns what the X-Forwarded fields say: an element for each entry of X-Forwarded-For, from
// the client on. Each proxy adds to the end of a field, or replaces it, so the other fields are read
// from their ends: where one has fewer entries, the proxies on the left have said nothing.
func fromX(h http.Header) []element {
	lists := [...][]string{
		list(h["X-Forwarded-For"]), list(h["X-Forwarded-Proto"]), list(h["X-Forwarded-Host"]),
		list(h["X-Forwarded-Port"]), list(h["X-Forwarded-Prefix"]),
	}
	n := len(lists[0])
	for _, l := range lists[1:] {
		if n == 0 && len(l) > 0 {
			n = 1 // a proxy that does not say whom the request comes from
		}
	}
	elements := make([]element, n)
	for i := range n {
		e, fromEnd := &elements[n-1-i], i
		for field, to := range []*string{&e.node, &e.scheme, &e.host, &e.port, &e.prefix} {
			if l := lists[field]; fromEnd < len(l) {
				*to = l[len(l)-1-fromEnd]
			}
		}
	}
	return elements
}

// list returns the entries of a field that is a list, without empty ones: RFC 9110, 5.6.1.2.
func list(lines []string) []string {
	var entries []string
	for _, line := range lines {
		for entry := range strings.SplitSeq(line, ",") {
			if entry = strings.Trim(entry, " \t"); entry != "" {
				entries = append(entries, entry)
			}
		}
	}
	return entries
}
