package engine

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// TestPagesOfAnyName has names that a pattern, an address, a comment or the text of a program could be misread in: of the
// page, of its folder, of what it imports, and of the folder of the site.
func TestPagesOfAnyName(t *testing.T) {
	for _, name := range []string{
		"*", "a*b", "**", "*.*", "?", "a?b", "#", "a#b=c", "%", "%41", "a b", "ä", "'", `"`, "`", "${x}", "{a,b}", "[!a]x", "(x)", "!x", "~x",
		"a;b", "$&", "^", "+", "|", "@x", "=", ",", "page", "x\ty", "x\ny", "x\nthrow 1;", "x\u2028y", "<x>", "&", "node:fs", "wizgy:http", "https:",
		"sourceMappingURL=x", "application", "index", "constructor", "__proto__", "strictly", "👍",
	} {
		t.Run(strings.ToValidUTF8(name, ""), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), name, "apps")
			imported, _ := json.Marshal("./" + name + "/lib.js")
			neighbour, _ := json.Marshal("./_" + name + ".cjs")
			write(t, dir, "ab.js", "throw Error('another page')")
			write(t, dir, name+"/"+name+".js", "import { of } from "+string(imported)+";\nimport "+string(neighbour)+";\nexport function application(e, start) { start('200 OK', []); return [of] }\nif (of != 'this page') throw 1;\n{ throw Error('reached') }")
			write(t, dir, name+"/_"+name+".cjs", "exports.x = 1;")
			write(t, dir, name+"/"+name+"/lib.js", "export const of = 'this page';")
			e := open(t, Config{Dir: dir, NoWatch: true})
			err := asError(e.newPage(name+"/"+name+".js", nil).load().broken())
			if want := "apps/" + name + "/" + name + ".js:5:3"; err == nil || err.Message != "Error: reached" || err.At() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}
