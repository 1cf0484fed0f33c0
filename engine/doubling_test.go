package engine

import "testing"

// TestProgramsThatDoubleNothingAreNotSearched looks at what esbuild prints for ordinary code: going
// through its tree takes longer than compiling it.
func TestProgramsThatDoubleNothingAreNotSearched(t *testing.T) {
	for line, want := range map[string]bool{
		"s += s;\n":                            true,
		"  for (; ; ) this.a.b += this.a.b;\n": true,
		"s = s + s;\n":                         true,
		"s = `${s}\n${s}`;\n":                  true,
		"a = b = c += c;\n":                    true,
		"größe += größe;\n":                    true,
		"s += t;\ns += t;\n":                   false,
		"s += ss + s2 + _s + $s;\n":            false,
		"s += o.size;\n":                       false,
		"i = i + 1;\n":                         false,
		"if (a == a || a <= a || a != a) b;\n": false,
		"n -= n;\n":                            false,
		"= s":                                  false,
		"":                                     false,
	} {
		if got := mayDouble(line); got != want {
			t.Errorf("%q: got %v", line, got)
		}
	}
}
