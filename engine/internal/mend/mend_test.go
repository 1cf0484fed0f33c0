package mend

import (
	"testing"

	"wizgy/engine/internal/scan"
)

// TestSourceIsMended has texts as the interpreter is to have them.
func TestSourceIsMended(t *testing.T) {
	for text, want := range map[string]string{
		"a < b < c":                         "(a < b )< c",
		"a < (b < c)":                       "a < (b < c)",
		"(a < b) < c":                       "(a < b) < c",
		"a < (b) < c":                       "(a < (b) )< c",
		"(a) < b <= ((c)) >= d":             "(((a) < b )<= ((c)) )>= d",
		"a<b<c<d":                           "((a<b)<c)<d",
		"a < /* ( */ b < c // )":            "(a < /* ( */ b )< c // )",
		"a < f(')') < c":                    "(a < f(')') )< c",
		"a in b instanceof c":               "(a in b )instanceof c",
		"`${a < b < c}` < d < e":            "(`${(a < b )< c}` < d )< e",
		"for (a in b < c < d);":             "for (a in (b < c )< d);",
		"for (var a = 1 < 2 < 3; a < 4; );": "for (var a = (1 < 2 )< 3; a < 4; );",
		"if (a < b) c < d":                  "if (a < b) c < d",
		"a < b ? c < d : e < f":             "a < b ? c < d : e < f",
		"a < (b, c) < d":                    "(a < (b, c) )< d",
		"a < (b < c).d < e":                 "(a < (b < c).d )< e",
		"x => a < b < c":                    "x => (a < b )< c",
		"class A { b = c < d < e }":         "class A { b = (c < d )< e }",
		"delete a.b":                        "delete a.b",
		"delete a[b]++":                     "!void a[b]++",
		"delete (a, b) < c < d":             "(!void (a, b) < c )< d",
		"eval(a)":                           "eval($wizgy_source(a))",
		"eval(a, b)":                        "eval($wizgy_source(a), b)",
		"a.eval(b)":                         "a.eval(b)",
		"eval(...a)":                        "eval(...a)",
		"eval('a < b < c')":                 "eval($wizgy_source('a < b < c'))",
		"a < b <":                           "a < b <",
		`'\u{10FFFF}' + "\\u{10FFFF}"`:      `'\uDBFF\uDFFF' + "\\u{10FFFF}"`,
		"`\\u{010ffff}`; /\\u{10FFFF}/u":    "`\\uDBFF\\uDFFF`; /\\u{10FFFF}/u",
		"a >> b >>> c < d":                  "a >> b >>> c < d",
		"a < b == c < d":                    "a < b == c < d",
	} {
		if got := Source(scan.Text(text, scan.Dialect{})); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}
