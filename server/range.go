package server

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// byteRange is a part of a representation. It is never empty.
type byteRange struct{ start, length int64 }

// contentRange is the value of Content-Range: RFC 9110, 14.4.
func (b byteRange) contentRange(size int64) string {
	s := append(make([]byte, 0, 64), "bytes "...)
	s = append(strconv.AppendInt(s, b.start, 10), '-')
	s = append(strconv.AppendInt(s, b.start+b.length-1, 10), '/')
	return string(strconv.AppendInt(s, size, 10))
}

// maxRanges is how many ranges one may ask for, and be sent. Whoever asks for more gets
// everything, as RFC 9110, 14.2 allows.
const (
	maxRanges      = 256
	maxRangesSent  = 64
	partOverhead   = 160 // of a boundary and the fields of a part, about
	partsAllowance = 1 << 10
)

// parseRange reads the values of Range for a representation of size bytes: RFC 9110, 14.1.2 and
// 14.2. No ranges mean that everything is to be sent: there is no Range, or one that is malformed,
// has another unit, or asks for so much that everything is less. It is unsatisfiable if the
// ranges are well formed and all lie beyond the end.
//
// The ranges do not overlap, so they are never more than the representation.
func parseRange(values []string, size int64) (ranges []byteRange, unsatisfiable bool) {
	if len(values) != 1 || size == 0 { // an empty representation has no part to send
		return nil, false
	}
	unit, set, ok := strings.Cut(values[0], "=")
	if !ok || !strings.EqualFold(unit, "bytes") {
		return nil, false
	}
	specs := 0
	for item, more := "", true; more; {
		item, set, more = strings.Cut(set, ",")
		if item = trimSpace(item); item == "" {
			continue
		}
		if specs++; specs > maxRanges {
			return nil, false
		}
		b, ok := parseSpec(item, size)
		if !ok {
			return nil, false
		}
		if b.length > 0 {
			ranges = append(ranges, b)
		}
	}
	if specs == 0 {
		return nil, false
	}
	if len(ranges) == 0 {
		return nil, true
	}
	ranges = coalesce(ranges)
	if tooMany(ranges, size) {
		return nil, false
	}
	return ranges, false
}

// parseSpec reads "5-9", "5-" or "-5". The length is 0 if that lies beyond the end.
func parseSpec(spec string, size int64) (b byteRange, ok bool) {
	first, last, ok := strings.Cut(spec, "-")
	if !ok {
		return b, false
	}
	if first == "" { // the last so many bytes
		n, ok := number(last)
		n = min(n, size)
		return byteRange{size - n, n}, ok
	}
	start, ok := number(first)
	if !ok {
		return b, false
	}
	end := int64(math.MaxInt64)
	if last != "" {
		if end, ok = number(last); !ok || end < start {
			return b, false
		}
	}
	if start >= size {
		return b, true
	}
	return byteRange{start, min(end, size-1) - start + 1}, true
}

// number reads digits; what is too large becomes the largest number.
func number(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		if n > (math.MaxInt64-9)/10 {
			n = math.MaxInt64
			continue
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// coalesce joins ranges that overlap or touch: RFC 9110, 15.3.7.2. The order is that of the
// request if there are none, and ascending otherwise.
func coalesce(ranges []byteRange) []byteRange {
	if len(ranges) == 1 {
		return ranges
	}
	sorted := slices.Clone(ranges)
	slices.SortFunc(sorted, func(a, b byteRange) int { return cmp.Compare(a.start, b.start) })
	joined := sorted[:1]
	for _, b := range sorted[1:] {
		last := &joined[len(joined)-1]
		if b.start <= last.start+last.length {
			last.length = max(last.length, b.start+b.length-last.start)
		} else {
			joined = append(joined, b)
		}
	}
	if len(joined) == len(ranges) {
		return ranges
	}
	return joined
}

// tooMany reports whether everything is less to send than the parts.
func tooMany(ranges []byteRange, size int64) bool {
	n := int64(0)
	for _, b := range ranges {
		n += b.length
	}
	overhead := int64(len(ranges)) * partOverhead
	return len(ranges) > 1 && (len(ranges) > maxRangesSent || n+overhead > 2*size && overhead > partsAllowance)
}
