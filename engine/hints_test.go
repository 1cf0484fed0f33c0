package engine

import (
	"errors"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// TestPagesThatDoNotLoadSayWhatToWrite has the mistakes that people make most.
func TestPagesThatDoNotLoadSayWhatToWrite(t *testing.T) {
	for name, c := range map[string]struct{ src, want, hint string }{
		"await without async":      {"function application() { await null; }", `"await" can only be used`, "write async before the function"},
		"await in a callback":      {"async function application() { [1].map(x => await x); }", `"await" can only be used`, "write async before the function"},
		"for await without async":  {"function application() { for await (const x of y); }", `Cannot use "await"`, "write async before the function"},
		"await at the top level":   {"const x = await null;", "await cannot stand outside", "move it into application"},
		"HTML in a .js file":       {"function application() { return <p>hello</p>; }", "there is HTML in the code", "rename the page"},
		"an element in a .ts file": {"// ts\nexport function application() { return <p>hello</p>; }", "there is HTML in the code", "rename the file to .tsx"},
		"words in an element":      {"// ts\nexport function application() { return [<p>hello you</p>]; }", "there is HTML in the code", "rename the file to .tsx"},
		"an attribute":             {"// ts\nconst x = <p class=\"a\">", "there is HTML in the code", "rename the file to .tsx"},
		"an empty element":         {"// ts\nconst x = <br/>;", "there is HTML in the code", "rename the file to .tsx"},
		"a fragment":               {"// ts\nfunction application() { return <>a</>; }", "there is HTML in the code", "rename the file to .tsx"},
		"elements in lines":        {"// ts\nfunction application() {\n  return <ul>\n    <li>a</li>\n  </ul>; }", "there is HTML in the code", "rename the file to .tsx"},
		"HTML in text":             {"// ts\nconst x = ['</p>', \"<br/>\", `<p class=\"a\">`] y;", `Expected ";" but found "y"`, "does not end"},
		"a type, and a mistake":    {"// ts\nfunction application(a: Array<string>) { return 1 +; }", `Unexpected ";"`, ""},
		"UTF-16":                   {"\xff\xfef\x00u\x00n\x00", "the file is not UTF-8", "save it as UTF-8"},
		"UTF-16 without a mark":    {"f\x00u\x00n\x00", "the file is not UTF-8", "save it as UTF-8"},
		"UTF-16 of another order":  {"\xfe\xff\x00f\x00u\x00n", "the file is not UTF-8", "save it as UTF-8"},
		"a file of HTML":           {"<!doctype html>\n<p>hello", "there is HTML in the code", "goes into html/"},
		"string without end":       {"function application() { return [\"hello]; }", "Unterminated string literal", "the quote that ends it"},
		"template without end":     {"function application() { return [`hello]; }", "Unterminated string literal", "the quote that ends it"},
		"regexp without end":       {"const r = /abc;", "Unterminated regular expression", "the / that ends it"},
		"comment without end":      {"/* hello", `Expected "*/"`, "the */ that ends it"},
		"brace missing at the end": {"function application() { return 1;", "Unexpected end of file", "missing further up"},
		"typographic quotes":       {"const s = “hello”;", `Unexpected "“"`, "straight quotes"},
		"type in a .js file":       {"function application(environ: object) {}", `Expected ")" but found ":"`, ".ts and .tsx"},
		"type of a result":         {"function application(): string {}", `Expected "{" but found ":"`, ".ts and .tsx"},
		"semicolon missing":        {"function application() { f() return 1; }", `Expected ";" but found "return"`, "does not end"},
		"bracket too many":         {"function application() { return [1]]; }", `Expected ";" but found "]"`, "a bracket too many"},
		"comma missing":            {"const a = [1 2];", `Expected "]" but found "2"`, "a comma"},
		"word of the language":     {"const class = 1;", `Expected identifier but found "class"`, "choose another name"},
		"assignment to a constant": {"const a = 1;\na = 2;", `Cannot assign to "a"`, "declare it with let"},
		"constant without value":   {"const a;", `The constant "a" must be initialized`, "give it a value"},
		"declared twice":           {"let a = 1;\nlet a = 2;", `The symbol "a" has already been declared`, `was originally declared here (apps/page.js:1:5)`},
		"path from the top":        {"import x from '/_lib/x.js'; x;", `Could not resolve "/_lib/x.js"`, "./ is its folder"},
		"module of Node.js":        {"import fs from 'node:fs'; fs;", `there is no built-in module "node:fs"`, "a file beside the page is imported"},
		"module without node:":     {"require('fs/promises');", `Could not resolve "fs/promises"`, "a file beside the page is imported"},
		"another module of Node":   {"require('zlib');", `Could not resolve "zlib"`, "a module of Node.js"},
		"unknown module of Node":   {"require('node:sqlite');", `there is no built-in module "node:sqlite"`, "do not run in Node.js"},
		"module there anyway":      {"import { URL } from 'url';", `Could not resolve "url"`, "without an import"},
		"server of Node.js":        {"require('http');", `Could not resolve "http"`, "wizgy is the server already"},
		"Express":                  {"import express from 'express';", `Could not resolve "express"`, "wizgy is the server already"},
		"a module in the network":  {"import x from 'https://example.com/x.js';", "pages cannot import from the network", "npm install"},
		"one without a scheme":     {"import x from '//cdn.example/x.js';", "pages cannot import from the network", "npm install"},
		"one that is exported":     {"export * from 'http://example.com/x.js';", "pages cannot import from the network", "npm install"},
		"one that is required":     {"const x = require('https://example.com/x.js');", "pages cannot import from the network", "npm install"},
		"a package of Deno":        {"import x from 'npm:zod@4';", `Could not resolve "npm:zod@4"`, "by their name alone"},
		"a module of Bun":          {"import { Database } from 'bun:sqlite';", `Could not resolve "bun:sqlite"`, "a module of Bun"},
		"Bun itself":               {"import { serve } from 'bun';", `Could not resolve "bun"`, "a module of Bun"},
		"a module of a worker":     {"import { env } from 'cloudflare:workers';", `Could not resolve "cloudflare:workers"`, "of another server"},
		"an address of a file":     {"import x from 'file:///srv/x.js';", `Could not resolve "file:///srv/x.js"`, "from this file"},
		"a path of tsconfig.json":  {"import x from '@/lib/x';", `Could not resolve "@/lib/x"`, "compilerOptions.paths"},
		"a scope is none":          {"import x from '@scope/x';", `Could not resolve "@scope/x"`, "node_modules"},
		"a path of package.json":   {"import x from '#lib/x';", `Could not resolve "#lib/x"`, "package.json"},
		"promises of timers":       {"import { setTimeout } from 'timers/promises';", `Could not resolve "timers/promises"`, "await new Promise"},
		"the same with node:":      {"import { setTimeout } from 'node:timers/promises';", `there is no built-in module "node:timers/promises"`, "await new Promise"},
		"a part of a module":       {"import { pipeline } from 'stream/promises';", `Could not resolve "stream/promises"`, "a module of Node.js"},
		"a package":                {"import _ from 'lodash';", `Could not resolve "lodash"`, "npm install"},
		"PHP":                      {"<?php echo 'hello'; ?>", "this is PHP", "write the page in JavaScript"},
		"nothing":                  {"", "the page provides no function application", `return ["hello"];`},
		"no function":              {"export const application = 5;", "the page provides no function application", "it exports application, which is no function; this is"},
		"another name":             {"export function handler(event) {}", "the page provides no function application", "it exports handler, and nothing named application; this is"},
		"many other names":         {"export let a, b, c, d, e, f;", "the page provides no function application", "it exports a, b, c, d, e, …, and"},
		"exports of a worker":      {"export default { fetch(request) {} };", "the page provides no function application", "does not call fetch(request)"},
		"server of Deno":           {"Deno.serve(() => {});", "ReferenceError: Deno", "wizgy is the server already"},
		"exports that are hostile": {"module.exports = new Proxy({}, { ownKeys() { throw 1 } });", "the page provides no function application", "this is the smallest page that works"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, file := t.TempDir(), "apps/page.js"
			if strings.HasPrefix(c.src, "// ts") {
				file = "apps/page.ts"
			}
			write(t, dir, file, c.src)
			e := open(t, Config{Dir: dir + "/apps", NoWatch: true})
			problems, warnings := e.Check()
			if len(problems) == 0 {
				t.Fatal("no problem was found")
			}
			if strings.Contains(c.want, "UTF-8") && len(warnings) > 0 {
				t.Errorf("the same is said twice: %v", warnings)
			}
			if len(problems) > 1 {
				t.Errorf("there is more to read than one problem: %v", problems[1:])
			}
			if got := problems[0]; !strings.HasPrefix(got.Message, c.want) || !strings.Contains(got.Hint, c.hint) {
				t.Errorf("got  %s\n     %s\nwant %s\n     %s", got.Message, got.Hint, c.want, c.hint)
			}
		})
	}
}

