package leftover

import (
	"os"
	"strings"
	"testing"

	"github.com/dop251/goja/parser"
)

func TestWhatIsKeptAndWhatIsNot(t *testing.T) {
	text, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndex(line, "=>")
		code, want := line[:at], strings.TrimSpace(line[at+2:])
		p, err := parser.ParseFile(nil, "", code, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, k := range Find(p.Body) {
			got = append(got, k.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s\ngot %v; want %q", code, got, want)
		}
	}
}
