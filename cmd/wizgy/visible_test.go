package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
)

// TestNamesOfFilesMoveNothingAtATerminal prints names that look like lines of their own, or move the
// cursor.
func TestNamesOfFilesMoveNothingAtATerminal(t *testing.T) {
	for _, name := range []string{"a\nb", "a\r\x1b[2Jb", "a\u202eb", "a\xffb", "a\u0085b", "a\tb", "größe 日本"} {
		site := t.TempDir()
		err := writeAll(site, map[string]string{
			"apps/" + name + ".js":         "export function application() { throw new Error('x\\n1 page, 0 errors, 0 warnings') }",
			"apps/" + name + "/[p]/bad.js": "let = ;",
			"html/" + name + "/index.html": "x",
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"routes", site}, {"check", site}, {"routes", site, "/" + strings.ToUpper("%0a") + "x"}} {
			var out bytes.Buffer
			run(&program{ctx: t.Context(), stdout: &out, stderr: &out}, args)
			if out.Len() == 0 {
				t.Errorf("%s with %q prints nothing", args[0], name)
			}
			for line := range strings.Lines(out.String()) {
				line = strings.TrimRight(line, "\n")
				if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) && r != '\t' }) || line == "b.js" || strings.HasPrefix(line, "1 page, 0") {
					t.Errorf("%s with %q: %q", args[0], name, line)
				}
			}
		}
	}
}
