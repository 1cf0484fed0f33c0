package module

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/dop251/goja"
)

func TestConsoleSaysHowMuchItLeavesOut(t *testing.T) {
	rt := goja.New()
	for _, unit := range []string{"x", "é", "\n", "\x1b"} {
		text := strings.Repeat(unit, 6<<20)
		got := Logged(format(newInspector(newReader()), []goja.Value{rt.ToValue(text)}))
		kept, said, _ := strings.Cut(got, "... ")
		if want := strconv.Itoa(6<<20-strings.Count(kept, unit)) + " more characters"; said != want {
			t.Errorf("%q: says %q, want %q", unit, said, want)
		}
	}
}

func TestLoggedTextIsShortInEveryFormat(t *testing.T) {
	for _, unit := range []string{"x", "é", "\x00", "\x1b", "\n", `"`, "\u2028", "\xff", "😀", "\U000e0001", `\`} {
		text := strings.Repeat(unit, 60<<20/len(unit))
		got := Logged(text)
		asJSON, _ := json.Marshal(got)
		if quoted := strconv.Quote(got); len(got) > 8<<10 || len(asJSON) > 8<<10 || len(quoted) > 8<<10 {
			t.Errorf("%q: %d bytes, %d as JSON, %d quoted", unit, len(got), len(asJSON), len(quoted))
		}
		kept, said, _ := strings.Cut(got, "…")
		if want := " (" + strconv.Itoa(len(text)-len(kept)) + " more bytes)"; said != want {
			t.Errorf("%q: says %q, want %q", unit, said, want)
		}
	}
	for _, text := range []string{"", "hello", "two\nlines", strings.Repeat("x", 7<<10)} {
		if got := Logged(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
