package engine

import (
	"strings"
	"testing"
)

// Every kind of file that is a page, and every form in which a page provides application.
func TestPagesOfEveryForm(t *testing.T) {
	const answer = `(environ, start_response) { start_response("200 OK", []); return ["it works"]; }`
	for file, src := range map[string]string{
		"function.js":   "function application" + answer,
		"variable.js":   "var application = function " + answer,
		"const.js":      "const application = (environ, start_response) => { start_response('200 OK', []); return ['it works']; };",
		"exports.js":    "exports.application = function " + answer,
		"module.cjs":    "module.exports = function " + answer,
		"object.cjs":    "module.exports = { application" + answer + " };",
		"export.mjs":    "export function application" + answer,
		"exportc.mjs":   "export const application = function " + answer,
		"default.mjs":   "export default function " + answer,
		"renamed.js":    "function page" + answer + "\nexport { page as application };",
		"bound.js":      "export const application = (function " + answer + ").bind(null);",
		"proxy.js":      "export const application = new Proxy(function " + answer + ", {});",
		"async.js":      "export async function application" + answer,
		"generator.js":  "export function* application(environ, start_response) { start_response('200 OK', []); yield 'it '; yield 'works'; }",
		"asyncgen.js":   "export async function* application(environ, start_response) { start_response('200 OK', []); yield 'it '; await null; yield 'works'; }",
		"typed.ts":      "type E = Record<string, any>;\nexport function application(environ: E, start_response: Function): string[] { start_response('200 OK', []); return ['it works' as string]; }",
		"typed.mts":     "export const application = (environ: object, start_response: Function) => { start_response('200 OK', []); return ['it works']; };",
		"typed.cts":     "const x: string = 'it works';\nexports.application = (e: object, s: Function) => { s('200 OK', []); return [x]; };",
		"element.jsx":   "export function application(environ, start_response) { start_response('200 OK', []); return <>it {'works'}</>; }",
		"element.tsx":   "const word: string = 'works';\nexport function application(environ: object, start_response: Function) { start_response('200 OK', []); return [<>it {word}</>]; }",
		"classfield.js": "class A { get = 'works'; async = 'it '; static #x = 1; }\nfunction application(e, s) { s('200 OK', []); const a = new A(); return [a.async + a.get]; }",
		"comment.js":    "function application" + answer + " // no newline at the end",
		"strict.js":     "'use strict';\nfunction application" + answer,
		"clash.js":      "import { other } from './_lib/clash.js';\nfunction application(e, s) { s('200 OK', []); return [other() + ' works']; }",
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, file, src)
			write(t, dir, "_lib/clash.js", "function application() { return 'it'; }\nexport const other = () => application();")
			e := open(t, Config{Dir: dir, NoWatch: true})
			if body, err := get(e, "/"+file); err != nil || body != "it works" {
				t.Errorf("got %q, %v", body, err)
			}
		})
	}
}

func TestImports(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "page.js", `
import data from "./data.json";
import { db } from "./_lib/db";
import text from "./_lib/note.txt";
import bytes from "./_lib/dot.png";
import pkg from "pkg";
const cjs = require("./_lib/old.cjs");
export async function application(environ, start_response) {
  start_response("200 OK", []);
  const { late } = await import("./_lib/late.mjs");
  return [[data.name, db(), text.trim(), bytes.length, pkg, cjs.old, late].join(" ")];
}`)
	write(t, dir, "data.json", `{"name": "json"}`)
	write(t, dir, "_lib/db.ts", `export const db = (): string => "ts";`)
	write(t, dir, "_lib/note.txt", "text\n")
	write(t, dir, "_lib/dot.png", "\x89PNG")
	write(t, dir, "_lib/old.cjs", `exports.old = "cjs";`)
	write(t, dir, "_lib/late.mjs", `export const late = "dynamic";`)
	write(t, dir, "node_modules/pkg/package.json", `{"name": "pkg", "module": "m.js"}`)
	write(t, dir, "node_modules/pkg/m.js", `export default "package";`)
	e := open(t, Config{Dir: dir, NoWatch: true})
	want := "json ts text 4 package cjs dynamic"
	if body, err := get(e, "/page"); err != nil || body != want {
		t.Errorf("got %q, %v, want %q", body, err, want)
	}
	for _, path := range []string{"/data.json", "/_lib/db", "/_lib/db.ts", "/node_modules/pkg/m.js"} {
		if body, err := get(e, path); err == nil {
			t.Errorf("%s is answered: %q", path, body)
		}
	}
}

