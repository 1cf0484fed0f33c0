package module

import (
	"strings"
	"unicode/utf8"
)

// Widths of lines, as Node.js has them.
const (
	lineWidth  = 76
	shortItem  = 20 // up to this length the items of an array share lines
	fewLevels  = 3  // so many levels may share a line
	fewEntries = 6  // so many items of an array never share the lines of a longer one
)

// join puts out between the braces of the object that head stands before: on one line if that is
// short and its own objects are not too deep, else a line each.
func (in *inspector) join(head string, array bool, out []string, level int) string {
	open, end := "{", "}"
	if array {
		open, end = "[", "]"
	}
	if head != "" {
		open = head + " " + open
	}
	width, longest, lines := len(open)+2*level, 0, strings.Contains(head, "\n")
	for _, s := range out {
		n := utf8.RuneCountInString(s)
		width += n + 2
		longest = max(longest, n)
		lines = lines || strings.Contains(s, "\n")
	}
	if !lines && width <= lineWidth && in.deepest-level < fewLevels {
		return open + " " + strings.Join(out, ", ") + " " + end
	}
	if array && !lines && len(out) > fewEntries && longest <= shortItem {
		out = fill(out, lineWidth-2*level)
	}
	body := strings.Join(out, ",\n")
	return open + "\n  " + strings.ReplaceAll(body, "\n", "\n  ") + "\n" + end
}

// fill puts as many items on a line as fit into width.
func fill(items []string, width int) []string {
	var lines []string
	line := ""
	for _, s := range items {
		if line != "" && utf8.RuneCountInString(line)+2+utf8.RuneCountInString(s) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += ", "
		}
		line += s
	}
	return append(lines, line)
}
