package engine

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// What the compiler and the interpreter say, and what to write instead.

const (
	noSuchFile   = "there is no such file; the path starts at the file that imports it"
	notInstalled = "a path to a file starts with ./ or ../; a package is looked for in node_modules, where npm install puts it"
)

// rewrites replaces messages that do not say what to do.
var rewrites = []struct {
	match         *regexp.Regexp
	message, hint string
}{
	{regexp.MustCompile(`^Top-level await is (not available|currently not supported)`),
		"await cannot stand outside of a function here", "move it into application, or into an async function that application awaits"},
	{regexp.MustCompile(nodeModule("http|https|http2|net|cluster") + `|^Could not resolve "(?:express|koa|fastify|restify|connect)"$`),
		"", "wizgy is the server already: a page is a function application(environ, start_response)"},
	{regexp.MustCompile(`^Could not resolve "(?:https?:)?//`),
		"pages cannot import from the network", "npm install puts packages into node_modules, where they are imported from by their name; a single file may be saved beside the page"},
	{regexp.MustCompile(`^Could not resolve "(?:npm|jsr):`),
		"", "this is a name as Deno has it: npm install puts packages into node_modules, where they are imported from by their name alone"},
	{regexp.MustCompile(`^Could not resolve "bun(?::[^"]*)?"`),
		"", "this is a module of Bun, which pages do not run in; the built-in modules are named wizgy:…"},
	{regexp.MustCompile(`^Could not resolve "file:`),
		"", "write the path as it is seen from this file, as in ./name.js"},
	{regexp.MustCompile(`^Could not resolve "[a-z][a-z0-9+.-]+:`),
		"", "this is no package, but a module of another server or of a build tool; the built-in modules are named wizgy:…"},
	{regexp.MustCompile(nodeModule("timers/promises")),
		"", "setTimeout is there without an import; to wait, write await new Promise(done => setTimeout(done, 100))"},
	{regexp.MustCompile(nodeModule("fs|fs/promises")),
		"", "pages do not run in Node.js; a file beside the page is imported, as in import text from \"./note.txt\""},
	{regexp.MustCompile(nodeModule("url|querystring|buffer|timers|perf_hooks|console")),
		"", "pages do not run in Node.js; URL, URLSearchParams, Uint8Array, setTimeout and performance are there without an import"},
	{regexp.MustCompile(nodeModule("process")),
		"", "pages do not run in Node.js: what the site configures is in environ (--set NAME=VALUE)"},
	{regexp.MustCompile(nodeModule("assert|async_hooks|child_process|crypto|dgram|diagnostics_channel|dns|domain|events|inspector|module|os|path|readline|repl|stream|string_decoder|sys|test|tls|trace_events|tty|util|v8|vm|wasi|worker_threads|zlib|(?:assert|dns|inspector|path|readline|stream|test|util)/[a-z0-9]+")),
		"", "this is a module of Node.js, which pages do not run in; the built-in modules are named wizgy:…"},
	{regexp.MustCompile(`^there is no built-in module "node:`),
		"", "pages do not run in Node.js; the built-in modules are named wizgy:…"},
	{regexp.MustCompile(`^Could not resolve "\.{1,2}/`),
		"", noSuchFile},
	{regexp.MustCompile(`^Could not resolve "/`),
		"", "a path starts at the file that imports: ./ is its folder, ../ the one above"},
	{regexp.MustCompile(`^Could not resolve "(?:@|~|\$[^/]*)/`),
		"", "such a name is one of compilerOptions.paths in a tsconfig.json, in the folder of the file or one above; else write the path as it is seen from this file"},
	{regexp.MustCompile(`^Could not resolve "#`),
		"", "such a name is one of imports in a package.json, in the folder of the file or one above"},
	{regexp.MustCompile(`^Could not resolve "[^./]`),
		"", notInstalled},
	{regexp.MustCompile(`^No loader is configured for`),
		"", "import JavaScript, TypeScript, JSON, text or images; put other files into html/"},
	{regexp.MustCompile(`^"await" can only be used inside an "async" function$|^Cannot use "await" outside an async function$`),
		"", "write async before the function around it: async function application(…), or async () => …"},
	{notJSX,
		"there is HTML in the code, which only .jsx and .tsx files may have", "rename the page; a file that is nothing but HTML goes into html/"},
	{regexp.MustCompile("^" + notUTF8),
		"", saveAsUTF8},
	{regexp.MustCompile(`^Unterminated string literal$`),
		"", "the quote that ends it is missing; text of several lines stands between backquotes"},
	{regexp.MustCompile(`^Unterminated regular expression$`),
		"", "a / begins a regular expression here, and the / that ends it is missing"},
	{regexp.MustCompile(`^Expected "\*/" to terminate multi-line comment$`),
		"", "a comment begins with /*, and the */ that ends it is missing"},
	{regexp.MustCompile(`^Unexpected end of file$`),
		"", "a }, ) or ] is missing further up"},
	{regexp.MustCompile(`^Unexpected "[“”„‟‘’‚«»]"$`),
		"", "write straight quotes, \" or '"},
	{regexp.MustCompile(`^Expected "[){]" but found ":"$`),
		"", "if this is a type: only .ts and .tsx files may have types"},
	{regexp.MustCompile(`^Expected ";" but found `),
		"", "the statement before it does not end: is a ; or an operator missing, or is there a bracket too many?"},
	{regexp.MustCompile(`^Expected "[\])}]" but found `),
		"", "what was opened before it does not end: is a comma, an operator or a bracket missing?"},
	{regexp.MustCompile(`^Expected identifier but found "[a-z]+"$`),
		"", "this is a word of the language: choose another name"},
	{regexp.MustCompile(`^Cannot assign to ".*" because it is a constant$`),
		"", "declare it with let"},
	{regexp.MustCompile(`^The constant ".*" must be initialized$`),
		"", "give it a value, or declare it with let"},
}

