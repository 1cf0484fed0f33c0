package module

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// maxLogged is how much of what a page prints at once is logged, in bytes, with what has to be escaped
// counted as it is written: a line of the log stays below 8 KiB.
const maxLogged = 7 << 10

// Logged returns a text as it is to be logged: as it is, or cut, with how much was left out.
func Logged(text string) string {
	if n := fits(text, maxLogged); n < len(text) {
		return fmt.Sprintf("%s… (%d more bytes)", text[:n], len(text)-n)
	}
	return text
}

// fits returns how much of a text can be written in so many bytes.
func fits(text string, most int) int {
	used := 0
	for i, r := range text {
		switch {
		case r == '\n' || r == '\t' || r == '"' || r == '\\':
			used += 2
		case r == utf8.RuneError:
			used += len(`\ufffd`)
		case !strconv.IsPrint(r):
			used += len(`\u0000`) * max(1, utf8.RuneLen(r)-2)
		default:
			used += utf8.RuneLen(r)
		}
		if used > most {
			return i
		}
	}
	return len(text)
}
