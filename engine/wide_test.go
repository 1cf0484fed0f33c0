package engine

import (
	"strings"
	"testing"
)

// TestOperatorsTakeLargeNumbersModulo has numbers above 2**63, which the interpreter takes for 0. The answers are those of
// Node.js 20.
func TestOperatorsTakeLargeNumbersModulo(t *testing.T) {
	cases := [][2]string{
		{"1e20 | 0", "1661992960"},
		{"~~a", "1661992960"},
		{"a >>> 0", "1661992960"},
		{"a << 1", "-970981376"},
		{"a >> 1", "830996480"},
		{"a & -1", "1661992960"},
		{"a ^ 1", "1661992961"},
		{"-a | 0", "-1661992960"},
		{"-a >>> 0", "2632974336"},
		{"'1e20' | 0", "1661992960"},
		{"o.n | 0", "1661992960"},
		{"(a + 1e21) | 0", "1102053376"},
		{"(b = a, b |= 1, b)", "1661992961"},
		{"(o.n >>>= 1, o.n)", "830996480"},
		{"18446744073709555712 >>> 0", "4096"},
		{"9223372036854775808 | 0", "0"},
		{"1e300 | 0", "0"},
		{"Infinity | 0", "0"},
		{"NaN ^ 5", "5"},
		{"1 << a", "1"},
		{"5n << 2n", "20"},
		{"(() => { try { return 1n | a } catch (e) { return e.name } })()", "TypeError"},
		{"({ valueOf() { b++; return 6 } }) | (b = 1)", "7"},
		{"undefined | 3", "3"},
		{"2147483648 | 0", "-2147483648"},
	}
	var page strings.Builder
	page.WriteString("export function application(e, start) { start('200 OK', []); let a = 1e20, b, o = { n: a }; return [[\n")
	for _, c := range cases {
		page.WriteString(c[0] + ",\n")
	}
	page.WriteString("].join(' ')] }")
	dir := t.TempDir()
	write(t, dir, "page.js", page.String())
	body, err := get(open(t, Config{Dir: dir, NoWatch: true}), "/page")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(body, " ")
	if len(got) != len(cases) {
		t.Fatalf("got %d answers: %s", len(got), body)
	}
	for i, c := range cases {
		if got[i] != c[1] {
			t.Errorf("%s: got %s, want %s", c[0], got[i], c[1])
		}
	}
}

func TestNumbersFrom2To63On(t *testing.T) {
	for text, want := range map[string]bool{
		"1e20": true, "x = 18446744073709552e3;": true, "9223372036854776000": true, "1.5e21": true, "1e25": true, "[1e19]": true,
		"1e18": false, "9007199254740991": false, "1e26": false, "1e300": false, "1e-20": false, "": false, "12345678901234567890123456789012345": false,
		"0x8000": false, "5": false, "1.7976931348623157e308": false,
	} {
		if got := mayBeWide(text); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
}
