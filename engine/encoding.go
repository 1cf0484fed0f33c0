package engine

import (
	"strings"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
)

// Files are UTF-8. Editors of Windows write others, too.

// notUTF8 is what is said of a file in UTF-16, of which every second byte is 0.
const notUTF8 = "the file is not UTF-8, but UTF-16"

func isUTF16(text string) bool {
	marked := strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff")
	return marked || len(text) > 3 && (text[0] == 0 && text[2] == 0 || text[1] == 0 && text[3] == 0)
}

// misspelt warns of the site's own files that are in another encoding, such as Latin-1: the characters become \ufffd.
func (b *bundling) misspelt() (warnings []*Error) {
	for _, src := range b.sorted() {
		isText := b.loader(src.path) != api.LoaderBinary && !isUTF16(src.content)
		if !isText || inPackage(src.path) || utf8.ValidString(src.content) {
			continue
		}
		line, column := placeOfInvalid(src.content)
		warnings = append(warnings, &Error{File: b.name(src.path), Line: line, Column: column, frame: frameAt(src.content, line, column),
			Message: "the file is not UTF-8: this character becomes \ufffd", Hint: saveAsUTF8})
	}
	return warnings
}

const saveAsUTF8 = "save it as UTF-8, which the editor asks for when it saves"

// placeOfInvalid returns where the first byte is that is not UTF-8.
func placeOfInvalid(text string) (line, column int) {
	line, column = 1, 1
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)) {
			break
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
	}
	return line, column
}
