package engine

import (
	"strings"
	"testing"
)

func TestVLQRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, -1, 15, 16, -16, 31, 32, 511, 512, -123456, 1 << 30} {
		var b strings.Builder
		encodeVLQ(&b, n)
		if got, rest := decodeVLQ(b.String() + "AC"); got != n || rest != "AC" {
			t.Errorf("%d became %q and then %d, with %q left", n, b.String(), got, rest)
		}
	}
}

func TestShiftMappingsAddsOneToColumns(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{";;", ";;"},
		{"AAAA", "CAAC"},
		{"AAAA,SAAS;AACA", "CAAC,SAAS;CACA"},
		{";EAAAA,C", ";GAACA,C"},
		{"A;AAAA", "C;CAAC"},
	} {
		if got := shiftMappings(c.in); got != c.want {
			t.Errorf("shiftMappings(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
