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
