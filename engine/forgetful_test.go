package engine

import (
	"fmt"
	"testing"
)

// TestWhatRequestsLeaveBehindIsWarnedOf has pages that keep data of requests at the top of a file, in each
// form that a page may have, and one that does not.
func TestWhatRequestsLeaveBehindIsWarnedOf(t *testing.T) {
	s := serve(t, Config{Dev: true, NoStart: true}, map[string]string{
		"list.js": `const messages = [];
			export async function application(environ, start_response) {
				if (environ.REQUEST_METHOD === "POST") messages.push(1);
				start_response("200 OK", []);
				return [messages.length + "\n"];
			}`,
		"plain.js": "let hits = 0;\nfunction application(environ, start_response) {\n\tstart_response('200 OK', []); return ['' + ++hits] }",
		"typed.ts": `import { add } from "./_lib.ts"; export function application(environ: any, start_response: any) { start_response("200 OK", []); return [String(add())] }`,
		"_lib.ts":  "let total: number = 0;\nexport function add(): number {\n\ttotal += 1;\n\treturn total;\n}",
		"leak.js":  "function application(environ, start_response) {\n\tvisitor = environ.QUERY_STRING;\n\tstart_response('200 OK', []); return [visitor] }",
		"good.js": `const cache = new Map(); let calls = 0;
			export function application(environ, start_response) {
				calls++; console.log(calls);
				let v = cache.get(environ.PATH_INFO);
				if (!v) cache.set(environ.PATH_INFO, v = environ.PATH_INFO + "!");
				start_response("200 OK", []);
				return [v];
			}`,
	})
	problems, warnings := s.Check()
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	got := map[string]bool{}
	for _, w := range warnings {
		got[fmt.Sprintf("%s:%d %.21s", w.File, w.Line, w.Message)] = true
	}
	for _, want := range []string{"apps/list.js:3 requests change messa", "apps/plain.js:3 requests change hits,", "apps/_lib.ts:3 requests change total", "apps/leak.js:2 visitor is set and de"} {
		if !got[want] {
			t.Errorf("no warning: %s", want)
		}
	}
	if len(warnings) != 4 || t.Failed() {
		t.Errorf("%d warnings: %v", len(warnings), warnings)
	}
}
