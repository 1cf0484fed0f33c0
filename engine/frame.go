package engine

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// columnOf makes a column that counts from 1, in characters, of an offset in bytes.
func columnOf(line string, offset int) int {
	return utf8.RuneCountInString(line[:min(max(offset, 0), len(line))]) + 1
}

// maxFrameLine is how many characters of a line are shown, around the column.
const maxFrameLine = 160

// frameAt shows the lines around a place, with a caret under the column:
//
//	  1 | export function application(environ, start_response) {
//	> 2 |   return 1 +;
//	    |             ^
//	  3 | }
func frameAt(src string, line, column int) string {
	lines := strings.Split(strings.TrimSuffix(src, "\n"), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	var b strings.Builder
	width := len(fmt.Sprint(min(line+2, len(lines))))
	for n := max(line-2, 1); n <= min(line+2, len(lines)); n++ {
		text := []rune(strings.TrimSuffix(lines[n-1], "\r"))
		start := 0
		if column > maxFrameLine { // a minified file
			start = min(column-maxFrameLine/2, len(text))
		}
		text = text[min(start, len(text)):]
		text = text[:min(len(text), maxFrameLine)]
		mark := ' '
		if n == line {
			mark = '>'
		}
		fmt.Fprintf(&b, "%s\n", strings.TrimRight(fmt.Sprintf("%c %*d | %s", mark, width, n, string(text)), " "))
		if n == line {
			before := text[:min(max(column-1-start, 0), len(text))]
			fmt.Fprintf(&b, "  %*s | %s^\n", width, "", blank(before))
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// line returns the line of the place, as far as the frame shows it, or "".
func (e *Error) line() string {
	for line := range strings.SplitSeq(e.frame, "\n") {
		if strings.HasPrefix(line, ">") {
			_, text, _ := strings.Cut(line, " | ")
			return text
		}
	}
	return ""
}

// blank returns as much empty space as the text takes, with its tabs.
func blank(text []rune) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(text))
}
