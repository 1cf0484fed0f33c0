package engine

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// expressions returns the lines of testdata/expressions.txt.gz: 10,000 expressions, and what Node.js 20
// said of each, after a tab. They were made at random: from atoms (literals of all kinds, variables,
// members, calls, optional ones, templates, new), put together by all operators, with and without
// brackets, down to five levels, half of them chains of < > <= >= instanceof in. After the value of an
// expression stand those of the variables that it may have changed, or only the name of what it threw.
// Those that Node.js refuses, and most TypeErrors, were left out.
func expressions(t *testing.T) []string {
	t.Helper()
	f, err := os.Open("testdata/expressions.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// show is how values were written down, and variables what expressions are about.
const (
	show = `const show = (v) => typeof v == "bigint" ? v + "n" : typeof v == "function" ? "function" : typeof v == "string" ? JSON.stringify(v)
		: Object.is(v, -0) ? "-0" : v instanceof RegExp ? "regexp" : Array.isArray(v) ? "[" + v.map(show).join() + "]"
		: v && typeof v == "object" ? "{" + Object.keys(v).map((k) => k + ":" + show(v[k])).join() + "}" : String(v);
		const tried = (f) => { try { return f().map(show).join(" ") } catch (e) { return e.name } };`
	variables = `class A { constructor() { this.k = 1 } static toString() { return "A" } } const Q = Array, W = Object; let a = 1, b = "2", c = null, u, i = 3n, n = null;
		const o = { x: 5, y: "y", m() { return this.x }, __proto__: { toString() { return "o" } } }, l = [4, 5], f = Object.assign((v) => v, { toString() { return "f" } });`
)

// TestExpressionsMeanWhatNodeSays has the expressions in pages, through esbuild, and in texts that pages
// evaluate, which the interpreter compiles as they are.
func TestExpressionsMeanWhatNodeSays(t *testing.T) {
	const each = 1000
	lines := expressions(t)
	if len(lines) != 10000 {
		t.Fatalf("there are %d expressions", len(lines))
	}
	for from := 0; from < len(lines); from += each {
		lines := lines[from:][:each]
		for i, kind := range []string{"page", "eval", "Function"} {
			if i > 0 && from/each%3 != i { // which takes longer
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", kind, from), func(t *testing.T) {
				t.Parallel()
				compareExpressions(t, kind, lines)
			})
		}
	}
}

func compareExpressions(t *testing.T, kind string, lines []string) {
	var page strings.Builder
	page.WriteString(show + "\nconst all = [\n")
	for _, line := range lines {
		expr, _, _ := strings.Cut(line, "\t")
		body := variables + "return [(" + expr + "\n),a,b,c,u,o,l]"
		quoted, _ := json.Marshal(body)
		switch kind {
		case "page":
			fmt.Fprintf(&page, "() => {%s},\n", body)
		case "eval":
			fmt.Fprintf(&page, "() => eval(\"(() => {\" + %s + \"})()\"),\n", quoted)
		case "Function":
			fmt.Fprintf(&page, "() => Function(%s)(),\n", quoted)
		}
	}
	page.WriteString("];\nfunction application(environ, start_response) { start_response('200 OK', []); return all.map(tried).join('\\n') }")
	s := serve(t, Config{}, map[string]string{"page.js": page.String()})
	_, got, err := s.get("/page")
	answers := strings.Split(got, "\n")
	if err != nil || len(answers) != len(lines) {
		t.Fatalf("%d answers, %v: %.300s\n%.2000s", len(answers), err, got, s.log)
	}
	wrong := 0
	for i, line := range lines {
		expr, want, _ := strings.Cut(line, "\t")
		if answers[i] == want {
			continue
		}
		if wrong++; wrong <= 10 {
			t.Errorf("%s\ngot  %s\nwant %s", expr, answers[i], want)
		}
	}
	if wrong > 10 {
		t.Errorf("and %d more", wrong-10)
	}
}
