package engine

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"wizgy/engine/watch"
)

// Many programs empty a file before they write it, and some open it anew for that.
func TestPageStaysWhileAModuleThatItImportsIsEmpty(t *testing.T) {
	t.Parallel()
	for form, use := range map[string]string{
		`import { v } from "./_lib/v.js"`: "v.length", `import v from "./_lib/v.js"`: "v.length",
		`import { v } from "./_lib/all.js"`: "v.length", `import "./_lib/v.js"`: "1",
	} {
		dir, log := t.TempDir(), &lockedBuffer{}
		lib := write(t, dir, "_lib/v.js", "export const v = 'x';\nexport default v;\n")
		write(t, dir, "_lib/all.js", `export { v } from "./v.js";`)
		write(t, dir, "page.js", form+`;
export const application = (e, s) => { s("200 OK", []); return [`+use+` + ""] };`)
		e := open(t, Config{Dir: dir, NoWatch: true, Logger: slog.New(slog.NewTextHandler(log, nil))})
		for _, content := range []string{"export const v = 'x';\nexport default v;\n", "", " \n\t", "export const v = 'y';\nexport default v;\n"} {
			write(t, dir, "_lib/v.js", content)
			e.reload(watch.Change{Paths: []string{lib}})
			if got, err := get(e, "/page"); got != "1" || err != nil {
				t.Errorf("%s, of %q: %q, %v", form, content, got, err)
			}
		}
		if told := strings.Contains(log.String(), "No matching export"); told == (use == "1") {
			t.Errorf("%s: %s", form, log)
		}
	}
}

func TestEmptyFileIsRequired(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "_lib/empty.js", "")
	write(t, dir, "node_modules/empty/index.js", "")
	write(t, dir, "page.js", `sloppy = require("./_lib/empty.js"); undeclared = 1;
exports.application = (e, s) => { s("200 OK", []); return [JSON.stringify([sloppy, require("empty"), undeclared])] };`)
	e := open(t, Config{Dir: filepath.Clean(dir), NoWatch: true})
	if got, err := get(e, "/page"); got != "[{},{},1]" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}
