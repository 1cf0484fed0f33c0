package engine

import (
	"regexp"
	"strings"
)

// What people write first, coming from Node, a browser, PHP or another server, and what to write here.

const (
	theServer  = "wizgy is the server already: a page is a function application(environ, start_response)"
	theRequest = "application gets the request as environ, and answers with start_response(\"200 OK\", headers) and what it returns"
	theAnswer  = "call start_response(\"200 OK\", [[\"Content-Type\", \"text/html\"]]), and return the body"
	theQuery   = "read the query with new URLSearchParams(environ.QUERY_STRING)"
	theBody    = "read the body with environ[\"wsgi.input\"].read(), which gives bytes; TextDecoder makes text of them"
	theCookies = "cookies are in environ.HTTP_COOKIE, as the browser sent them"
	theHeaders = "headers are in environ, User-Agent as environ.HTTP_USER_AGENT"
	theBrowser = "a page runs on the server; what the browser is to run goes into html/, as a file"
	theVisitor = "a page runs on the server: keep something for a visitor in a cookie, or do it in a script in html/"
	theRaw     = "there is none yet: a Uint8Array holds bytes, and can be returned"
	theStream  = "there are none yet: what application returns may be a generator, whose pieces are sent as they come"
	theEvents  = "there are none yet: keep a list of functions, and call them"
	noNetwork  = "a page cannot ask other servers yet"
)

// undefinedName is what the interpreter says of a name that nobody has declared.
var undefinedName = regexp.MustCompile(`^ReferenceError: (\S+) is not defined$`)

// undefinedNames has what to do about a name that is there elsewhere.
var undefinedNames = map[string]string{
	"process":           "there is no Node.js here: what the site configures is in environ (--set NAME=VALUE)",
	"Buffer":            "use Uint8Array, with TextEncoder and TextDecoder",
	"require":           "write import … from \"./file.js\" at the top of the file",
	"global":            "write globalThis",
	"express":           theServer,
	"Deno":              theServer,
	"Bun":               theServer,
	"req":               theRequest,
	"request":           theRequest,
	"res":               theRequest,
	"response":          theRequest,
	"environ":           "name the first parameter of application so",
	"Request":           theRequest,
	"Response":          theAnswer,
	"Headers":           "headers are an array of [name, value] pairs, as in [[\"Content-Type\", \"text/html\"]]",
	"FormData":          theBody + ", and URLSearchParams takes a form's fields out of that",
	"fetch":             noNetwork,
	"WebSocket":         noNetwork,
	"EventSource":       noNetwork,
	"XMLHttpRequest":    noNetwork,
	"addEventListener":  "wizgy calls application(environ, start_response) for each request; what the browser is to run goes into html/, as a file",
	"start_response":    "name the second parameter of application so",
	"window":            theBrowser,
	"navigator":         theBrowser,
	"location":          "the address is in environ: PATH_INFO, QUERY_STRING, HTTP_HOST",
	"document":          "a page runs on the server, and returns its HTML as text",
	"alert":             "a page runs on the server: use console.log",
	"localStorage":      theVisitor,
	"sessionStorage":    theVisitor,
	"crypto":            "there is no crypto yet; Math.random() can be guessed, so it is not for secrets",
	"Intl":              "no languages are known here: format numbers and dates yourself",
	"Temporal":          "there is none yet: Date has dates, in the time zone of the server and in UTC",
	"WebAssembly":       "there is none: write the function in JavaScript, or use a package that does",
	"SharedArrayBuffer": "a page has no memory that others share: an ArrayBuffer is its own",
	"Atomics":           "a page has no memory that others share, so nothing has to be atomic",
	"Worker":            "there are none: a page runs in one piece, and other requests run beside it",
	"MessageChannel":    "there are none: call the function, or queueMicrotask(function)",
	"BroadcastChannel":  "there are none: pages do not hear of each other",
	"Blob":              theRaw, "File": theRaw,
	"ReadableStream": theStream, "WritableStream": theStream, "TransformStream": theStream,
	"CompressionStream": theStream, "DecompressionStream": theStream,
	"Event": theEvents, "EventTarget": theEvents, "CustomEvent": theEvents, "EventEmitter": theEvents,
	"AbortSignal":     "there is none yet; close() of what application returns, or the finally of a generator, runs when the client leaves",
	"URLPattern":      "match the path with a regular expression, or name the file [name].js",
	"caches":          "keep what is expensive to make in a variable at the top level of the page",
	"DisposableStack": "there is none yet: write try { … } finally { … }", "AsyncDisposableStack": "there is none yet: write try { … } finally { … }",
	"HTMLElement": theBrowser, "customElements": theBrowser, "DOMParser": theBrowser, "history": theBrowser, "requestAnimationFrame": theBrowser,
	"importScripts":   "write import … from \"./file.js\" at the top of the file",
	"AbortController": "there is none; close() of what application returns, or the finally of a generator, runs when the client leaves",
	"$_GET":           theQuery,
	"$_POST":          theBody + ", and URLSearchParams takes a form's fields out of that",
	"$_SERVER":        "what PHP has in $_SERVER is in environ, under the same names",
	"$_COOKIE":        theCookies,
}

