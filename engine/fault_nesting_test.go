package engine

import (
	"strings"
	"testing"
	"time"
)

// TestDeeplyNestedSourceIsAProblemOfThePage has pages whose text would fill the stack of a
// parser, which ends the process. They are refused before, and say why.
func TestDeeplyNestedSourceIsAProblemOfThePage(t *testing.T) {
	many := strings.Repeat
	for name, c := range map[string]struct{ file, text, want string }{
		"arrays":        {"bad.js", "x = " + many("[", 1e6) + many("]", 1e6), "brackets are nested more than 2000 deep"},
		"templates":     {"bad.js", "x = " + many("`${", 1e5) + "1" + many("}`", 1e5), "brackets are nested more than 2000 deep"},
		"not":           {"bad.js", "x = " + many("!", 1e6) + "1", "an expression goes on for more than 25000 operators"},
		"typeof":        {"bad.ts", "x = " + many("typeof ", 1e6) + "1", "an expression goes on for more than 25000 operators"},
		"plus":          {"bad.js", "x = 1" + many(" + y", 1e5), "an expression goes on for more than 25000 operators"},
		"else":          {"bad.js", many("if (x) { y() } else ", 1e5) + "z()", "an expression goes on for more than 25000 operators"},
		"arrows":        {"bad.js", "x = " + many("a => ", 5000) + "1", "an expression goes on"},
		"elements":      {"bad.jsx", "x = " + many("<a>", 1e5) + many("</a>", 1e5), "elements are nested more than 2000 deep"},
		"types":         {"bad.ts", "type T = " + many("[", 1e5) + many("]", 1e5), "brackets are nested more than 2000 deep"},
		"imported":      {"_lib.js", many("(", 1e5) + "1" + many(")", 1e5), "brackets are nested more than 2000 deep"},
		"imported JSON": {"data.json", many("[", 1e5) + many("]", 1e5), "brackets are nested more than 2000 deep"},
		"too long":      {"bad.js", "x = '" + many("x", 17<<20) + "'", "the file has 17 MiB, and 16 MiB is allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"good.js": helloPage, c.file: c.text}
			if !strings.HasPrefix(c.file, "bad") {
				files["bad.js"] = "import './" + c.file + "'; export const application = 1"
			}
			s := serve(t, Config{NoStart: true}, files)
			start := time.Now()
			problems, _ := s.Check()
			if len(problems) == 0 || !strings.Contains(problems[0].Error(), c.want) || !strings.Contains(problems[0].File, c.file) {
				t.Errorf("got %.300v; want %s", problems, c.want)
			}
			if d := time.Since(start); d > time.Minute {
				t.Errorf("took %v", d)
			}
			s.want("/good", 200, "hello GET")
		})
	}
}

// TestLongSourceIsNoProblem has what looks nested and is not, as generated files have it.
func TestLongSourceIsNoProblem(t *testing.T) {
	many := strings.Repeat
	s := serve(t, Config{}, map[string]string{
		"page.ts": `// don't
			import text from "./long.txt";
			const re = /["'` + "`" + `(]/g, data = "` + many("+/A(", 1e5) + `", tpl = ` + "`" + many("a.b-c (", 1e5) + "${`${1}`}`" + `;
			/* ` + many("(", 1e5) + ` */
			const list = [` + many("[1, 2], ", 1e4) + `]; // ` + many("((", 1e4) + `
			let n = 0; ` + many("if (n) { n = n + 1 }\n", 1e4) + `
			const sum = ` + many("1 + ", 2000) + `1;
			export function application(environ: object, start_response: any) {
				start_response("200 OK", []);
				return [list.length, sum, text.length, data.length, tpl.length].join();
			}`,
		"long.txt": many("(", 1e6),
	})
	s.want("/page", 200, "10000,2001,1000000,400000,700001")
}
