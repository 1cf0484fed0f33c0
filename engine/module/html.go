package module

import (
	"strings"
)

// HTML is what JSX makes: text that is HTML and stays as it is when it is put into other HTML.
// It is the Go side (goja's Export) of the objects that wizgy:jsx/jsx-runtime returns. It does
// not change.
type HTML struct {
	opaque
	parts []htmlPart
	size  int // of the text, in bytes
}

// htmlPart is a piece of text, or an HTML that is too large to be copied at every level.
type htmlPart struct {
	text string
	html *HTML
}

// maxInline is the size up to which an HTML is copied into what it becomes part of.
const maxInline = 4 << 10

// String returns the text, in time proportional to its length.
func (h *HTML) String() string {
	switch {
	case len(h.parts) == 0:
		return ""
	case len(h.parts) == 1 && h.parts[0].html == nil:
		return h.parts[0].text
	}
	// A page may have nested millions of elements: not by recursion.
	var b strings.Builder
	b.Grow(h.size)
	stack := [][]htmlPart{h.parts}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if len(*top) == 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		part := (*top)[0]
		*top = (*top)[1:]
		if b.WriteString(part.text); part.html != nil {
			stack = append(stack, part.html.parts)
		}
	}
	h.parts = []htmlPart{{text: b.String()}}
	return h.parts[0].text
}

// inspect describes HTML.
func (h *HTML) inspect(string) string {
	return "HTML " + quote(cut(h.String(), maxInspectString/2), 0)
}

// htmlWriter puts an HTML together.
type htmlWriter struct {
	of    *jsx
	buf   []byte // what was written since the last of parts
	parts []htmlPart
	size  int // of parts
}

func (w *htmlWriter) raw(s string) {
	w.grow(len(s))
	w.buf = append(w.buf, s...)
}

// grow throws if the HTML would be too large: an element may stand in itself many times over.
func (w *htmlWriter) grow(by int) {
	if size := int64(w.size + len(w.buf) + by); size > w.of.most {
		throwRange(w.of.rt, tooLarge("jsx", size, w.of.most))
	}
}

// html adds h as it is.
func (w *htmlWriter) html(h *HTML) {
	if h.size <= maxInline {
		w.raw(h.String())
		return
	}
	w.grow(h.size)
	w.flush()
	w.parts = append(w.parts, htmlPart{html: h})
	w.size += h.size
}

// flush moves what was written to parts.
func (w *htmlWriter) flush() {
	if len(w.buf) > 0 {
		w.parts = append(w.parts, htmlPart{text: string(w.buf)})
		w.size += len(w.buf)
		w.buf = w.buf[:0]
	}
}

// done returns what was written.
func (w *htmlWriter) done() *HTML {
	w.flush()
	return &HTML{parts: w.parts, size: w.size}
}

// text adds s as text between tags.
func (w *htmlWriter) text(s string) {
	w.grow(len(s))
	w.buf = appendEscaped(w.buf, s, false)
}

// value adds s as the value of an attribute, without its quotes.
func (w *htmlWriter) value(s string) {
	w.grow(len(s))
	w.buf = appendEscaped(w.buf, s, true)
}

// appendEscaped appends s with references for the characters that HTML gives a meaning: & < >,
// and in the value of an attribute ".
func appendEscaped(buf []byte, s string, quoted bool) []byte {
	start := 0
	for i := range len(s) {
		ref := ""
		switch s[i] {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '"':
			if !quoted {
				continue
			}
			ref = "&quot;"
		default:
			continue
		}
		buf = append(buf, s[start:i]...)
		buf = append(buf, ref...)
		start = i + 1
	}
	return append(buf, s[start:]...)
}