// TestHabitsOfOtherServersSayWhatToWrite has what other servers hand to a page, and others have as globals.
func TestHabitsOfOtherServersSayWhatToWrite(t *testing.T) {
	for name, c := range map[string]struct{ src, hint string }{
		"answer of Express":   {"module.exports = (req, res) => { res.send('hello'); };", "answers with start_response"},
		"answer of Node.js":   {"exports.application = (req, res) => { res.writeHead(200); };", "answers with start_response"},
		"query of Express":    {"exports.application = (req, res) => { res.send(req.query.name); };", "environ.QUERY_STRING"},
		"query in environ":    {"function application(environ) { return environ.query.name; }", "environ.QUERY_STRING"},
		"headers":             {"function application(environ) { return environ.headers['user-agent']; }", "environ.HTTP_USER_AGENT"},
		"parameters":          {"function application(req) { return req.params.id; }", "wizgy:http"},
		"body":                {"async function application(request) { return await request.json(); }", `environ["wsgi.input"].read()`},
		"dot in a name":       {"function application(environ) { return environ.wsgi.input; }", `environ["wsgi.input"]`},
		"in TypeScript":       {"// ts\nfunction application(req: any) { return req.url.length; }", "environ.PATH_INFO"},
		"Response":            {"function application() { return new Response('hello'); }", "call start_response"},
		"query of PHP":        {"function application() { return $_GET.name; }", "environ.QUERY_STRING"},
		"environment of Node": {"function application() { return process.env.HOME; }", "--set NAME=VALUE"},
		"fetch":               {"function application() { return fetch('/'); }", "cannot ask other servers"},
		"crypto":              {"function application() { return crypto.randomUUID(); }", "not for secrets"},
		"JSON of the input":   {"function application(environ) { return environ['wsgi.input'].json(); }", "JSON.parse(new TextDecoder()"},
		"text of the input":   {"export async function application(environ) { return await environ[\"wsgi.input\"].text(); }", "new TextDecoder()"},
		"JSON of bytes":       {"function application() { const body = new TextEncoder().encode('{}'); return JSON.parse(body); }", "new TextDecoder()"},
		"JSON of nothing":     {"function application(environ) { return JSON.parse(environ['wsgi.input'].read()); }", "was a body sent"},
		"JSON that is wrong":  {"function application() { return JSON.parse('{a}'); }", ""},
		"form of the input":   {"function application(environ) { const input = environ['wsgi.input'];\nreturn input.formData(); }", "new URLSearchParams"},
		"events of the input": {"function application(environ) { environ['wsgi.input'].on('data', x => x); }", "read(size)"},
		"input of one's own":  {"function application(environ) { const input = {}; return input.values(); }", ""},
		"not there yet":       {"function application() { return Math.sumPrecise([1]); }", "Math.sumPrecise is not there yet"},
		"languages":           {"function application() { return new Intl.NumberFormat('de'); }", "format numbers and dates yourself"},
		"bytes as a file":     {"function application() { return new Blob(['x']); }", "a Uint8Array"},
		"streams":             {"function application() { return new ReadableStream(); }", "may be a generator"},
		"memory of others":    {"function application() { return new SharedArrayBuffer(1); }", "no memory that others share"},
		"events":              {"function application() { return new EventTarget(); }", "keep a list of functions"},
		"a forgotten let":     {"export function application() { visitor = 'Ada'; }", "declare it with let"},
		"a forgotten counter": {"export function application() { n ++; }", "declare it with let"},
		"a forgotten loop":    {"export function application() { for (x of []) {} for (x of [1]) {} }", "declare it with let"},
		"a comparison":        {"export function application() { return nothing == 1; }", ""},
		"a class":             {"exports.application = class { constructor(environ) {} };", "must be a function"},
		"the page's own":      {"function application(environ) { const shop = {}; return shop.query.name; }", ""},
		"name of nothing":     {"function application() { return nothing; }", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, file := t.TempDir(), "page.js"
			if strings.HasPrefix(c.src, "// ts") {
				file = "page.ts"
			}
			write(t, dir, file, c.src)
			err := open(t, Config{Dir: dir, NoWatch: true}).ServePage(httptest.NewRecorder(), httptest.NewRequest("GET", "/page", nil))
			var got *Error
			if !errors.As(err, &got) || !strings.Contains(got.Hint, c.hint) || c.hint == "" && got.Hint != "" {
				t.Errorf("got %v, want the hint %q", err, c.hint)
			}
		})
	}
}

