package engine

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTextsThatNeverEndTheProcess has a page make the interpreter compile what would fill the stack of
// its parser or of its compiler: each is refused, and the page goes on.
func TestTextsThatNeverEndTheProcess(t *testing.T) {
	many := `const many = (a, b = "", c = "", n = 250000) => a.repeat(n) + b + c.repeat(n);`
	for name, expr := range map[string]string{
		"if":                        `eval(many("if(1)", ";"))`,
		"else if":                   `eval(many("if(1);else ", ";"))`,
		"labels":                    `eval(many("a:", ";"))`,
		"not":                       `(0, eval)(many("!", "1"))`,
		"new":                       `eval(many("new ", "a"))`,
		"arrows":                    `eval(many("a=>", "1"))`,
		"arrows in parameters":      `eval(many("(a=", "1", ")=>1", 40))`,
		"plus":                      `eval(many("a+", "a"))`,
		"ternaries":                 `eval(many("a?a:", "a"))`,
		"classes":                   `eval("(" + many("class extends ", "a", "{}") + ")")`,
		"tags":                      "eval(many('', 'a', '``'))",
		"Function":                  `Function(many("{", "", "}"))`,
		"new Function":              `new Function("a", many("while(1)", ";"))`,
		"a body that ends":          `Function("}" + many("(", "1", ")") + "{")`,
		"parameters":                `Function(many("[", "a", "]"), "")`,
		"parameters and body":       "Function('`', '`+' + many('(', '1', ')'))",
		"a comment in both":         `Function("/*", "*/){" + many("(", "1", ")"))`,
		"an async function":         `(async () => {}).constructor(many("do ", ";", " while(1)"))`,
		"a generator":               `(function* () {}).constructor(many("(", "1", ")"))`,
		"in an eval":                `eval("eval(many('(', '1', ')', 2500))")`,
		"RegExp":                    `RegExp(many("("))`,
		"RegExp, looking ahead":     `new RegExp(many("(?=", "a", ")"))`,
		"RegExp of an object":       `RegExp({ toString: () => many("(?=", "a", ")") })`,
		"RegExp of a String":        `RegExp(new String(many("(?=", "a", ")")))`,
		"RegExp of what is similar": `new RegExp({ [Symbol.match]: true, source: many("(?=", "a", ")"), flags: "" })`,
		"match":                     `"a".match(many("(?=", "a", ")"))`,
		"match of an object":        `"a".match({ toString: () => many("(?=", "a", ")") })`,
		"search":                    `"a".search([many("(?=", "a", ")")])`,
		"matchAll":                  `[..."a".matchAll(many("(?=", "a", ")"))]`,
		"compile":                   `/a/.compile(many("(?=", "a", ")"))`,
		"a literal in eval":         `eval("/" + many("(?=", "a", ")") + "/")`,
		"a source map":              `eval("1\n//# sourceMappingURL=data:application/json;base64," + many("W")); throw RangeError()`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := app(t, Config{}, `start_response("200 OK", []); `+many+`
				try { `+expr+`; return "taken" } catch (e) { return e.name }`)
			status, got, err := s.get("/")
			if err != nil || status != 200 || got != "RangeError" && got != "SyntaxError" && got != "InternalError" {
				t.Errorf("%d %q, %v; want an error that the page can catch\n%s", status, got, err, s.log)
			}
		})
	}
}

// TestPagesThatNeverEndTheProcess has files that are nested in what is no bracket.
func TestPagesThatNeverEndTheProcess(t *testing.T) {
	many := strings.Repeat
	const n = 250000
	for name, c := range map[string]struct{ file, text string }{
		"if":                   {"bad.js", many("if(1)", n) + ";"},
		"if lines":             {"bad.js", many("if(1)\n", n) + ";"},
		"else if":              {"bad.js", many("if(1);else ", n) + ";"},
		"labels":               {"bad.js", many("a:", n) + ";"},
		"loops":                {"bad.ts", many("for(;;)while(1)do ", n) + ";"},
		"new":                  {"bad.js", many("new ", n) + "a"},
		"sums":                 {"bad.js", many("a+", n) + "a"},
		"classes":              {"bad.ts", "x = " + many("class extends ", n) + "a" + many("{}", n)},
		"types":                {"bad.ts", "type A = " + many("B<0,", n)},
		"elements with text":   {"bad.tsx", "x = " + many("<a>;", n) + many("</a>", n)},
		"attributes":           {"bad.jsx", "x = " + many("<a b=", n) + "<c/>" + many("/>", n)},
		"JSON":                 {"data.json", many("[", n) + many("]", n)},
		"JSON of objects":      {"data.json", many(`{"a":`, n) + "1" + many("}", n)},
		"a regular expression": {"bad.js", "x = /" + many("(?=", n) + many(")", n) + "/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"good.js": helloPage, c.file: c.text + "\nexport const application = 1"}
			if c.file == "data.json" {
				files = map[string]string{"good.js": helloPage, c.file: c.text, "bad.js": `import "./data.json"; export const application = 1`}
			}
			s := serve(t, Config{NoStart: true}, files)
			problems, _ := s.Check()
			if len(problems) == 0 {
				t.Error("no problem is seen")
			}
			s.want("/good", 200, "hello GET")
		})
	}
}

// TestSourceMapsOfFilesAreNotOpened has files that name source maps: one that never ends, one that is
// nested too deep, in the file and beside it.
func TestSourceMapsOfFilesAreNotOpened(t *testing.T) {
	deep := strings.Repeat("[", 1e6)
	const page = "export function application(environ, start_response) { start_response('200 OK', []); return '//# sourceMappingURL=x' }\n"
	s := serve(t, Config{}, map[string]string{
		"endless.js": page + "//# sourceMappingURL=/dev/zero\n",
		"inline.ts":  page + "//# sourceMappingURL=data:application/json;base64," + base64.StdEncoding.EncodeToString([]byte(deep)) + "\n",
		"beside.js":  page + "/*# sourceMappingURL=deep.map */",
		"eval.js":    strings.ReplaceAll(page, "return '", "return eval('`'+`//# sourceMappingURL=/dev/zero\n`+'`') && '"),
	})
	if err := os.WriteFile(filepath.Join(s.dir, "deep.map"), []byte(deep), 0o600); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for _, path := range []string{"/endless", "/inline", "/beside", "/eval"} {
		s.want(path, 200, "//# sourceMappingURL=x")
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("took %v", d)
	}
}
