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
			if lead.MatchString(program) && !mayMatch(program, name) {
				t.Errorf("%q leads to %s, which is not looked for", program, name)
			}
		}
		if got, want := MayHaveBigInts(program), bigInts.MatchString(program); got != want {
			t.Errorf("%q may have BigInts: %v, want %v", program, got, want)
		}
	}
}
