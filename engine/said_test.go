package engine

import (
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// saidCase is a page that throws, and what Node.js says of it: see testdata/thrown.
type saidCase struct {
	name, code   string
	line, column int
	message      string
}

func saidCases(t testing.TB) (list []saidCase) {
	t.Helper()
	text, err := os.ReadFile("testdata/thrown/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range saidCaseText.FindAllStringSubmatch(string(text), -1) {
		c := saidCase{name: m[1], code: m[2], message: strings.ReplaceAll(m[5], `\n`, "\n")}
		c.line, _ = strconv.Atoi(m[3])
		c.column, _ = strconv.Atoi(m[4])
		if !strings.Contains("\n"+c.code, "\nexport ") {
			c.code = "export async function application() {\n" + c.code + "}\n"
		}
		list = append(list, c)
	}
	if len(list) < 300 {
		t.Fatalf("there are %d cases", len(list))
	}
	return list
}

var saidCaseText = regexp.MustCompile(`(?m)^## (.*)\n((?:(?:[^#=\n].*)?\n)+)= (\d+):(\d+) (.*)$`)

func TestErrorsSayWhatNodeSays(t *testing.T) {
	files := map[string]string{}
	cases := saidCases(t)
	for i, c := range cases {
		files[fmt.Sprintf("c%d.js", i)] = c.code
	}
	s := serve(t, Config{NoWatch: true}, files)
	for i, c := range cases {
		err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", fmt.Sprintf("/c%d", i), nil))
		got := asError(err)
		if got.Message != c.message || got.Line != c.line {
			t.Errorf("%s\n%s\ngot  %d:%d %s\nwant %d:%d %s\n%s", c.name, c.code, got.Line, got.Column, got.Message, c.line, c.column, c.message, got.Stack())
		}
	}
}

// TestErrorsHaveTheNamesOfTheSource fails with what is imported, and has another name in the bundle.
func TestErrorsHaveTheNamesOfTheSource(t *testing.T) {
	s := serve(t, Config{}, map[string]string{
		"_lib/a.ts":                    "export let handler: any = undefined;\nexport function run() { return handler(1); }\nexport default undefined as any;",
		"node_modules/cj/index.js":     "exports.present = 1;",
		"node_modules/cj/package.json": `{"name": "cj", "main": "index.js"}`,
		"page.tsx": `import broken, { run } from "./_lib/a";
import cj, { missing } from "cj";
let handler: any = null;
const cases: Record<string, () => any> = {
	own: () => handler<string>("x"),
	other: () => run(),
	default: () => broken(),
	named: () => missing(1),
	made: () => new missing(),
	member: () => cj.foo.bar(),
	called: () => cj.foo(),
	jsx: () => <p>{handler!.name}</p>,
	destructured: () => { const { a } = missing; return a },
};
export const application = (environ: any) => cases[environ.QUERY_STRING]();`,
	})
	for query, want := range map[string]string{
		"own":          "apps/page.tsx:5:13: TypeError: handler is not a function",
		"other":        "apps/_lib/a.ts:2:32: TypeError: handler is not a function",
		"default":      "apps/page.tsx:7:17: TypeError: broken is not a function",
		"named":        "apps/page.tsx:8:15: TypeError: missing is not a function",
		"made":         "apps/page.tsx:9:14: TypeError: missing is not a constructor",
		"member":       "apps/page.tsx:10:23: TypeError: Cannot read properties of undefined (reading 'bar')",
		"called":       "apps/page.tsx:11:19: TypeError: cj.foo is not a function",
		"jsx":          "apps/page.tsx:12:26: TypeError: Cannot read properties of null (reading 'name')",
		"destructured": "apps/page.tsx:13:38: TypeError: Cannot destructure property 'a' of 'missing' as it is undefined.",
	} {
		for range 2 { // the second time, from memory
			err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page?"+query, nil))
			if got := asError(err).Error(); !strings.HasPrefix(got, want) {
				t.Errorf("%s: got  %s\nwant %s", query, got, want)
			}
		}
	}
}

// TestWhatIsNoErrorHasItsPlace throws and rejects with what has no stack. The place is marked by ^.
func TestWhatIsNoErrorHasItsPlace(t *testing.T) {
	for _, code := range []string{
		"^throw 'text'",
		"await null; ^throw { code: 5 }",
		"await null; ^throw null",
		"const f = async () => { ^throw 5 }; await f()",
		"try { throw 'a' } catch {} await null; ^throw 'a'",
		"try { await null; ^throw 'a' } catch (e) { throw e }",
		"await Promise.^reject('text')",
		"await new Promise((_, no) => ^no('text'))",
		"await new Promise(() => { ^throw 'text' })",
		"await Promise.resolve().then(() => { ^throw [1, 2] })",
		"const list = ['a', 'b']; await null; ^throw list.pop()",
		"const f = async function* () { ^throw 'x' }; for await (const x of f()) ;",
		"await Promise.all([null, Promise.^reject(7)])",
	} {
		before, after, _ := strings.Cut("export async function application() { "+code+" }", "^")
		s := serve(t, Config{}, map[string]string{"page.js": before + after})
		err := s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page", nil))
		got, want := asError(err), fmt.Sprintf("apps/page.js:1:%d", len(before)+1)
		if got.At() != want || got.Frame() == "" || got.Stack() == "" {
			t.Errorf("%s: got %s %s, want %s\n%s", code, got.At(), got.Message, want, got.Stack())
		}
	}
}

func TestAsyncGeneratorsHaveTheirNamesInStacks(t *testing.T) {
	s := serve(t, Config{}, map[string]string{"page.js": `async function* rows() { await null; null.x }
class Table { async *each() { yield* rows() } }
const tools = { async *run() { for await (const r of new Table().each()) yield r } };
export async function* application() { yield* tools.run(); throw new Error("not here") }`})
	got := asError(s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page", nil)))
	if want := "at rows (apps/page.js:1:"; !strings.HasPrefix(got.Stack(), want) {
		t.Errorf("got\n%s\nwant %s", got.Stack(), want)
	}
	s = serve(t, Config{}, map[string]string{"page.js": `const tools = { async *run() { null.x } }; class A { async *all() { yield* tools.run() } }
export async function* application() { const f = () => { throw new Error("x") }; f(); yield* new A().all() }`})
	got = asError(s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page", nil)))
	if want := "at f (apps/page.js:2:64)\nat application (apps/page.js:2:82)"; got.Stack() != want {
		t.Errorf("got\n%s\nwant\n%s", got.Stack(), want)
	}
}
