package server

import (
	"log/slog"
	"strings"
)

// At a terminal a record may take several lines: what a page prints as a table, an object or the stack
// of an error is read there by a person. The lines after the first begin with a mark, which no text
// can leave, so that none of them looks like a record of its own.

// blockMark begins each line of a record but the first.
const blockMark = "  │ "

// frameKey is what the lines around the place of an error are called. They are for people only.
const frameKey = "frame"

// withoutFrame leaves them out of a log that is not.
func withoutFrame(groups []string, a slog.Attr) slog.Attr {
	if a.Key == frameKey && len(groups) == 0 {
		return slog.Attr{}
	}
	return a
}

// onTerminal reports whether a logger writes for a person at a terminal.
func onTerminal(log *slog.Logger) bool {
	h, ok := log.Handler().(*textHandler)
	return ok && h.terminal
}

// isBlock reports whether an attribute has lines of its own.
func (h *textHandler) isBlock(a slog.Attr) bool {
	if !h.terminal || a.Value.Kind() != slog.KindString {
		return false
	}
	switch a.Key {
	case "stack", frameKey:
		return true
	case "error":
		return strings.Contains(a.Value.String(), "\n")
	}
	return false
}

// appendBlocks appends those parts of a record that have lines of their own.
func (h *textHandler) appendBlocks(b []byte, r slog.Record, message bool) []byte {
	if message {
		b = h.appendBlock(b, r.Message)
	}
	r.Attrs(func(a slog.Attr) bool {
		if h.isBlock(a) {
			b = h.appendBlock(b, a.Value.String())
		}
		return true
	})
	return b
}

// appendBlock appends a text of several lines, each with the mark.
func (h *textHandler) appendBlock(b []byte, text string) []byte {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		b = h.paint(b, dim)
		b = append(b, blockMark...)
		b = h.paint(b, plain)
		for i, part := range strings.Split(line, "\t") { // which moves nothing but the cursor
			if i > 0 {
				b = append(b, '\t')
			}
			b = appendEscaped(b, part)
		}
		b = append(b, '\n')
	}
	return b
}
