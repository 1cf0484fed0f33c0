package module

import "testing"

func TestParams(t *testing.T) {
	runEvalCases(t, []evalCase{
		{"parameters of the route", `http.params({"wizgy.params": {slug: "hello"}}).slug`, "hello"},
		{"the same object each time", `var e = {"wizgy.params": {}}; http.params(e) === http.params(e)`, "true"},
		{"no argument", `http.params()`,
			"TypeError: params: pass the environ of application(environ, start_response): params(environ), got undefined"},
		{"another object", `http.params({})`,
			`TypeError: params: this object has no "wizgy.params": pass the environ of application(environ, start_response), or a copy of all of it`},
		{"its name", `http.params.name`, "params"},
	})
}
