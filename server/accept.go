package server

import "strings"

// weights are how much a client wants each coding: RFC 9110, 12.4.2, in thousandths and times
// ten. 0 means not at all; 1, that the client has said nothing against it.
type weights [codings]int

// plainOnly are the weights of a client that names no coding. It would have to take any (RFC
// 9110, 12.5.3), but those that say nothing are those that know nothing.
var plainOnly = weights{identity: 1}

// parseAccept reads the values of Accept-Encoding: RFC 9110, 12.5.3. What is malformed counts as
// not there, and of a coding that is named twice the lower weight counts, so a coding that is
// chosen by the result is acceptable however the lines are read.
func parseAccept(lines []string) weights {
	const unset = -1
	w := weights{unset, unset, unset, unset}
	star := unset
	for _, line := range lines {
		for item, more := "", true; more; {
			item, line, more = strings.Cut(line, ",")
			name, params, _ := strings.Cut(item, ";")
			q, ok := weight(params)
			if !ok {
				continue
			}
			name = trimSpace(name)
			if name == "*" {
				star = lower(star, q)
			} else if c, known := codingOf(name); known {
				w[c] = lower(w[c], q)
			}
		}
	}
	for c := range w {
		switch {
		case w[c] != unset:
		case star != unset:
			w[c] = star
		case coding(c) == identity:
			w[c] = 1
		default:
			w[c] = 0
		}
	}
	return w
}

func lower(was, is int) int {
	if was < 0 {
		return is
	}
	return min(was, is)
}

func codingOf(name string) (coding, bool) {
	switch name {
	case "gzip", "x-gzip": // RFC 9110, 8.4.1.3
		return gzipCoding, true
	case "br":
		return brotliCoding, true
	case "zstd":
		return zstdCoding, true
	case "identity":
		return identity, true
	case "deflate", "":
		return 0, false
	}
	if lower := strings.ToLower(name); lower != name {
		return codingOf(lower)
	}
	return 0, false
}

// weight reads the parameters of an item: nothing, or q and a number from 0 to 1 with at most
// three decimals.
func weight(params string) (w int, ok bool) {
	if params == "" {
		return 10000, true
	}
	if params = trimSpace(params); params == "" {
		return 10000, true
	}
	name, value, found := strings.Cut(params, "=")
	if !found || !strings.EqualFold(name, "q") || value == "" || len(value) > 5 {
		return 0, false
	}
	if value[0] != '0' && value[0] != '1' || len(value) > 1 && value[1] != '.' {
		return 0, false
	}
	w = int(value[0]-'0') * 10000
	for unit, i := 1000, 2; i < len(value); unit, i = unit/10, i+1 {
		if value[i] < '0' || value[i] > '9' {
			return 0, false
		}
		w += int(value[i]-'0') * unit
	}
	return w, w <= 10000
}

// best returns the coding that is wanted most among those that are offered, identity included;
// order decides between equals. It is false if none is acceptable.
func (w *weights) best(order []coding, offered func(coding) bool) (coding, bool) {
	best := identity
	for _, c := range order {
		if w[c] > 0 && (w[c] > w[best] || best == identity && w[c] == w[best]) && offered(c) {
			best = c
		}
	}
	return best, w[best] > 0
}
