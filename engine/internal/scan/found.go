package scan

import (
	"slices"
	"strings"
)

// HideMaps returns the text in which no comment names a source map: whoever compiles the text would
// open what is named, which may be any file, a pipe without end, or a map that is nested too deep.
// Nothing moves.
func (f *Found) HideMaps() string {
	const name, other = "sourceMappingURL=", "sourceMappingURL:"
	text := f.text
	for _, at := range f.maps {
		at += len("# ")
		text = text[:at] + other + text[at+len(other):]
	}
	if f.sure < len(text) {
		text = text[:f.sure] + strings.ReplaceAll(text[f.sure:], name, other)
	}
	return text
}

// SpellLast returns the text with the last character of all, \u{10FFFF}, written as a pair.
func (f *Found) SpellLast() string {
	if len(f.escapes) == 0 {
		return f.text
	}
	var b strings.Builder
	done := 0
	for _, at := range f.escapes {
		b.WriteString(f.text[done:at])
		b.WriteString(`\uDBFF\uDFFF`)
		done = at + lastCharacter(f.text[at:])
	}
	b.WriteString(f.text[done:])
	return b.String()
}

// lastCharacter returns how long an escape of the last character is that a text begins with, or 0.
func lastCharacter(text string) int {
	digits, ok := strings.CutPrefix(text, `\u{`)
	if !ok {
		return 0
	}
	digits, _, ok = strings.Cut(digits, "}")
	if !ok || !strings.EqualFold(strings.TrimLeft(digits, "0"), "10ffff") {
		return 0
	}
	return len(`\u{`) + len(digits) + len("}")
}

// Tokens are the tokens of a text, for those who have a tree of it that does not tell where brackets
// stood.
type Tokens struct{ found Found }

// NewTokens finds them. It is false where it is not sure how the text is to be read.
func NewTokens(text string) (*Tokens, bool) {
	f := newScan(text, Dialect{}, true).Found
	return &Tokens{f}, f.Wrong == "" && f.sure == len(text)
}

// Opening returns where the ( stand that come directly before the token that begins at a place, and
// where the token before those begins, or -1.
func (t *Tokens) Opening(at int) (open []int, before int) {
	tokens := t.found.tokens
	i, _ := slices.BinarySearch(tokens, at)
	for i--; i >= 0 && t.found.text[tokens[i]] == '('; i-- {
		open = append(open, tokens[i])
	}
	if i < 0 {
		return open, -1
	}
	return open, tokens[i]
}

// Closing returns where the ) is of a (.
func (t *Tokens) Closing(open int) int { return t.found.brackets[open] }
