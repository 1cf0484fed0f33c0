package engine

import "testing"

// sloppy is code that strict code may not be, or in which it does otherwise. It leaves what it found in
// found.
const sloppy = `
var found = [];
leaked = "global";
found.push(leaked);
with ({ inner: "with" }) found.push(inner);
found.push(017);
found.push((function () { return typeof this })());
found.push((function () { return typeof this }).call("text"));
found.push((function (a) { arguments[0] = "mapped"; return a })(1));
found.push((function () { return typeof arguments.callee })());
found.push(delete found);
if (true) { function late() {} }
found.push(typeof late);
Object.freeze(found).length = 3;
`

const sloppyFound = `["global","with",15,"object","object","mapped","function",false,"function"]`

// strictFound is what strict finds in strict code.
const (
	strict = `
const found = [];
const attempt = f => { try { f(); found.push("allowed") } catch (e) { found.push(e.name) } };
attempt(() => { forgotten = 1 });
attempt(() => { Object.freeze([]).length = 3 });
attempt(() => { ((function () { return arguments.callee }))() });
attempt(() => { undefined = 1 });
found.push(typeof (function () { return this })());
found.push(typeof (function () { return this }).call("text"));
found.push((function (a) { arguments[0] = 2; return a })(1));
found.push(typeof eval("(function () { return this })()"));
try { forgottenAtTheTop = 1; found.push("allowed") } catch (e) { found.push(e.name) }
`
	strictFound = `["ReferenceError","TypeError","TypeError","TypeError","undefined","string",1,"undefined","ReferenceError"]`
)

