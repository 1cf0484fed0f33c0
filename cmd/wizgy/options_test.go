package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestSizesAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]byteSize{
		"0": 0, "5000000": 5_000_000, "10MiB": 10 << 20, "10mib": 10 << 20, "10M": 10 << 20, "10MB": 10_000_000,
		"1 GiB": 1 << 30, "512k": 512 << 10, "7B": 7, "7 kB": 7000,
	} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "1.5MiB", "10XB", "10MM", "10iB", "99999999999GiB", "1e3", "0x10"} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "such as 10MiB") {
			t.Errorf("%q: %d, %v, want an error that says how", text, got, err)
		}
	}
	for size, want := range map[byteSize]string{0: "0", 1000: "1000", 1024: "1KiB", 10 << 20: "10MiB", 3 << 30: "3GiB", 1025: "1025"} {
		if got := size.String(); got != want {
			t.Errorf("%d is written %s, want %s", int64(size), got, want)
		}
	}
}

func TestNearestName(t *testing.T) {
	names := []string{"addr", "browse", "cache", "headers", "header-timeout", "max-body", "max-header", "redirect", "set", "spa"}
	for word, want := range map[string]string{
		"brwose": "browse", "Browse": "browse", "max_body": "max-body", "maxheader": "max-header", "redirects": "redirect",
		"header": "headers", "sap": "spa", "headertimeout": "header-timeout", "": "set", "address": "addr",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("nearest to %q is %s, want %s", word, got, want)
		}
	}
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "axc", 1}, {"kitten", "sitting", 3}} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("from %q to %q it is %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestNamesOfOtherServers(t *testing.T) {
	var o struct{ options }
	flags := optionFlags(&o)
	for other, option := range otherNames {
		if flags[option] == nil || flags[other] != nil {
			t.Errorf("%s is to be %s, and they are options: %v, %v", other, option, flags[other] != nil, flags[option] != nil)
		}
		if got := nearestOption(other, slices.Sorted(maps.Keys(flags))); got != option {
			t.Errorf("%s is taken for %s", other, got)
		}
	}
}

func TestPlacesOfKeys(t *testing.T) {
	doc, err := parseTOML([]byte(`a = 1
  b.c = 2
"d e" = { f = 1, g = [ { h = 2 }, {
  i = 3 } ] }
[[list]]
  x = 1
[[list]]
# a comment
y = """
text"""
[list.sub]
z = 1
[table."q.r"]
s = 1
`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]place{
		"a": {1, 1}, "b": {2, 3}, "b.c": {2, 5}, "d e": {3, 1}, "d e.f": {3, 11}, "d e.g": {3, 18}, "d e.g[0].h": {3, 26},
		"d e.g[1].i": {4, 3}, "list": {5, 3}, "list[0]": {5, 3}, "list[0].x": {6, 3}, "list[1]": {7, 3}, "list[1].y": {9, 1},
		"list[1].sub.z": {12, 1}, "table": {13, 2}, "table.q.r": {13, 8}, "table.q.r.s": {14, 1},
	} {
		if got := doc.places[path]; got != want {
			t.Errorf("%s is at %v, want %v", path, got, want)
		}
	}
}

func TestByteOrderMarkIsNoPartOfTheFile(t *testing.T) {
	doc, err := parseTOML([]byte("\ufeffbrowse = true\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if doc.values["browse"] != true || doc.places["browse"] != (place{1, 1}) {
		t.Errorf("got %v at %v", doc.values, doc.places)
	}
}

// FuzzConfig states: whatever is in wizgy.toml, it is read or complained about, in its own lines.
func FuzzConfig(f *testing.F) {
	f.Add("browse = true\n[[redirect]]\nfrom = \"/a\"\nto = \"/b\"\n")
	f.Add("\"\" = 1\n\"...\" = 2\n[a.b]\nc = 1979-05-27\n")
	f.Add("redirect = [ \"/a /b\", 5, { from = {} }, [] ]\nset.a.b = 1\n[[set]]\n")
	f.Add("[[headers]]\nset.\"X-A\" = \"\\n\"\n[headers.set]\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := configFile{name: "wizgy.toml", text: []byte(text)}
		file.options()
		for _, p := range file.problems {
			if lines := strings.Count(text, "\n") + 1; p.at.line < 0 || p.at.line > lines || p.text == "" {
				t.Errorf("%v of %d lines: %q", p.at, lines, p.text)
			}
		}
	})
}
