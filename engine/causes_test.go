package engine

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// TestCausesAreTold has errors with others within.
func TestCausesAreTold(t *testing.T) {
	for name, c := range map[string]struct{ code, want string }{
		"cause": {"try { null.x } catch (e) { throw new Error('outer', { cause: e }) }",
			"at application (apps/page.js:2:34)\n[cause]: TypeError: Cannot read properties of null (reading 'x')\n    at application (apps/page.js:2:12)"},
		"causes of causes": {"throw new Error('a', { cause: new Error('b', { cause: new RangeError('c') }) })",
			"at application (apps/page.js:2:7)\n[cause]: Error: b\n    at application (apps/page.js:2:31)\n  [cause]: RangeError: c\n      at application (apps/page.js:2:55)"},
		"no error": {"throw new Error('a', { cause: { code: 5 } })", "at application (apps/page.js:2:7)\n[cause]: { code: 5 }"},
		"text":     {"throw new Error('a', { cause: 'two\\nlines' })", "at application (apps/page.js:2:7)\n[cause]: 'two\\nlines'"},
		"null":     {"throw new Error('a', { cause: null })", "at application (apps/page.js:2:7)\n[cause]: null"},
		"lines":    {"throw new Error('a', { cause: new Error('two\\nlines') })", "at application (apps/page.js:2:7)\n[cause]: Error: two\\nlines\n    at application (apps/page.js:2:31)"},
		"properties": {"const e = new Error('a', { cause: Object.assign(new Error('b'), { n: 1 }) }); e.code = 'E5'; e.what = { id: 7 }; throw e",
			"at application (apps/page.js:2:11)\n{ code: 'E5', what: { id: 7 } }\n[cause]: Error: b\n    at application (apps/page.js:2:49)\n  { n: 1 }"},
		"many properties":             {"throw Object.assign(new Error('a'), Array.from({ length: 500 }, (_, i) => i))", "at application (apps/page.js:2:21)\n{ '0': 0, '1': 1, '2': 2, '3': 3, '4': 4, '5': 5, '6': 6, '7': 7, '8': 8, '9': 9 }"},
		"properties that are hostile": {"throw Object.defineProperty(new Error('a'), 'x', { enumerable: true, get() { throw 1 } })", "at application (apps/page.js:2:29)"},
		"a property of that name":     {"const e = new Error('a'); Object.defineProperty(e, '__proto__', { value: 1, enumerable: true }); throw e", "at application (apps/page.js:2:11)\n{ __proto__: 1 }"},
		"class":                       {"class Gone extends Error {} throw new Error('a', { cause: new Gone('b') })", "at application (apps/page.js:2:35)\n[cause]: Gone: b\n    at application (apps/page.js:2:59)"},
		"circle":                      {"const e = new Error('a'); e.cause = e; throw e", "at application (apps/page.js:2:11)\n[cause]: [circular]"},
		"circle of 2": {"const e = new Error('a'); e.cause = new Error('b', { cause: e }); throw e",
			"at application (apps/page.js:2:11)\n[cause]: Error: b\n    at application (apps/page.js:2:37)\n  [cause]: [circular]"},
		"aggregate": {"throw new AggregateError([new Error('a'), 5, new Error('b', { cause: 'c' })], 'all')",
			"at application (apps/page.js:2:7)\n[errors][0]: Error: a\n    at application (apps/page.js:2:27)\n[errors][1]: 5\n[errors][2]: Error: b\n    at application (apps/page.js:2:46)\n  [cause]: 'c'"},
		"any": {"return Promise.any([Promise.reject(new Error('a')), Promise.reject(new Error('b'))])",
			"at application (apps/page.js:2:36)\n[errors][0]: Error: a\n    at application (apps/page.js:2:36)\n[errors][1]: Error: b\n    at application (apps/page.js:2:68)"},
		"suppressed": {"throw Object.assign(new Error('s'), { name: 'SuppressedError', error: new Error('later'), suppressed: new Error('first') })",
			"at application (apps/page.js:2:21)\n[error]: Error: later\n    at application (apps/page.js:2:71)\n[suppressed]: Error: first\n    at application (apps/page.js:2:103)"},
		"a class's own":      {"class E extends Error { constructor(c) { super('own', { cause: c }) } } throw new E('why')", "at application (apps/page.js:2:79)\n[cause]: 'why'"},
		"getter":             {"throw Object.defineProperty(new Error('a'), 'cause', { get() { return 'got' } })", "at application (apps/page.js:2:29)\n[cause]: 'got'"},
		"getter that throws": {"throw Object.defineProperty(new Error('a'), 'cause', { get() { throw 1 } })", "at application (apps/page.js:2:29)"},
		"proxy":              {"throw new Error('a', { cause: new Proxy({}, { get() { throw 1 } }) })", "at application (apps/page.js:2:7)\n[cause]: [Proxy]"},
		"many":               {"throw new AggregateError(Array.from({ length: 50 }, (_, i) => i), 'many')", "at application (apps/page.js:2:7)\n[errors][0]: 0\n[errors][1]: 1\n[errors][2]: 2\n[errors][3]: 3\n[errors][4]: 4\n[errors][5]: 5\n[errors][6]: 6\n[errors][7]: 7\n[errors][8]: 8\n[errors][9]: 9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, Config{}, map[string]string{"page.js": "export function application() {\n" + c.code + "\n}"})
			got := asError(s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page", nil)))
			if got.Stack() != c.want {
				t.Errorf("%s\ngot\n%s\nwant\n%s", got.Message, got.Stack(), c.want)
			}
		})
	}
}

// TestCausesAreToldBelowADeepStack has a stack that would leave no room for them.
func TestCausesAreToldBelowADeepStack(t *testing.T) {
	s := app(t, Config{}, "const f = n => n ? f(n - 1) : (() => { throw new Error('deep', { cause: 'why' }) })(); f(100)")
	got := asError(s.ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)))
	if !strings.Contains(got.Stack(), "\n[cause]: 'why'") || len(got.Stack()) > 2000 {
		t.Errorf("got\n%s", got.Stack())
	}
}