// TestModulesAreStrictAndOthersAreNot has every kind of file in every company.
func TestModulesAreStrictAndOthersAreNot(t *testing.T) {
	const (
		plainPage  = "function application(e, start) { start('200 OK', []); return [String(JSON.stringify(result()))] }\n"
		modulePage = "export " + plainPage
	)
	files := map[string]string{
		"_lib/sloppy.cjs":                 sloppy + "exports.found = found;",
		"_lib/strict.cjs":                 `"use strict";` + strict + "exports.found = found;",
		"_lib/this.cjs":                   "exports.found = [this === exports, typeof this];",
		"_lib/module.mjs":                 strict + "export { found };",
		"_lib/typed.mts":                  "const s: string = '';\n" + strict + "export { found };",
		"_lib/bare.mjs":                   strict + "globalThis.bare = found;", // a module by its name only
		"_lib/polyfill.js":                sloppy + "globalThis.polyfill = found;",
		"_lib/strictpoly.js":              `"use strict";` + strict + "globalThis.strictpoly = found;",
		"_lib/commented.js":               "// import and export\n" + sloppy + "globalThis.commented = found;",
		"_lib/lazy.js":                    "module.exports = () => require('./module.mjs');" + sloppy,
		"_lib/this.js":                    "export const found = [typeof this];",
		"node_modules/old/index.js":       sloppy + "module.exports = found;",
		"node_modules/typed/index.js":     strict + "globalThis.typed = found;",
		"node_modules/typed/package.json": `{"type": "module", "main": "index.js"}`,
	}
	for name, c := range map[string]struct{ page, want string }{
		"a.js":  {strict + "const result = () => found;" + modulePage, strictFound},
		"b.ts":  {"const x: number = 1;\n" + strict + "const result = () => found;" + modulePage, strictFound},
		"c.js":  {sloppy + "function result() { return found }" + plainPage, sloppyFound},
		"d.js":  {`"use strict";` + strict + "const result = () => found;" + plainPage, strictFound},
		"e.js":  {sloppy + "exports.result = () => found; var result = exports.result; exports.application = application;" + plainPage, sloppyFound},
		"f.js":  {"import { found as other } from './_lib/sloppy.cjs';\n" + strict + "const result = () => [found, other];" + modulePage, "[" + strictFound + "," + sloppyFound + "]"},
		"g.js":  {"import { found } from './_lib/strict.cjs';\nconst result = () => found;" + modulePage, strictFound},
		"h.js":  {"import './_lib/polyfill.js';\n" + strict + "const result = () => [found, polyfill];" + modulePage, "[" + strictFound + "," + sloppyFound + "]"},
		"i.js":  {"import './_lib/strictpoly.js';\nconst result = () => strictpoly;" + modulePage, strictFound},
		"j.js":  {"import './_lib/commented.js';\nconst result = () => commented;" + modulePage, sloppyFound},
		"k.js":  {"import './_lib/bare.mjs';\nconst result = () => bare;" + modulePage, strictFound},
		"l.js":  {"import lazy from './_lib/lazy.js';\nconst result = () => lazy().found;" + modulePage, strictFound},
		"m.js":  {"var m = require('./_lib/module.mjs');\n" + sloppy + "function result() { return [m.found, found] }" + plainPage, "[" + strictFound + "," + sloppyFound + "]"},
		"n.js":  {"/* export */ var m = require('./_lib/module.mjs');\n" + sloppy + "function result() { return [m.found, found] }" + plainPage, "[" + strictFound + "," + sloppyFound + "]"},
		"o.js":  {`"use strict"; var s = require('./_lib/sloppy.cjs');` + strict + "const result = () => [found, s.found];" + plainPage, "[" + strictFound + "," + sloppyFound + "]"},
		"p.js":  {`"use strict"; import { found as s } from './_lib/sloppy.cjs';` + strict + "const result = () => [found, s];" + modulePage, "[" + strictFound + "," + sloppyFound + "]"},
		"q.js":  {"import old from 'old';\nimport 'typed';\nconst result = () => [old, typed];" + modulePage, "[" + sloppyFound + "," + strictFound + "]"},
		"r.js":  {"import { found } from './_lib/typed.mts';\nconst result = () => found;" + modulePage, strictFound},
		"s.js":  {"import { found } from './_lib/this.js'; import { found as cjs } from './_lib/this.cjs'; const top = typeof this;\nconst result = () => [top, found, cjs];" + modulePage, `["undefined",["undefined"],[true,"object"]]`},
		"t.mjs": {strict + "const result = () => found;" + modulePage, strictFound},
		"u.cjs": {sloppy + "const result = () => found; exports.application = application;" + plainPage, sloppyFound},
		"v.jsx": {strict + "const el = <p>x</p>; const result = () => found;" + modulePage, strictFound},
		"w.js":  {sloppy + "class Known { m() { return typeof (function () { return this })() } }\nfunction result() { return [found, new Known().m()] }" + plainPage, "[" + sloppyFound + `,"undefined"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for file, text := range files {
				write(t, dir, file, text)
			}
			write(t, dir, name, c.page)
			e := open(t, Config{Dir: dir, NoWatch: true})
			if body, err := get(e, "/"+name); err != nil || body != c.want {
				t.Errorf("got  %s, %v\nwant %s", body, err, c.want)
			}
		})
	}
}

// TestSettingsOfTypeScriptAndPackages has what esbuild takes from files beside the page, and above the folder of pages.
func TestSettingsOfTypeScriptAndPackages(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "tsconfig.json", `{ "compilerOptions": { // as most have it
		"strict": true, "baseUrl": ".", "experimentalDecorators": true, "jsx": "preserve", "target": "es5",
		"paths": { "@/*": ["./apps/_lib/*"], "shared": ["shared/index.ts"] } } }`)
	write(t, dir, "package.json", `{ "type": "module", "imports": { "#lib/*": "./apps/_lib/*.ts" } }`)
	write(t, dir, "shared/index.ts", "export const of: string = 'shared';")
	write(t, dir, "apps/_lib/a.ts", "export const a: number = 1;")
	write(t, dir, "apps/typed.ts", `import { a } from "@/a"; import { of } from "shared"; import { a as b } from "#lib/a"; import { a as c } from "apps/_lib/a";
function mark(c: any) { c.marked = "marked" }
@mark class Marked { field = 1; static marked?: string }
export function application(e: any, start: any) { start("200 OK", []); return [[a, of, b, c, Marked.marked, Marked.name].join()] }`)
	write(t, dir, "apps/bare.js", "function application(e, start) { start('200 OK', []); return [typeof (function () { return this })()] }")
	e := open(t, Config{Dir: dir + "/apps", NoWatch: true})
	for page, want := range map[string]string{"/typed": "1,shared,1,1,marked,Marked", "/bare": "undefined"} {
		if body, err := get(e, page); err != nil || body != want {
			t.Errorf("%s: got %q, %v, want %q", page, body, err, want)
		}
	}
}
