package engine

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestLanguageThatTheInterpreterLacks has what is right by ECMA-262, and was refused or answered wrong.
func TestLanguageThatTheInterpreterLacks(t *testing.T) {
	for name, c := range map[string]struct{ code, want string }{
		"catch and var":            {`try { null.x } catch (e) { var e = "caught" } return [e]`, "[null]"},
		"catch and var, inside":    {`const r = []; try { throw 1 } catch (e) { r.push(e); var e = 2, f = 3; r.push(e) } return [r, f]`, "[[1,2],3]"},
		"catch and for var":        {`const r = []; try { throw 1 } catch (e) { for (var e = 5; e < 7; e++) r.push(e); { var e } r.push(e) } return [r, e]`, "[[5,6,7],null]"},
		"catch and for in":         {`const r = []; try { throw 1 } catch (e) { for (var e in { a: 1 }) r.push(e) } return [r, e]`, "[[\"a\"],null]"},
		"catch in catch":           {`try { throw 1 } catch (e) { try { throw 2 } catch (f) { var e = f } var x = e } return [x, e]`, "[2,null]"},
		"catch and a function":     {`try { throw 1 } catch (e) { var f = () => { var e = 3; return e }; var g = e } return [f(), g]`, "[3,1]"},
		"two labels":               {`let n = 0; a: b: for (let i = 0; i < 3; i++) { for (;;) { n++; continue a } } return n`, "3"},
		"three labels, break":      {`let n = 0; a: b: c: for (;;) { while (true) { if (n++ > 2) break a; continue b } } return n`, "4"},
		"two labels of for of":     {`const r = []; a: b: for (const x of [1, 2]) { for (const y of [3, 4]) { r.push(x, y); continue a } } return r`, "[1,3,2,3]"},
		"two labels of do":         {`let n = 0; a: b: do { n++; if (n < 3) continue a } while (n < 3); return n`, "3"},
		"using":                    {`const o = []; { using d = { [Symbol.dispose]() { o.push("disposed") } }; o.push("in") } return o`, `["in","disposed"]`},
		"using, and errors":        {`try { using a = { [Symbol.dispose]() { throw new Error("d") } }; throw new Error("b") } catch (e) { return [e.name, e.error.message, e.suppressed.message, e instanceof SuppressedError] }`, `["SuppressedError","d","b",true]`},
		"await using":              {`const o = []; { await using d = { async [Symbol.asyncDispose]() { o.push("disposed") } }; o.push("in") } return o`, `["in","disposed"]`},
		"DisposableStack":          {`const o = []; { using s = new DisposableStack(); s.defer(() => o.push(1)); s.adopt(2, (v) => o.push(v)); s.use({ [Symbol.dispose]() { o.push(3) } }) } return o`, "[3,2,1]"},
		"AsyncDisposableStack":     {`const o = [], s = new AsyncDisposableStack(); s.defer(async () => o.push(1)); s.use({ [Symbol.dispose]() { o.push(2) } }); await s.disposeAsync(); return [o, s.disposed]`, "[[2,1],true]"},
		"toLocaleString":           {`return [(1234.5).toLocaleString("en-US"), 5n.toLocaleString("de-DE"), 1e21.toLocaleString(), (-1234567.0005).toLocaleString(), 0.1.toLocaleString(1), NaN.toLocaleString("fr")]`, `["1,234.5","5","1,000,000,000,000,000,000,000","-1,234,567.001","0.1","NaN"]`},
		"toLocaleString of others": {`return [[1234, 5n, null].toLocaleString("en-US"), 12345678901234567890n.toLocaleString(), new Number(1000).toLocaleString("x"), typeof new Date(0).toLocaleString("en-US", {}), typeof new Date(0).toLocaleDateString("de")]`, `["1,234,5,","12,345,678,901,234,567,890","1,000","string","string"]`},
		"sort that shrinks":        {`const a = [3, 1, 2]; a.sort((x, y) => { a.length = 0; return x - y }); return a`, "[1,2,3]"},
		"sort that grows":          {`const a = [3, 1, 2]; a.sort((x, y) => { if (a.length < 5) a.push(9); return x - y }); return a`, "[1,2,3,9,9]"},
		"sort that throws":         {`const a = [3, 1, 2]; try { a.sort(() => { throw 1 }) } catch { } return a`, "[3,1,2]"},
		"sort, as it was":          {`return [[3, undefined, 1].sort((x, y) => x - y), [, 2, 1].sort((x, y) => x - y), [10, 9].sort()]`, "[[1,3,null],[1,2,null],[10,9]]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, Config{}, map[string]string{"page.js": `async function tried() { ` + c.code + ` }
				async function application(environ, start_response) { start_response("200 OK", []); return JSON.stringify(await tried()) }`})
			s.want("/page", 200, c.want)
		})
	}
}

// TestHoursThatComeTwiceOrNever has local times around the change of clocks, in zones on both sides of
// Greenwich. What is right was asked of Node.js. The zone is that of the program, so each has its own.
func TestHoursThatComeTwiceOrNever(t *testing.T) {
	if list, ok := localTimes[os.Getenv("TZ")]; ok && os.Getenv("WIZGY_TEST_ZONE") != "" {
		for expr, want := range list {
			app(t, Config{}, `start_response("200 OK", []); return (`+expr+`).toISOString()`).want("/", 200, want)
		}
		return
	}
	for zone := range localTimes {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			if _, err := time.LoadLocation(zone); err != nil {
				t.Skip(err)
			}
			cmd := exec.Command(os.Args[0], "-test.run=^TestHoursThatComeTwiceOrNever$")
			cmd.Env = append(os.Environ(), "TZ="+zone, "WIZGY_TEST_ZONE=1")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// localTimes are expressions and what they are, by zone.
var localTimes = map[string]map[string]string{
	"Europe/Berlin": {
		`new Date(2024, 9, 27, 2, 30)`:                                          "2024-10-27T00:30:00.000Z",
		`new Date(2024, 9, 27, 3, 0)`:                                           "2024-10-27T02:00:00.000Z",
		`new Date(2024, 2, 31, 2, 30)`:                                          "2024-03-31T01:30:00.000Z",
		`new Date("2024-10-27T02:30")`:                                          "2024-10-27T00:30:00.000Z",
		`new Date("2024-10-27T02:30:00+01:00")`:                                 "2024-10-27T01:30:00.000Z",
		`new Date("2024-10-27")`:                                                "2024-10-27T00:00:00.000Z",
		`new Date(Date.parse("2024-10-27T02:30:00"))`:                           "2024-10-27T00:30:00.000Z",
		`((d) => (d.setHours(2, 30), d))(new Date(2024, 9, 27, 12, 15))`:        "2024-10-27T00:30:00.000Z",
		`((d) => (d.setDate(27), d))(new Date(2024, 9, 26, 2, 30))`:             "2024-10-27T00:30:00.000Z",
		`((d) => (d.setMonth(2, 31), d))(new Date(2024, 0, 1, 2, 30))`:          "2024-03-31T01:30:00.000Z",
		`((d) => (d.setFullYear(2024, 9, 27), d))(new Date(2020, 0, 1, 2, 30))`: "2024-10-27T00:30:00.000Z",
		`((d) => (d.setMinutes(90), d))(new Date(2024, 9, 27, 1, 0))`:           "2024-10-27T00:30:00.000Z",
		`new Date(99, 0)`:                                                       "1998-12-31T23:00:00.000Z",
		`new Date(2024, 13, 31, 25, 61, 61, 1001)`:                              "2025-03-04T01:02:02.001Z",
		`new Date(1729990800000 + 5)`:                                           "2024-10-27T01:00:00.005Z",
	},
	"America/New_York": {
		`new Date(2024, 10, 3, 1, 30)`:                                   "2024-11-03T05:30:00.000Z",
		`new Date(2024, 2, 10, 2, 30)`:                                   "2024-03-10T07:30:00.000Z",
		`new Date("2024-03-10T02:30")`:                                   "2024-03-10T07:30:00.000Z",
		`((d) => (d.setHours(2, 30), d))(new Date(2024, 2, 10, 12, 15))`: "2024-03-10T07:30:00.000Z",
	},
	"Australia/Lord_Howe": {`new Date(2024, 3, 7, 1, 45)`: "2024-04-06T14:45:00.000Z", `new Date(2024, 9, 6, 2, 15)`: "2024-10-05T15:45:00.000Z"},
}
