package engine

import (
	"os"
	"testing"
	"time"

	"wizgy/engine/internal/natives"
)

// testTimeout is the longest that an engine of these tests has. The limit of regular expressions
// is one of the process, and must not be raised while pages are compiled.
const testTimeout = 2 * time.Minute

func TestMain(m *testing.M) {
	natives.LimitRegexps(testTimeout)
	os.Exit(m.Run())
}

// TestRegexpNeedsMuchMemoryAndIsRight has matches for which the library would give up silently,
// having to remember more than its default allows.
func TestRegexpNeedsMuchMemoryAndIsRight(t *testing.T) {
	for name, c := range map[string]struct{ expr, want string }{
		"exec":    {`/^(?:(a)|b)*c(?!x)/.exec("ab".repeat(1e5) + "c")[0].length`, "200001"},
		"test":    {`/^(?:(a)|b)*c(?!x)/.test("ab".repeat(1e5) + "c")`, "true"},
		"match":   {`("ab".repeat(1e5) + "c").match(/(?:(a)|b)*c(?!x)/g)[0].length`, "200001"},
		"replace": {`("ab".repeat(1e5) + "c").replace(/(?:(a)|b)*c(?!x)/, "-")`, "-"},
		"search":  {`("-" + "ab".repeat(1e5) + "c").search(/(?:(a)|b)+c(?!x)/)`, "1"},
		"split":   {`("1" + "ab".repeat(1e5) + "c2").split(/(?:(a)|b)+c(?!x)/).join()`, "1,a,2"},
		"sticky":  {`(() => { const r = /(?:(a)|b)*c/y; r.lastIndex = 1; return r.test("-" + "ab".repeat(1e5) + "c") })()`, "true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app(t, Config{}, `start_response("200 OK", []); return String(`+c.expr+`)`).want("/", 200, c.want)
		})
	}
}
