package engine

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatIsAbsentThrowsWhenItIsRun has the ways to ask for a module that cannot be found, or not yet.
func TestWhatIsAbsentThrowsWhenItIsRun(t *testing.T) {
	const caught = "const caught = f => { try { return typeof f() } catch (e) { return e.code + ' ' + e.message + ' ' + (e instanceof Error) } };\n"
	const later = "const later = async f => { try { return typeof await f() } catch (e) { return e.code + ' ' + e.message + ' ' + (e instanceof Error) } };\n"
	says := func(name string) string { return "MODULE_NOT_FOUND Cannot find module '" + name + "' true" }
	files := map[string]string{
		"node_modules/native/index.js":     "try { module.exports = require('./x.node') } catch (e) { module.exports = e.code }",
		"node_modules/native/x.node":       "\x7fELF",
		"node_modules/binary/index.node":   "\x7fELF",
		"node_modules/binary/package.json": `{"main": "index.node"}`,
		"_lib/some.pdf":                    "%PDF",
		"_lib/there.js":                    "export default 'there';",
		"_lib/one.js":                      "export const n = 1;",
		"_lib/two.js":                      "export const n = 2;",
		"node_modules/opt/index.js":        "let fs; try { fs = require('fs') } catch (e) { fs = e.code }\nexports.fs = fs; exports.read = () => require('optional-peer').x; exports.has = typeof require;",
		"node_modules/guard/index.js":      "var has = true; try { require.resolve('opt-peer') } catch (e) { has = e.code } exports.has = has; exports.own = require.resolve('opt').slice(-25); exports.main = require.main === module;",
		"node_modules/picks/index.js":      "module.exports = typeof window === 'undefined' ? pick() : 0; function pick() { try { return require('./build/Release/x.node') } catch { return 'pure' } }",
		"node_modules/indirect/index.js":   "var r = require; exports.load = name => r(name);",
	}
	for name, c := range map[string]struct{ src, want string }{
		"require in a function":                    {"const result = () => caught(() => require('nope'));", says("nope")},
		"require of a file":                        {"const result = () => caught(() => require('./_lib/nope.js'));", says("./_lib/nope.js")},
		"require of a module of Node.js":           {"const result = () => caught(() => require('fs'));", says("fs")},
		"require with node:":                       {"const result = () => caught(() => require('node:nope'));", says("node:nope")},
		"require of an unknown built-in":           {"const result = () => caught(() => require('wizgy:nope'));", says("wizgy:nope")},
		"require in try at the top":                {"let r; try { r = require('nope') } catch (e) { r = e.code } const result = () => r;", "MODULE_NOT_FOUND"},
		"require of a variable":                    {"const v = 'nope'; const result = () => caught(() => require(v));", says("nope")},
		"require of a variable of ours":            {"const v = 'wizgy:http'; const result = () => caught(() => require(v));", "object"},
		"require that is never run":                {"const unused = () => require('nope'); const result = () => 'fine';", "fine"},
		"import of a variable":                     {"const v = 'nope'; const result = () => later(() => import(v));", says("nope")},
		"import of a variable of ours":             {"const v = 'wizgy:http'; const result = async () => typeof (await import(v)).params;", "function"},
		"import of what is absent":                 {"const result = () => later(() => import('./_lib/nope.js'));", says("./_lib/nope.js")},
		"import of what is there":                  {"const result = async () => (await import('./_lib/there.js')).default;", "there"},
		"import by a pattern":                      {"const v = 'two'; const result = async () => (await import(`./_lib/${v}.js`)).n;", "2"},
		"import with an expression":                {"const result = () => import('./_lib/' + ['a', 'b'].join('/')).catch(e => e.code);", "MODULE_NOT_FOUND"},
		"require by a pattern":                     {"const v = './_lib/' + (Math.random() < 2 ? 'one.js' : ''); const result = () => require('./_lib/' + 'one.js'.slice(0)).n;", "1"},
		"require by a pattern, of nothing":         {"const result = () => caught(() => require('./_lib/' + 'no.js'.slice(0)));", says("./_lib/no.js")},
		"typeof require":                           {"const result = () => typeof require;", "function"},
		"require.resolve of what is absent":        {"const result = () => caught(() => require.resolve('nope'));", says("nope")},
		"require.resolve of what is there":         {"const result = () => require.resolve('./_lib/there.js').slice(-13);", "_lib/there.js"},
		"require.resolve of a built-in":            {"const result = () => require.resolve('wizgy:http');", "wizgy:http"},
		"package with an optional module":          {"import * as opt from 'opt'; const result = () => [opt.fs, caught(opt.read), opt.has].join();", "MODULE_NOT_FOUND," + says("optional-peer") + ",function"},
		"package that asks first":                  {"import * as g from 'guard'; const result = () => [g.has, g.own, g.main].join();", "MODULE_NOT_FOUND,node_modules/opt/index.js,false"},
		"package with a native part":               {"import p from 'picks'; const result = () => p;", "pure"},
		"package with a native part that is there": {"import n from 'native'; const result = () => n;", "MODULE_NOT_FOUND"},
		"package that is nothing else":             {"const result = () => caught(() => require('binary'));", says("binary")},
		"package that renames require":             {"import i from 'indirect'; const result = () => caught(() => i.load('nope'));", says("nope")},
	} {
		for kind, export := range map[string]string{"module": "export ", "script": ""} {
			if kind == "script" && strings.Contains(c.src, "import ") {
				continue
			}
			t.Run(name+" in a "+kind, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				for file, text := range files {
					write(t, dir, file, text)
				}
				write(t, dir, "page.js", caught+later+c.src+"\n"+export+"async function application(e, start) { start('200 OK', []); return [String(await result())] }")
				body, err := get(open(t, Config{Dir: dir, NoWatch: true}), "/page")
				if err != nil || body != c.want {
					t.Errorf("got %q, %v, want %q", body, err, c.want)
				}
			})
		}
	}
}

