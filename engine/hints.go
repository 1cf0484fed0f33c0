package engine

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// What people write first, coming from Node, a browser or a build tool, and what to write here.

// hints maps the start of a message to what to do.
var hints = []struct{ start, hint string }{
	{"ReferenceError: process is not defined", "there is no Node.js here: what the site configures is in environ (--set NAME=VALUE)"},
	{"ReferenceError: Buffer is not defined", "use Uint8Array, with TextEncoder and TextDecoder"},
	{"ReferenceError: require is not defined", "write import … from \"./file.js\" at the top of the file"},
	{"ReferenceError: __dirname is not defined", "import neighbouring files, as in import text from \"./note.txt\""},
	{"ReferenceError: __filename is not defined", "import neighbouring files, as in import text from \"./note.txt\""},
	{"ReferenceError: window is not defined", "a page runs on the server; what the browser is to run goes into html/, as a file"},
	{"ReferenceError: document is not defined", "a page runs on the server, and returns its HTML as text"},
	{"ReferenceError: alert is not defined", "a page runs on the server: use console.log"},
	{"ReferenceError: fetch is not defined", "a page cannot ask other servers yet"},
	{"ReferenceError: start_response is not defined", "name the second parameter of application so"},
	{"ReferenceError: environ is not defined", "name the first parameter of application so"},
}

// rewrites replaces messages that do not say what to do.
var rewrites = []struct {
	match         *regexp.Regexp
	message, hint string
}{
	{regexp.MustCompile(`^Top-level await is (not available|currently not supported)`),
		"await cannot stand outside of a function here", "move it into application, or into an async function that application awaits"},
	{regexp.MustCompile(`^Could not resolve "(?:node:)?(?:assert|async_hooks|buffer|child_process|cluster|crypto|dgram|dns|events|fs|fs/promises|http|http2|https|module|net|os|path|perf_hooks|process|querystring|readline|stream|string_decoder|timers|tls|tty|url|util|v8|vm|worker_threads|zlib)"$`),
		"", "this is a module of Node.js, which pages do not run in; the built-in modules are named wizgy:…"},
	{regexp.MustCompile(`^there is no built-in module "node:`),
		"", "pages do not run in Node.js; the built-in modules are named wizgy:…"},
	{regexp.MustCompile(`^Could not resolve "\.{1,2}/`),
		"", "there is no such file; the path starts at the file that imports it"},
	{regexp.MustCompile(`^Could not resolve "[^./]`),
		"", "a path to a file starts with ./ or ../; a package is looked for in node_modules"},
	{regexp.MustCompile(`^No loader is configured for`),
		"", "import JavaScript, TypeScript, JSON, text or images; put other files into html/"},
	{regexp.MustCompile(`^"await" can only be used inside an "async" function$|^Cannot use "await" outside an async function$`),
		"", "write async before the function around it: async function application(…), or async () => …"},
	{regexp.MustCompile(`^The JSX syntax extension is not currently enabled$`),
		"there is HTML in the code, which only .jsx and .tsx files may have", "rename the page; a file that is nothing but HTML goes into html/"},
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
	if m := noModule.FindStringSubmatch(message); m != nil {
		return message, "there are: " + strings.Join(slices.Sorted(maps.Keys(modules)), ", ")
	}
	for _, h := range hints {
		if strings.HasPrefix(message, h.start) {
			return message, h.hint
		}
	}
	return message, hint
}
