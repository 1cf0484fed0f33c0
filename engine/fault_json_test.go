package engine

import (
	"testing"
	"time"
)

// TestJSONThatTakesTooLongEndsAtTheDeadline has values that JSON.stringify would be busy with for hours.
func TestJSONThatTakesTooLongEndsAtTheDeadline(t *testing.T) {
	for name, code := range map[string]string{
		"deep":          `let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o)`,
		"deep, indents": `let o = []; for (let i = 0; i < 1e5; i++) o = [o]; JSON.stringify(o, null, 1)`,
		"shared":        `let o = [{}]; for (let i = 0; i < 50; i++) o = [o, o]; JSON.stringify(o)`,
		"inside":        `let o = [{}]; for (let i = 0; i < 50; i++) o = [o, o]; JSON.stringify({ toJSON: () => JSON.stringify(o) })`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stuck := make(chan Stuck, 1)
			s := serve(t, Config{Timeout: 500 * time.Millisecond, Stuck: func(s Stuck) { stuck <- s }}, map[string]string{"page.js": `
				export function application(environ, start_response) {
					if (environ.QUERY_STRING) { ` + code + ` }
					start_response("200 OK", []);
					return "ok";
				}`})
			if status, _, err := s.get("/page?long"); status != 504 {
				t.Errorf("status %d, %v", status, err)
			}
			select {
			case what := <-stuck:
				t.Errorf("it cannot be stopped: %v", what)
			default:
			}
			s.want("/page", 200, "ok")
		})
	}
}

// TestJSONThatIsNestedTooDeepSaysSo has texts that are deeper than a stack: the error is that of the limit,
// and neither the interpreter nor whoever looks for the place of a mistake goes down.
func TestJSONThatIsNestedTooDeepSaysSo(t *testing.T) {
	s := serve(t, Config{}, map[string]string{"page.js": `
		export function application(environ, start_response) {
			start_response("200 OK", []);
			const said = [];
			for (const text of ["[".repeat(5e6), '{"a":'.repeat(1e6), "[".repeat(4000) + "x"])
				try { JSON.parse(text) } catch (e) { said.push(e.name + ": " + e.message.slice(0, 35)) }
			return said.join(", ");
		}`})
	s.want("/page", 200, `RangeError: JSON.parse: the text is nested 5000, `+
		`RangeError: JSON.parse: the text is nested 1000, `+
		`SyntaxError: Unexpected token 'x', ..."[[[[[[[[[`)
}

// TestJSONLeavesNothingBehind looks at what is above all objects after JSON.stringify, and at what it
// has made.
func TestJSONLeavesNothingBehind(t *testing.T) {
	s := serve(t, Config{}, map[string]string{"page.js": `
		const top = () => String(Object.getPrototypeOf(Object.prototype)) + Object.getOwnPropertyNames(Object.prototype).includes("toJSON");
		const thrown = f => { try { return f() } catch (e) { return e.name } };
		export function application(environ, start_response) {
			start_response("200 OK", []);
			const round = {}; round.round = round;
			return [
				JSON.stringify({ a: [1, { b: null, c: undefined }, "d"], e: new Date(0), f: { toJSON() { return JSON.stringify([{}]) } } }), top(),
				thrown(() => JSON.stringify(round)), top(),
				thrown(() => JSON.stringify({ get a() { throw new RangeError() } })), top(),
				JSON.stringify({ a: 1 }, (k, v) => "toJSON" in {} ? "found" : v), top(),
				JSON.stringify(Object.create(null, { a: { value: {}, enumerable: true } })), top(),
			].join(" ");
		}`})
	s.want("/page", 200, `{"a":[1,{"b":null},"d"],"e":"1970-01-01T00:00:00.000Z","f":"[{}]"} nullfalse `+
		`TypeError nullfalse RangeError nullfalse {"a":1} nullfalse {"a":{}} nullfalse`)
}