// TestCheckNamesFilesThatNobodyServes puts files beside pages as other servers want them.
func TestCheckNamesFilesThatNobodyServes(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "apps/page.js", "import text from './used.html'; exports.application = (e, start) => { start('200 OK', []); return [text]; };")
	for _, file := range []string{"used.html", "about.html", "img/cat.PNG", "old.php", "README.md", "_private.html", "_lib/x.css", ".hidden.html"} {
		write(t, dir, "apps/"+file, "x")
	}
	_, warnings := open(t, Config{Dir: dir + "/apps", NoWatch: true}).Check()
	var got []string
	for _, w := range warnings {
		if w.Message != "no URL leads to this file" {
			t.Errorf("unexpected: %v", w)
		}
		got = append(got, w.File+" "+strings.Fields(w.Hint)[0])
	}
	if want := "apps/about.html what, apps/img/cat.PNG what, apps/old.php pages"; strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}

// TestCheckNamesFoldersThatCannotBeRead uses a link that leads to itself: nothing keeps root from the others.
func TestCheckNamesFoldersThatCannotBeRead(t *testing.T) {
	dir := t.TempDir() + "/apps"
	if err := os.Symlink(dir, dir); err != nil {
		t.Skip(err)
	}
	problems, _ := open(t, Config{Dir: dir, NoWatch: true}).Check()
	if len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), "apps: the folder cannot be read: ") {
		t.Errorf("got %v, want one problem of the folder", problems)
	}
}

// TestCharactersOfAnotherEncodingAreWarnedOf has Latin-1 in a page, in what it imports, and in a package, which knows what
// it does.
func TestCharactersOfAnotherEncodingAreWarnedOf(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "apps/page.js", "import text from './_note.txt'; import 'pkg';\nexport const application = (e, start) => { start('200 OK', []); return ['\\ufffd\ufffd\xe4', text]; };")
	write(t, dir, "apps/_note.txt", "gr\xfc\xdfe")
	write(t, dir, "apps/node_modules/pkg/index.js", "// \xe4")
	problems, warnings := open(t, Config{Dir: dir + "/apps", NoWatch: true}).Check()
	var got []string
	for _, w := range warnings {
		if strings.HasPrefix(w.Message, "the file is not UTF-8") {
			got = append(got, w.At())
		}
	}
	if want := "apps/_note.txt:1:3 apps/page.js:2:81"; len(problems) > 0 || strings.Join(got, " ") != want {
		t.Errorf("got %v, %v; want %s", problems, got, want)
	}
}
