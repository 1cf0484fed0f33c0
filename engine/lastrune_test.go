package engine

import "testing"

// TestLastCharacterInEverySpelling has the character U+10FFFF wherever a text may have one.
func TestLastCharacterInEverySpelling(t *testing.T) {
	for name, c := range map[string]struct{ expr, want string }{
		"a string":                     {`"\u{10FFFF}".codePointAt(0).toString(16)`, "10ffff"},
		"small letters, zeros":         {`"\u{0010ffff}a".length`, "3"},
		"the character itself":         {"'\U0010ffff'.codePointAt(0).toString(16)", "10ffff"},
		"a pair":                       {`"\uDBFF\uDFFF" === "\u{10FFFF}"`, "true"},
		"a template":                   {"`<\\u{10FFFF}${1}\\u{10FFFF}>`.length", "7"},
		"what is raw":                  {"String.raw`\\u{10FFFF}${1}\\u{010fffF}`", `\u{10FFFF}1\u{010fffF}`},
		"a tag":                        {"((s) => s[0] + s.raw[0])`\\u{10FFFF}` === '\\u{10FFFF}\\\\u{10FFFF}'", "true"},
		"a key":                        {`Object.keys({ "\u{10FFFF}": 1 })[0] === "\uDBFF\uDFFF"`, "true"},
		"a method":                     {`new class { "\u{10FFFF}"() { return 7 } }()["\uDBFF\uDFFF"]()`, "7"},
		"an escaped backslash":         {`"\\u{10FFFF}"`, `\u{10FFFF}`},
		"both":                         {`"\\u{10FFFF}\u{10FFFF}".length`, "12"},
		"the one before":               {`"\u{10FFFE}\u{10FFFF}\uDBFF\uDFFD".codePointAt(0).toString(16)`, "10fffe"},
		"a regular expression":         {`/^[\u{10000}-\u{10FFFF}]$/u.test("\u{10FFFF}")`, "true"},
		"its source":                   {`/\u{10FFFF}/u.source`, `\u{10FFFF}`},
		"RegExp":                       {`RegExp("[\\u{10FFFF}]", "u").test("\u{10FFFF}")`, "true"},
		"RegExp of a string":           {`RegExp("[\u{10FFFE}-\u{10FFFF}]", "u").test("\u{10FFFF}")`, "true"},
		"the text of a function":       {`(function () { return "\u{10FFFF}" }).toString().includes("\\u{10FFFF}")`, "true"},
		"eval":                         {`eval('"\\u{10FFFF}"').codePointAt(0).toString(16)`, "10ffff"},
		"eval elsewhere":               {`(0, eval)('"a\\u{10FFFF}"').length`, "3"},
		"eval of a template":           {"eval('`\\\\u{10FFFF}${`\\\\u{010ffff}`}`').length", "4"},
		"eval of text":                 {`eval('"\\\\u{10FFFF}"')`, `\u{10FFFF}`},
		"eval of a regexp":             {`eval('/[\\u{10FFFF}]/u').test("\u{10FFFF}")`, "true"},
		"eval after a regexp":          {`eval('/"/; "\\u{10FFFF}"').length`, "2"},
		"eval in eval":                 {`eval('const a = 1; eval("a + 1 + \'\\\\u{10FFFF}\'", 2 < 3 < 4)').length`, "3"},
		"Function":                     {`Function('return "\\u{10FFFF}"')().length`, "2"},
		"a parameter":                  {`Function('a = "\\u{10FFFF}"', 'return a')().length`, "2"},
		"setTimeout of text":           {`typeof setTimeout`, "function"},
		"JSON":                         {`JSON.parse('"\\uDBFF\\uDFFF"') + JSON.stringify("\u{10FFFF}").length`, "\U0010ffff4"},
		"a property by its short name": {`/^\p{AHex}+$/u.test("beef")`, "true"},
		"match":                        {`"a\u{10FFFF}".match("\u{10FFFF}").index`, "1"},
		"too large":                    {`(() => { try { return eval('"\\u{110000}"') } catch (e) { return e.name } })()`, "SyntaxError"},
		"open":                         {`(() => { try { return eval('"\\u{10FFFF"') } catch (e) { return e.name } })()`, "SyntaxError"},
		"a name":                       {`(() => { try { return eval('a\\u{10FFFF}') } catch (e) { return e.name } })()`, "SyntaxError"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app(t, Config{}, `start_response("200 OK", []); return String(`+c.expr+`)`).want("/", 200, c.want)
		})
	}
}

// TestLastCharacterInModules has it in files that a page imports, and in the page itself, whose
// application is looked at by its text.
func TestLastCharacterInModules(t *testing.T) {
	s := serve(t, Config{}, map[string]string{
		"page.js": `import data from "./data.json"; import { a } from "./a.ts";
			export function application(environ, start_response) { start_response("200 OK", []); return data.x + a + "\u{10FFFF}" }`,
		"data.json": `{"x": "\uDBFF\uDFFF"}`,
		"a.ts":      `export const a: string = "\u{10FFFF}";`,
	})
	s.want("/page", 200, "\U0010ffff\U0010ffff\U0010ffff")
}

// TestTextThatTheInterpreterFailsOnIsAnError gives the interpreter what makes it panic.
func TestTextThatTheInterpreterFailsOnIsAnError(t *testing.T) {
	all := ""
	for _, digit := range "0123456789ABCDEF" {
		all += `\u{10FFF` + string(digit) + `}`
	}
	out := &compiled{text: `(function () { "` + all + `" })`}
	if err := out.parse(false, nil); err == nil {
		t.Error("it was taken")
	}
	s := serve(t, Config{}, map[string]string{"bad.js": `export const application = () => "` + all + `"`, "good.js": helloPage})
	s.want("/bad", 500, "Internal Server Error")
	s.want("/good", 200, "hello GET")
}