// TestAbsentModulesAreSaid has what check says of them, and what becomes of the page when they come.
func TestAbsentModulesAreSaid(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "apps/page.js", "export async function application(e, start) {\n  start('200 OK', []);\n  return [(await import('./_lib/late')).word];\n}\nexport const other = () => require('opt');")
	write(t, dir, "apps/broken.js", "const fs = require('fs');\nfunction application() {}")
	write(t, dir, "apps/node_modules/opt/index.js", "exports.x = () => require('fs');")
	e := open(t, Config{Dir: filepath.Join(dir, "apps")})
	problems, warnings := e.Check()
	if len(problems) != 1 || problems[0].At() != "apps/broken.js:1:20" || !strings.Contains(problems[0].Hint, "a file beside the page") {
		t.Errorf("problems: %v", problems)
	}
	if len(warnings) != 1 || warnings[0].At() != "apps/page.js:3:25" || warnings[0].Message != `Could not resolve "./_lib/late": this throws when it is run` {
		t.Errorf("warnings: %v", warnings)
	}
	_, err := get(e, "/page")
	if got := asError(err); got == nil || got.Message != "Error: Cannot find module './_lib/late'" || !strings.Contains(got.Hint, "when it is loaded") {
		t.Errorf("got %v, and the hint %q", err, got.Hint)
	}
	write(t, dir, "apps/_lib/late.ts", "export const word: string = 'here';")
	eventually(t, "the module is found when it is there", func() bool {
		body, _ := get(e, "/page")
		return body == "here"
	})
}

// TestWhatIsNotThereIsNamedWhereItIsAskedFor asks by a pattern, which the compiler makes functions of.
func TestWhatIsNotThereIsNamedWhereItIsAskedFor(t *testing.T) {
	for name, call := range map[string]string{
		"pattern":          "await import(`./_lib/${v}.js`)",
		"required pattern": "require(`./_lib/${v}.js`)",
		"name":             "await import('./_lib/' + v)",
		"variable":         "await import(path)",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, Config{}, map[string]string{"_lib/there.js": "module.exports = 1;", "_lib/other.js": "module.exports = 2;",
				"page.js": "const v = 'nowhere', path = './_lib/' + v;\n\nmodule.exports = async function application() {\n\t" + call + ";\n};"})
			_, err := get(s.Engine, "/page")
			if got := asError(err); got == nil || got.Line != 4 || !strings.Contains(got.Hint, "import(`./words/${name}.js`)") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestStacksCallRequireByItsName(t *testing.T) {
	s := app(t, Config{}, `start_response("200 OK", []); try { require(environ.PATH_INFO) } catch (e) { return [require.name + " " + e.stack] }`)
	if body, err := get(s.Engine, "/"); err != nil || !strings.HasPrefix(body, "require Error: Cannot find module") || !strings.Contains(body, "at require (native)") {
		t.Errorf("got %q, %v", body, err)
	}
}
