package engine

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// The interpreter counts columns from 1 where a source map counts from 0, both when it asks the
// map and when it shows the answer; and its reader of maps drops a place at the very start of a
// file, and finds none after the last. A map whose columns count from 1, and which goes on a few
// lines further, gives the right answers, also in the stack property of an error.

// Names are another matter: the interpreter takes those in the map for URLs, relative to the folder
// of the script's own name, and decodes them once. So the map has the names under which people know
// the files, spelled such that they come through that as they are, and the script is called
// [programName], in no folder.

// programName is the name of the program that a page is compiled to. Only what has no place in a
// file of the page, such as a helper of the compiler's, is shown as being in it.
const programName = "wizgy:page"

// shiftMap returns a source map (version 3 of the format, ECMA-426) in which all columns count
// from 1, and the files have the names that rename gives them.
func shiftMap(source []byte, rename func(file string) string) ([]byte, error) {
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
	if m["sources"], err = renameSources(m["sources"], rename); err != nil {
		return nil, err
	}
	m["sourceRoot"] = json.RawMessage(`"."`) // else it is taken from the script's name
	return json.Marshal(m)
}

// renameSources renames the files of a map, in which esbuild has them as URLs.
func renameSources(sources json.RawMessage, rename func(file string) string) (json.RawMessage, error) {
	var files []string
	if err := json.Unmarshal(sources, &files); err != nil {
		return nil, fmt.Errorf("source map: sources: %w", err)
	}
	for i, file := range files {
		if path, err := url.PathUnescape(file); err == nil {
			file = path
		}
		files[i] = strings.ReplaceAll(spell(rename(file)), "%", "%25")
	}
	return json.Marshal(files)
}

// spell writes a file's name such that it can stand in a line of a stack: what is more than letters
// and digits of ASCII and a few signs is percent-encoded.
func spell(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("/.-_[]", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// unspell returns the name that spell was given.
func unspell(file string) string {
	if name, err := url.PathUnescape(file); err == nil {
		return name
	}
	return file
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