// notJSX is what the compiler says of a < where an expression should be.
var notJSX = regexp.MustCompile(`^The JSX syntax extension is not currently enabled$`)

// elementInTypes reports whether an error is about an element in a file that may have types, but no elements: the
// compiler takes <p> for a type, and what follows for all sorts of things.
func elementInTypes(file, line string) bool {
	switch path.Ext(file) {
	case ".ts", ".mts", ".cts":
		return element.MatchString(quotedText.ReplaceAllString(line, `""`))
	}
	return false
}

var quotedText = regexp.MustCompile("\"[^\"]*\"|'[^']*'|`[^`]*`")

var element = regexp.MustCompile(`</[A-Za-z>]|<[A-Za-z][^<>]*/>|<[a-z][\w-]*\s+[\w-]+=["'{]|\(\s*<>|return\s*<[a-z>]`)

// nodeModule returns a pattern of what is said when one of Node's modules, separated by |, is not there.
func nodeModule(names string) string {
	return `^(?:Could not resolve|there is no built-in module) "(?:node:)?(?:` + names + `)"$`
}

var noModule = regexp.MustCompile(`^there is no built-in module "(wizgy:[^"]*)"`)

// explain improves a message and adds a hint, where it knows one.
func explain(message, hint string, modules map[string]bool) (string, string) {
	for _, r := range rewrites {
		if r.match.MatchString(message) {
			if r.message != "" {
				message = r.message
			}
			return message, r.hint
		}
	}
	if m := cannotFindModule.FindStringSubmatch(message); m != nil {
		return message, whenRun(m[1])
	}
	if m := noModule.FindStringSubmatch(message); m != nil {
		return message, "there are: " + strings.Join(slices.Sorted(maps.Keys(modules)), ", ")
	}
	if m := undefinedName.FindStringSubmatch(message); m != nil && undefinedNames[m[1]] != "" {
		return message, undefinedNames[m[1]]
	}
	return message, hint
}

// whenRun says what to do about a module that was asked for when a statement was run, and is not there.
func whenRun(name string) string {
	_, hint := explain(`Could not resolve "`+name+`"`, "", nil)
	if hint == noSuchFile || hint == notInstalled || hint == "" {
		return "what a page asks for is put into it when it is loaded, if it is there and its name is written as text, in whole or as in import(`./words/${name}.js`); npm install puts packages into node_modules"
	}
	return hint
}
