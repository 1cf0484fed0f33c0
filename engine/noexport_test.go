package engine

import (
	"path/filepath"
	"testing"
)

// TestNamesThatAreNotExported tells which there are, in a file that imports them from another one, in one that
// hands them on, and in TypeScript, of which types are no values.
func TestNamesThatAreNotExported(t *testing.T) {
	const page = "export function application(environ, start_response) { start_response('200 OK', []); return [String(x)]; }\n"
	for name, c := range map[string]struct{ imports, lib, want, hint string }{
		"names":       {"import { x } from './_lib.ts';", "export const b = 1; export function a() {}\nexport type T = string; export default 1", `No matching export in "folder/_lib.ts" for import "x"`, "it exports a, b, default"},
		"no default":  {"import x from './_lib.ts';", "export const y = 1", `No matching export in "folder/_lib.ts" for import "default"`, "the file has no export default, so names stand in braces: import { y }; it exports y"},
		"nothing":     {"import { x } from './_lib.ts';", "const y = 1; export {}", `No matching export in "folder/_lib.ts" for import "x"`, "the file exports nothing: write export in front of what others may import"},
		"handed on":   {"import { x } from './_hand.js';", "", `No matching export in "folder/_more.js" for import "x"`, "it exports z"},
		"other names": {"import { x } from './_lib.ts';", "const y = 1; export { y as z }", `No matching export in "folder/_lib.ts" for import "x"`, "it exports z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "folder")
			write(t, dir, "page.js", c.imports+page)
			write(t, dir, "_lib.ts", c.lib)
			write(t, dir, "_hand.js", "export { x } from './_more.js'")
			write(t, dir, "_more.js", "export const z = 1")
			problems, _ := open(t, Config{Dir: dir, NoWatch: true}).Check()
			if len(problems) != 1 || problems[0].Message != c.want || problems[0].Hint != c.hint {
				t.Errorf("got %v, want %s (%s)", problems, c.want, c.hint)
			}
		})
	}
}