// requestParts is what other servers have in their requests, and where it is here.
var requestParts = map[string]string{
	"query": theQuery, "searchParams": theQuery, "args": theQuery, "GET": theQuery,
	"params":  "import { params } from \"wizgy:http\" and write params(environ)",
	"headers": theHeaders, "header": theHeaders, "get": theHeaders,
	"body": theBody, "form": theBody, "json": theBody, "text": theBody, "formData": theBody, "POST": theBody,
	"cookies": theCookies,
	"url":     "the path is environ.PATH_INFO, the address as it was sent environ.REQUEST_URI",
	"path":    "the path is environ.PATH_INFO, below the page's own, which is environ.SCRIPT_NAME",
	"method":  "write environ.REQUEST_METHOD",
	"wsgi":    "its name has a dot in it: write environ[\"wsgi.input\"]",
}

// inputParts is what requests have elsewhere, and is asked of wsgi.input.
var inputParts = map[string]string{
	"json": "JSON.parse(new TextDecoder().decode(environ[\"wsgi.input\"].read())) gives what was sent as JSON",
	"text": theText, "toString": theText, "setEncoding": theText,
	"bytes": theBytes, "arrayBuffer": theBytes, "blob": theBytes, "buffer": theBytes,
	"formData": theForm, "form": theForm,
	"on": theLines, "once": theLines, "pipe": theLines, "getReader": theLines, "pipeTo": theLines, "forEach": theLines,
}

const (
	theText  = "new TextDecoder().decode(environ[\"wsgi.input\"].read()) gives the body as text"
	theBytes = "environ[\"wsgi.input\"].read() gives the body as bytes"
	theForm  = "new URLSearchParams(new TextDecoder().decode(environ[\"wsgi.input\"].read())) gives the fields of a form"
	theLines = "environ[\"wsgi.input\"].read(size) gives the next bytes, none at the end; for (const line of environ[\"wsgi.input\"]) gives lines"
)

// notYet has what to write instead of functions that the interpreter lacks.
var notYet = map[string]string{
	"Math.f16round":   "round with Math.fround(), to 24 bits",
	"Math.sumPrecise": "add the numbers up with reduce()",
	"JSON.rawJSON":    "write the number as text, and take the quotes away",
	"Error.isError":   "write x instanceof Error",
}

// noFunction matches what the interpreter says of a call of something that is no function.
var noFunction = regexp.MustCompile(`^TypeError: ([\w$.]+) is not a (?:function|constructor)`)

var (
	inputPart   = regexp.MustCompile(`(?:wsgi\.input["'\x60]\]|\binput|\bbody)\??\.(\w+)\(`)
	requestPart = regexp.MustCompile(`\b(?:environ|env|req|request|event)\.(\w+)`)
	answering   = regexp.MustCompile(`\b(?:start_response|res|resp|response|reply)\.\w+`)
)

// assigns reports whether a line changes a variable of that name.
func assigns(line, name string) bool {
	name = regexp.QuoteMeta(name)
	found, _ := regexp.MatchString(`(?:^|[^.\w$])`+name+`\s*(?:=(?:[^=>]|$)|\+\+|--|(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)=)|(?:\+\+|--)`+name+`(?:[^.\w$\[(]|$)|for\s*\(\s*`+name+`\s+(?:of|in)\b`, line)
	return found
}

var bytesAsJSON = regexp.MustCompile(`^SyntaxError: Unexpected non-whitespace character after JSON at position [1-3]$`)

// jsonHabit returns what to do where JSON.parse fails as it does with the body of a request.
func jsonHabit(message string) string {
	switch {
	case bytesAsJSON.MatchString(message):
		return "are these bytes? Their text would be 123,34,…: " + inputParts["json"]
	case message == "SyntaxError: Unexpected end of JSON input":
		return "the text ends too early, or is empty: was a body sent at all? environ.CONTENT_LENGTH tells"
	}
	return ""
}

// habit returns what to write instead of a line that failed because it takes environ and start_response for what
// other servers hand to a page, or because of what other interpreters have or let pass, or "".
func habit(message, line string) string {
	if m := undefinedName.FindStringSubmatch(message); m != nil && assigns(line, m[1]) {
		return "declare it with let or const: a variable that nobody has declared would be one that all visitors share"
	}
	if strings.HasPrefix(message, "SyntaxError: ") && strings.Contains(line, "JSON.parse(") {
		return jsonHabit(message)
	}
	if !strings.HasPrefix(message, "TypeError: ") {
		return ""
	}
	if strings.HasPrefix(message, "TypeError: Class constructor") {
		return "write new before the name of the class; application itself must be a function, not a class"
	}
	if strings.HasSuffix(message, " is not a function") && answering.MatchString(line) {
		return theRequest
	}
	if m := inputPart.FindStringSubmatch(line); m != nil && inputParts[m[1]] != "" {
		return inputParts[m[1]]
	}
	if m := noFunction.FindStringSubmatch(message); m != nil && notYet[m[1]] != "" {
		return m[1] + " is not there yet: " + notYet[m[1]]
	}
	for _, m := range requestPart.FindAllStringSubmatch(line, -1) {
		if hint := requestParts[m[1]]; hint != "" {
			return hint
		}
	}
	return ""
}
