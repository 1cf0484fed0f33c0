package engine

import (
	"encoding/json"
	"fmt"
	"strings"
)

// The interpreter counts columns from 1 where a source map counts from 0, both when it asks the
// map and when it shows the answer; and its reader of maps drops a place at the very start of a
// file, and finds none after the last. A map whose columns count from 1, and which goes on a few
// lines further, gives the right answers, also in the stack property of an error.

// shiftMap returns a source map (version 3 of the format, ECMA-426) in which all columns count
// from 1.
func shiftMap(source []byte) ([]byte, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(source, &m); err != nil {
		return nil, fmt.Errorf("source map: %w", err)
	}
	var mappings string
	if err := json.Unmarshal(m["mappings"], &mappings); err != nil {
		return nil, fmt.Errorf("source map: mappings: %w", err)
	}
	shifted, err := json.Marshal(shiftMappings(mappings) + ";;;;")
	if err != nil {
		return nil, err
	}
	m["mappings"] = shifted
	return json.Marshal(m)
}

// shiftMappings adds 1 to the columns. A segment's first field is a generated column, relative to
// the segment before in the same line; its fourth is a source column, relative to the one before
// in the whole map. So the first of each is all that has to change.
func shiftMappings(mappings string) string {
	var b strings.Builder
	b.Grow(len(mappings) + strings.Count(mappings, ";") + 1)
	first := true
	for i, line := range strings.Split(mappings, ";") {
		if i > 0 {
			b.WriteByte(';')
		}
		if line == "" {
			continue
		}
		column, rest := decodeVLQ(line)
		encodeVLQ(&b, column+1)
		if first && rest != "" && rest[0] != ',' {
			first = false
			for range 2 { // the source's index and line
				_, after := decodeVLQ(rest)
				b.WriteString(rest[:len(rest)-len(after)])
				rest = after
			}
			column, after := decodeVLQ(rest)
			encodeVLQ(&b, column+1)
			rest = after
		}
		b.WriteString(rest)
	}
	return b.String()
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// decodeVLQ reads a number in base 64 VLQ: five bits a digit, the lowest first, a sixth bit for
// "there is more", and the sign in the lowest bit of all.
func decodeVLQ(s string) (n int, rest string) {
	shift := 0
	for i := range len(s) {
		digit := strings.IndexByte(base64Digits, s[i])
		n |= (digit & 31) << shift
		shift += 5
		if digit&32 == 0 {
			s = s[i+1:]
			break
		}
	}
	if n&1 != 0 {
		return -(n >> 1), s
	}
	return n >> 1, s
}

func encodeVLQ(b *strings.Builder, n int) {
	n <<= 1
	if n < 0 {
		n = -n | 1
	}
	for {
		digit := n & 31
		if n >>= 5; n > 0 {
			digit |= 32
		}
		b.WriteByte(base64Digits[digit])
		if n == 0 {
			return
		}
	}
}