// The place, the message and the hint of what keeps a page from being loaded.
func TestProblemsOfLoading(t *testing.T) {
	for name, c := range map[string]struct{ src, want, hint string }{
		"syntax":                     {"export function application(e, s) {\n  return 1 +;\n}", "apps/page.ts:2:13: Unexpected \";\"", ""},
		"wide characters before it":  {"const s = 'ä€😀'; let x = ;", "apps/page.ts:1:26: Unexpected \";\"", ""},
		"open at the end":            {"export function application(e, s) {\n  return 1;\n", "apps/page.ts:3:1: Unexpected end of file", ""},
		"await outside":              {"await null;\nexport function application() {}", "apps/page.ts:1:1: await cannot stand outside of a function here", "move it into application"},
		"missing file":               {"import './_lib/nope.js';\nexport function application() {}", `apps/page.ts:1:8: Could not resolve "./_lib/nope.js"`, "no such file"},
		"Node module":                {"import fs from 'fs';\nfs;\nexport function application() {}", `apps/page.ts:1:16: Could not resolve "fs"`, "do not run in Node.js"},
		"Node module by its prefix":  {"import fs from 'node:fs';\nfs;\nexport function application() {}", `apps/page.ts:1:16: there is no built-in module "node:fs"`, "Node.js"},
		"unknown built-in":           {"import x from 'wizgy:htpp';\nx;\nexport function application() {}", `apps/page.ts:1:15: there is no built-in module "wizgy:htpp"`, "wizgy:http"},
		"unknown package":            {"import x from 'left-pad';\nx;\nexport function application() {}", `apps/page.ts:1:15: Could not resolve "left-pad"`, "node_modules"},
		"error in a neighbour":       {"import './_lib/bad.ts';\nexport function application() {}", "apps/_lib/bad.ts:2:9: Unexpected \";\"", ""},
		"throws at the top level":    {"const x: any = null;\n\nx.foo();\nexport function application() {}", "apps/page.ts:3:3: TypeError: Cannot read properties of null (reading 'foo')", ""},
		"throws in a neighbour":      {"import './_lib/throws.ts';\nexport function application() {}", "apps/_lib/throws.ts:3:9: Error: from afar", ""},
		"no application":             {"const x = 1;", "apps/page.ts:1:1: the page provides no function application(environ, start_response)", "start_response(\"200 OK\""},
		"application is no function": {"export const application = {};", "apps/page.ts:1:1: the page provides no function application(environ, start_response)", "smallest page"},
		"empty":                      {"", "apps/page.ts:1:1: the page provides no function application(environ, start_response)", "smallest page"},
		"Node variable":              {"process.exit();\nexport function application() {}", "apps/page.ts:1:1: ReferenceError: process is not defined", "no Node.js here"},
		"unknown flag of a regexp":   {"const r = /x/v;\nexport function application() {}", "apps/page.ts", ""},
		"endless loop":               {"for (;;);\nexport function application() {}", "apps/page.ts:1:1: the page did not start within 200ms", "--timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "apps/page.ts", c.src)
			write(t, dir, "apps/_lib/bad.ts", "\nlet x = ;")
			write(t, dir, "apps/_lib/throws.ts", "const a: number = 1;\nif (a) {\n  throw new Error('from afar');\n}\nexport {};")
			e := open(t, Config{Dir: dir + "/apps", NoWatch: true, Timeout: shortTimeout})
			problems, _ := e.Check()
			if len(problems) == 0 {
				t.Fatal("no problem was found")
			}
			got := problems[0]
			if text := got.At() + ": " + got.Message; !strings.HasPrefix(text, c.want) {
				t.Errorf("got  %s\nwant %s", text, c.want)
			}
			if !strings.Contains(got.Hint, c.hint) {
				t.Errorf("hint %q, want one with %q", got.Hint, c.hint)
			}
			if body, err := get(e, "/page"); err == nil {
				t.Errorf("the page answers: %q", body)
			}
		})
	}
}

func TestEveryProblemIsReported(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.js", "import './x.js'; import './y.js';\nexport function application() {}")
	write(t, dir, "b.js", "let x = ;")
	write(t, dir, "[[c]].js", "")
	problems, _ := open(t, Config{Dir: dir, NoWatch: true}).Check()
	if len(problems) != 4 {
		t.Errorf("got %d problems, want 4: %v", len(problems), problems)
	}
}

func TestPositionsAreThoseOfTheSource(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "apps/page.ts", `import { helper } from "./_lib/helper";

interface Unused { a: string }

export function application(environ: Unused, start_response: Function): string[] {
  start_response("200 OK", []);
  return [middle(() => helper<string>("x"))];
}

const middle = (f: () => string): string => {
  return f();
};
`)
	write(t, dir, "apps/_lib/helper.ts", `type T = { deep: { er: string } };

export function helper<X>(x: X): string {
	const t = {} as T; /* ä */ return t.deep.er;
}
`)
	e := open(t, Config{Dir: dir + "/apps", NoWatch: true})
	_, err := get(e, "/page")
	pageErr := asError(err)
	if got, want := pageErr.At(), "apps/_lib/helper.ts:4:43"; got != want {
		t.Errorf("at %s, want %s", got, want)
	}
	wantFrame := `  2 | 
  3 | export function helper<X>(x: X): string {
> 4 | 	const t = {} as T; /* ä */ return t.deep.er;
    | 	                                         ^
  5 | }`
	if got := pageErr.Frame(); strings.ReplaceAll(got, " \n", "\n") != strings.ReplaceAll(wantFrame, " \n", "\n") {
		t.Errorf("frame\n%s\nwant\n%s", got, wantFrame)
	}
	wantStack := []string{
		"at helper (apps/_lib/helper.ts:4:43)",
		"at <anonymous> (apps/page.ts:7:24)",
		"at middle (apps/page.ts:11:10)",
		"at application (apps/page.ts:7:11)",
	}
	lines := strings.Split(pageErr.Stack(), "\n")
	for i, want := range wantStack {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Errorf("stack\n%s\nwant line %d to begin with %q", pageErr.Stack(), i+1, want)
			break
		}
	}
}
