package natives

import (
	"regexp"
	"testing"
)

// TestWordsLeaveNothingOut compares what is looked for first with the patterns themselves.
func TestWordsLeaveNothingOut(t *testing.T) {
	bigInts := regexp.MustCompile(`\dn\b|[A-Fa-f]n\b|BigInt|BigUint`)
	for _, program := range []string{
		"", "/", "a / b", "a // b", "x = /* y */ z", "x = /a/", "return /a/.test(b)", "f(/a/)", "a\n/b/.x", "a//", "a/", "/*", "//", "x //**/ /y/",
		"async () => {}", "p.then(f)", "p.finally", "import(x)", "new Promise(f)", "try {} catch {}", "Error", "TypeError", "signal.reason",
		"10n", "0xFFn", "n", "an", "an1", "in", "fn", "0xabn;", "1n", "BigUint64Array", "BigInt", "1n$", "1n_", "begin", "x1n", "f(5n)",
	} {
		for name, lead := range leads {
			if lead(program) && !mayMatch(program, name) {
				t.Errorf("%q leads to %s, which is not looked for", program, name)
			}
		}
		if got, want := MayHaveBigInts(program), bigInts.MatchString(program); got != want {
			t.Errorf("%q may have BigInts: %v, want %v", program, got, want)
		}
	}
}

// TestRegularExpressionsAreFound has what stands before a slash.
func TestRegularExpressionsAreFound(t *testing.T) {
	for program, want := range map[string]bool{
		"/a/.x": true, "x = /a/": true, "(/a/)": true, "[/a/]": true, "a, /b/": true, "return /a/": true, "return/a/": true,
		"typeof /a/": true, "a\n  /b/.x": true, "a < /b/": true, "{ /a/ }": true, "!/a/": true, "a ? /b/ : /c/": true,
		"=> /a/": true, "case /a/:": true, "/* c */ x = /a/": true, "yield /a/": true, "a && /b/": true,
		"a / b": false, "a/b": false, "f() / 2": false, "a[0] / 2": false, "\"text/plain\"": false, "`a` / 2": false,
		"1 / 2": false, "$return / 2": false, "returns / 2": false, "a // b": false, "a /* b */": false, "</b>": false, "/": false, "": false,
	} {
		if got := hasPattern(program); got != want {
			t.Errorf("%q: %v, want %v", program, got, want)
		}
	}
}
