package engine

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"testing"
)

// TestEachModuleHasItsOwnMeta has modules that esbuild puts into a bundle in different ways.
func TestEachModuleHasItsOwnMeta(t *testing.T) {
	for _, folder := range []string{"site", "a b", "50%", "#1", "what?", "Käse", `"`, "*"} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), folder)
			own := "export default [import.meta.url, import.meta.dirname, import.meta.filename];\n"
			write(t, dir, "sub/page.js", `import plain from "../_lib/plain.js";
import shared from "../_lib/shared.js";
import pkg from "pkg";
const old = require("../_lib/asked.mjs").default;
const here = [import.meta.url, import.meta.dirname, import.meta.filename];
export async function application(environ, start_response) {
  start_response("200 OK", []);
  const lazy = (await import("../_lib/lazy.js")).default;
  return [JSON.stringify([here, plain, shared, pkg, old, lazy, [import.meta.url, typeof import.meta.env, new URL("./x.txt", import.meta.url).pathname]])];
}`)
			write(t, dir, "_lib/plain.js", own)
			write(t, dir, "_lib/shared.js", own)
			write(t, dir, "_lib/asked.mjs", "// import_meta = {};\nimport './shared.js';\n"+own)
			write(t, dir, "_lib/lazy.js", "import './shared.js';\n"+own)
			write(t, dir, "node_modules/pkg/index.js", own)
			body, err := get(open(t, Config{Dir: dir, NoWatch: true}), "/sub/page")
			var got [][]string
			if err != nil || json.Unmarshal([]byte(body), &got) != nil {
				t.Fatalf("got %q, %v", body, err)
			}
			for i, file := range []string{"sub/page.js", "_lib/plain.js", "_lib/shared.js", "node_modules/pkg/index.js", "_lib/asked.mjs", "_lib/lazy.js"} {
				path := filepath.Join(dir, file)
				address := (&url.URL{Scheme: "file", Path: path}).String()
				if g := got[i]; g[0] != address || g[1] != filepath.Dir(path) || g[2] != path {
					t.Errorf("%s: got %q", file, g)
				}
			}
		})
	}
}

// TestFilesThatAreNoModulesKnowWhereTheyAre has __dirname and __filename, which a module may declare itself.
func TestFilesThatAreNoModulesKnowWhereTheyAre(t *testing.T) {
	dir := t.TempDir()
	const sloppy = "sloppy = typeof __dirname; module.exports = [__dirname, __filename];"
	write(t, dir, "sub/page.js", `function application(environ, start_response) {
	start_response("200 OK", []);
	left = 1;
	return [JSON.stringify([[__dirname, __filename], require("../_lib/asked.cjs"), require("pkg"), require("../_lib/own.mjs").default])];
}`)
	write(t, dir, "_lib/asked.cjs", sloppy)
	write(t, dir, "node_modules/pkg/index.js", sloppy)
	write(t, dir, "_lib/own.mjs", "const __dirname = 'a', __filename = 'b';\nexport default [__dirname, __filename];")
	body, err := get(open(t, Config{Dir: dir, NoWatch: true}), "/sub/page")
	var got [][]string
	if err != nil || json.Unmarshal([]byte(body), &got) != nil {
		t.Fatalf("got %q, %v", body, err)
	}
	for i, file := range []string{"sub/page.js", "_lib/asked.cjs", "node_modules/pkg/index.js"} {
		path := filepath.Join(dir, file)
		if g := got[i]; g[0] != filepath.Dir(path) || g[1] != path {
			t.Errorf("%s: got %q", file, g)
		}
	}
	if g := got[3]; g[0] != "a" || g[1] != "b" {
		t.Errorf("what a module declares itself: got %q", g)
	}
}
