package server

import (
	"crypto/rand"
	"strconv"
	"strings"
)

// byteParts is the framing of several ranges: RFC 9110, 14.6.
type byteParts struct {
	contentType string
	heads       []string // before each part
	end         string   // after the last one
	length      int64    // of the body
}

const bytePartsType = "multipart/byteranges; boundary="

func isByteParts(contentType string) bool { return strings.HasPrefix(contentType, bytePartsType) }

// newByteParts frames ranges of something that has this type; an empty one is not said.
func newByteParts(ranges []byteRange, contentType string, size int64) *byteParts {
	boundary := rand.Text() // nobody can put it into a file
	m := &byteParts{contentType: bytePartsType + boundary, end: "\r\n--" + boundary + "--\r\n"}
	m.length = int64(len(m.end))
	if contentType != "" {
		contentType = "Content-Type: " + contentType + "\r\n"
	}
	for i, b := range ranges {
		head := "\r\n--" + boundary + "\r\n" + contentType + "Content-Range: " + b.contentRange(size) + "\r\n\r\n"
		if i == 0 {
			head = head[2:]
		}
		m.heads = append(m.heads, head)
		m.length += int64(len(head)) + b.length
	}
	return m
}

func (m *byteParts) lengthText() string { return strconv.FormatInt(m.length, 10) }
