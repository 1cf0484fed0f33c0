package engine

import (
	"strings"
	"testing"
)

// TestSyntaxErrorsSayWhatToWrite has the mistakes that people make most.
func TestSyntaxErrorsSayWhatToWrite(t *testing.T) {
	for name, c := range map[string]struct{ src, want, hint string }{
		"await without async":      {"function application() { await null; }", `"await" can only be used`, "write async before the function"},
		"await in a callback":      {"async function application() { [1].map(x => await x); }", `"await" can only be used`, "write async before the function"},
		"for await without async":  {"function application() { for await (const x of y); }", `Cannot use "await"`, "write async before the function"},
		"await at the top level":   {"const x = await null;", "await cannot stand outside", "move it into application"},
		"HTML in a .js file":       {"function application() { return <p>hello</p>; }", "there is HTML in the code", "rename the page"},
		"a file of HTML":           {"<!doctype html>\n<p>hello", "there is HTML in the code", "goes into html/"},
		"string without end":       {"function application() { return [\"hello]; }", "Unterminated string literal", "the quote that ends it"},
		"template without end":     {"function application() { return [`hello]; }", "Unterminated string literal", "the quote that ends it"},
		"regexp without end":       {"const r = /abc;", "Unterminated regular expression", "the / that ends it"},
		"comment without end":      {"/* hello", `Expected "*/"`, "the */ that ends it"},
		"brace missing at the end": {"function application() { return 1;", "Unexpected end of file", "missing further up"},
		"typographic quotes":       {"const s = “hello”;", `Unexpected "“"`, "straight quotes"},
		"type in a .js file":       {"function application(environ: object) {}", `Expected ")" but found ":"`, ".ts and .tsx"},
		"type of a result":         {"function application(): string {}", `Expected "{" but found ":"`, ".ts and .tsx"},
		"semicolon missing":        {"function application() { f() return 1; }", `Expected ";" but found "return"`, "does not end"},
		"bracket too many":         {"function application() { return [1]]; }", `Expected ";" but found "]"`, "a bracket too many"},
		"comma missing":            {"const a = [1 2];", `Expected "]" but found "2"`, "a comma"},
		"word of the language":     {"const class = 1;", `Expected identifier but found "class"`, "choose another name"},
		"assignment to a constant": {"const a = 1;\na = 2;", `Cannot assign to "a"`, "declare it with let"},
		"constant without value":   {"const a;", `The constant "a" must be initialized`, "give it a value"},
		"declared twice":           {"let a = 1;\nlet a = 2;", `The symbol "a" has already been declared`, `was originally declared here (apps/page.js:1:5)`},
		"module of Node.js":        {"import fs from 'node:fs'; fs;", `there is no built-in module "node:fs"`, "do not run in Node.js"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "apps/page.js", c.src)
			e := open(t, Config{Dir: dir + "/apps", NoWatch: true})
			problems, _ := e.Check()
			if len(problems) == 0 {
				t.Fatal("no problem was found")
			}
			if got := problems[0]; !strings.HasPrefix(got.Message, c.want) || !strings.Contains(got.Hint, c.hint) {
				t.Errorf("got  %s\n     %s\nwant %s\n     %s", got.Message, got.Hint, c.want, c.hint)
			}
		})
	}
}
