package server

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestAcceptEncodingIsNegotiated(t *testing.T) {
	tests := []struct {
		accept string
		want   string // of a file of which there is every coding; "" for none
	}{
		{"gzip, deflate, br, zstd", "br"},
		{"gzip, deflate", "gzip"},
		{"x-gzip", "gzip"},
		{"GZIP;Q=0.5, ZSTD", "zstd"},
		{"gzip;q=1.0, br;q=0.9, zstd;q=0.1", "gzip"},
		{"gzip;q=0.001", "gzip"},
		{"gzip;q=0", "identity"},
		{"gzip;q=0.000, br;q=0.", "identity"},
		{"deflate", "identity"},
		{"", "identity"},
		{"*", "br"},
		{"*;q=0.5, br;q=0", "zstd"},
		{"br;q=0, *", "zstd"},
		{"gzip;q=0.5, *;q=0.1", "gzip"},
		{"identity", "identity"},
		{"identity, gzip;q=0.5", "identity"},
		{"identity;q=0.5, gzip;q=0.5", "gzip"},
		{"identity;q=0, gzip", "gzip"},
		{"identity;q=0", ""},
		{"*;q=0", ""},
		{"*;q=0, identity", "identity"},
		{"*;q=0, identity;q=0.1, gzip;q=0.2", "gzip"},
		{"gzip, gzip;q=0", "identity"},
		{" , gzip ; q=0.7 ,, ", "gzip"},
		{"gzip;q=2", "identity"},
		{"gzip;q=-1", "identity"},
		{"gzip;q=0.1234", "identity"},
		{"gzip;q=1.001", "identity"},
		{"gzip;q", "identity"},
		{"gzip;level=9", "identity"},
		{"gzip br", "identity"},
		{"brotli", "identity"},
	}
	for _, tt := range tests {
		w := parseAccept(strings.Split(tt.accept, "\n"))
		got, ok := w.best(fileCodings[:], func(coding) bool { return true })
		if name := nameOf(got); ok != (tt.want != "") || ok && name != tt.want {
			t.Errorf("%q: %s, %t, want %q", tt.accept, name, ok, tt.want)
		}
	}
	if w := parseAccept([]string{"gzip", "br;q=0.1, gzip;q=0"}); w[gzipCoding] != 0 || w[brotliCoding] != 1000 {
		t.Errorf("two lines: %v", w)
	}
}

func nameOf(c coding) string {
	if c == identity {
		return "identity"
	}
	return codingNames[c][0]
}

var zeroWeight = regexp.MustCompile(`^[ \t]*q=0(\.0{0,3})?[ \t]*$`)

// FuzzAcceptEncoding: a coding that is chosen is named with a weight above 0 or covered by a star,
// and nowhere refused; and what is identity is not refused either.
func FuzzAcceptEncoding(f *testing.F) {
	for _, seed := range []string{"gzip, deflate, br", "*;q=0", "identity;q=0, *;q=0.1", "br;q=0.5,zstd;q=0.5;x=y", "x-gzip", ";q=1", "gzip;q=1.000"} {
		f.Add(seed, uint8(7))
	}
	f.Fuzz(func(t *testing.T, value string, offered uint8) {
		w := parseAccept([]string{value})
		c, ok := w.best(fileCodings[:], func(c coding) bool { return offered>>c&1 != 0 })
		if !ok {
			return
		}
		if c != identity && offered>>c&1 == 0 {
			t.Fatalf("%q: %s is not offered", value, nameOf(c))
		}
		named, refused, star := false, false, ""
		for item := range strings.SplitSeq(strings.ToLower(value), ",") {
			name, params, _ := strings.Cut(item, ";")
			name = strings.Trim(name, " \t")
			zero := zeroWeight.MatchString(params)
			if name == "*" {
				star += map[bool]string{true: "0", false: "1"}[zero]
			}
			if slices.Contains([]string{nameOf(c), map[bool]string{true: "x-gzip"}[c == gzipCoding]}, name) && name != "" {
				named = true
				refused = refused || zero
			}
		}
		switch {
		case refused:
			t.Fatalf("%q refuses %s", value, nameOf(c))
		case named:
		case c == identity && strings.Contains(star, "0"), c != identity && star != "1" && !strings.Contains(star, "1"):
			t.Fatalf("%q: %s is not acceptable", value, nameOf(c))
		}
	})
}
