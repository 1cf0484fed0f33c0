package engine

import (
	varint "encoding/binary"
	"errors"
	"strconv"
	"strings"
)

// keptPage is a version of a page that works, as it is kept for the next process: what the
// interpreter was given, since the files that it came from are others by then.
type keptPage struct {
	file    string // below the folder of pages
	text    string
	mapText []byte
	sources []string // the paths of the files that it came from, without their text
	made    int64    // when it was loaded, in ns since 1970; by this the newer of two is known
}

// keptFormat begins what is kept. It has everything that the text of a page depends on, and
// nothing else: another version of the program, whose texts look the same, may go on with it.
const keptFormat = "pages 2\n" + banner + "\n" + footer + "\n"

// maxKept is how much may be kept of all pages together, in bytes.
const maxKept = 32 << 20

// errForeign is what another version of the program has left, or is damaged.
var errForeign = errors.New("what the process before this one has kept is of another format")

// toKeep returns what is to be kept of a page that works.
func (p *page) toKeep() *keptPage {
	if p.kept != nil {
		return p.kept
	}
	k := &keptPage{file: p.file, text: p.text, mapText: p.mapText, made: p.made}
	for _, s := range p.sources {
		k.sources = append(k.sources, s.path)
	}
	return k
}

// compile makes a program of it. There are no files to look at: whoever serves this version knows
// by the one that is broken when there is a newer one.
func (k *keptPage) compile(c *compiler) *compiled {
	out := &compiled{text: k.text, mapText: k.mapText}
	for _, path := range k.sources {
		out.sources = append(out.sources, &source{path: path})
	}
	if err := out.parse(c.shortcuts, nil); err != nil {
		out.problems = []*Error{asError(err)}
	}
	return out
}

// encodeKept returns the text of pages, nothing if there are none. Those that do not fit are left
// over.
func encodeKept(pages []*keptPage) (text []byte, left []*keptPage) {
	text = []byte(keptFormat)
	for _, k := range pages {
		parts := [5]string{k.file, k.text, string(k.mapText), strings.Join(k.sources, "\x00"), strconv.FormatInt(k.made, 10)}
		size := 0
		for _, s := range parts {
			size += varint.MaxVarintLen64 + len(s)
		}
		if len(text)+size > maxKept {
			left = append(left, k)
			continue
		}
		for _, s := range parts {
			text = append(varint.AppendUvarint(text, uint64(len(s))), s...)
		}
	}
	if len(left) == len(pages) {
		return nil, left
	}
	return text, left
}

// decodeKept returns the pages of a text. The error is errForeign, and then there are none.
func decodeKept(text []byte) (pages []*keptPage, err error) {
	if len(text) == 0 {
		return nil, nil
	}
	rest, ours := strings.CutPrefix(string(text), keptFormat)
	if !ours {
		return nil, errForeign
	}
	for rest != "" {
		var parts [5]string
		for i := range parts {
			n, size := varint.Uvarint([]byte(rest[:min(len(rest), varint.MaxVarintLen64)]))
			if size <= 0 || n > uint64(len(rest)-size) {
				return nil, errForeign
			}
			parts[i], rest = strings.Clone(rest[size:size+int(n)]), rest[size+int(n):]
		}
		k := &keptPage{file: parts[0], text: parts[1], mapText: []byte(parts[2])}
		if parts[3] != "" {
			k.sources = strings.Split(parts[3], "\x00")
		}
		if k.made, err = strconv.ParseInt(parts[4], 10, 64); err != nil {
			return nil, errForeign
		}
		pages = append(pages, k)
	}
	return pages, nil
}
