package engine

import (
	"maps"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// environ is the environ object of one request: PEP 3333, "environ Variables". Most pages read
// two or three of its keys, so a value is made when a page asks for it (goja.DynamicObject), and
// only what the page changed is stored.
//
// To the page it is an ordinary object, but for three things that the interpreter has no hook
// for, and that throw a TypeError: a symbol as key (sloppy code, where nothing that fails to be
// assigned throws, goes on without it), an accessor or read-only property, and Object.freeze and
// its kin. {...environ} is a copy that can do these too.
type environ struct {
	rt     *runtime
	call   *call
	r      *http.Request // nil once the request is over: a server may use it for another one
	m      match
	values map[string]goja.Value // what was made or set; nil for a deleted key
}

var _ goja.DynamicObject = (*environ)(nil)

// Get returns the value of a key, or nil.
func (e *environ) Get(key string) goja.Value {
	if v, ok := e.values[key]; ok {
		return v
	}
	if s, ok := e.variable(key); ok {
		return e.rt.vm.ToValue(s)
	}
	make := objectVariables[key]
	if make == nil {
		return nil
	}
	v := make(e)
	e.store(key, v) // the same object each time
	return v
}

// Set stores a value of any kind.
func (e *environ) Set(key string, v goja.Value) bool {
	if e.rt.page.e.cfg.Lint != nil && !goja.IsString(v) && !strings.Contains(key, ".") {
		if _, standard := e.variable(key); standard {
			e.call.lint(LintEnviron, "environ."+key+" was replaced by something that is not a string")
		}
	}
	e.store(key, v)
	return true
}

// Has reports whether the key is there.
func (e *environ) Has(key string) bool {
	if v, ok := e.values[key]; ok {
		return v != nil
	}
	if _, ok := e.variable(key); ok {
		return true
	}
	return objectVariables[key] != nil
}

// Delete removes a key.
func (e *environ) Delete(key string) bool {
	e.store(key, nil)
	return true
}

func (e *environ) store(key string, v goja.Value) {
	if e.values == nil {
		e.values = map[string]goja.Value{}
	}
	e.values[key] = v
}

// Keys returns the keys: the standard ones in a fixed order, then the headers by name, then the
// site's own and what the page added.
func (e *environ) Keys() []string {
	var keys []string
	add := func(key string) {
		if e.Has(key) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range standardKeys {
		add(key)
	}
	for _, key := range e.headerKeys() {
		add(key)
	}
	for _, key := range slices.Sorted(maps.Keys(e.rt.page.e.cfg.Environ)) {
		add(key)
	}
	for _, key := range slices.Sorted(maps.Keys(e.values)) {
		add(key)
	}
	return keys
}

// headerKeys returns the keys of the request's headers, by name.
func (e *environ) headerKeys() []string {
	if e.r == nil {
		return nil
	}
	keys := []string{"HTTP_HOST", "HTTP_TRANSFER_ENCODING"}
	for _, name := range slices.Sorted(maps.Keys(e.r.Header)) {
		if key, ok := headerKey(name); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// standardKeys are the keys that do not come from headers, in the order in which they are listed.
var standardKeys = []string{
	"REQUEST_METHOD", "METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REQUEST_URI",
	"CONTENT_TYPE", "CONTENT_LENGTH", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL",
	"REMOTE_ADDR", "REMOTE_PORT", "HTTPS",
	"wsgi.version", "wsgi.url_scheme", "wsgi.input", "wsgi.errors", "wsgi.multithread",
	"wsgi.multiprocess", "wsgi.run_once", "wsgi.input_terminated", "wizgy.params",
}

// objectVariables make the values that are not strings.
var objectVariables = map[string]func(*environ) goja.Value{
	"wsgi.version":          func(e *environ) goja.Value { return e.rt.vm.NewArray(1, 0) },
	"wsgi.input":            func(e *environ) goja.Value { return e.call.newInput() },
	"wsgi.errors":           func(e *environ) goja.Value { return e.call.newErrors() },
	"wsgi.multithread":      func(e *environ) goja.Value { return e.rt.vm.ToValue(false) },
	"wsgi.multiprocess":     func(e *environ) goja.Value { return e.rt.vm.ToValue(true) },
	"wsgi.run_once":         func(e *environ) goja.Value { return e.rt.vm.ToValue(e.rt.page.isolation == IsolationRequest) },
	"wsgi.input_terminated": func(e *environ) goja.Value { return e.rt.vm.ToValue(true) },
	"wizgy.params":          (*environ).params,
}

func (e *environ) params() goja.Value {
	o := e.rt.vm.NewObject()
	for i := 0; i < len(e.m.params); i += 2 {
		// Not Set: a parameter may be called __proto__.
		o.DefineDataProperty(e.m.params[i], e.rt.vm.ToValue(e.m.params[i+1]), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
	return o
}

// variable returns a value that is a string.
func (e *environ) variable(key string) (string, bool) {
	switch key {
	case "SCRIPT_NAME":
		return e.m.scriptName, true
	case "PATH_INFO":
		return e.m.pathInfo, true
	}
	if s, ok := e.rt.page.e.cfg.Environ[key]; ok || e.r == nil {
		return s, ok
	}
	return e.ofRequest(key)
}

// ofRequest returns a variable that comes from the request itself.
func (e *environ) ofRequest(key string) (string, bool) {
	switch key {
	case "REQUEST_METHOD", "METHOD":
		return e.r.Method, true
	case "QUERY_STRING":
		return text(e.r.URL.RawQuery), true
	case "REQUEST_URI":
		return requestURI(e.r), true
	case "CONTENT_TYPE":
		return e.header("Content-Type", ", ")
	case "CONTENT_LENGTH":
		return e.header("Content-Length", ", ")
	case "SERVER_NAME", "SERVER_PORT":
		host, port := serverAddr(e.r)
		if key == "SERVER_NAME" {
			return host, true
		}
		return port, true
	case "SERVER_PROTOCOL":
		return e.r.Proto, true
	case "REMOTE_ADDR", "REMOTE_PORT":
		host, port, err := net.SplitHostPort(e.r.RemoteAddr)
		if err != nil {
			host = e.r.RemoteAddr // a Unix socket, or a test's request
		}
		if key == "REMOTE_ADDR" {
			return host, true
		}
		return port, true
	case "wsgi.url_scheme":
		return scheme(e.r), true
	case "HTTPS":
		return "on", e.r.TLS != nil
	case "HTTP_HOST":
		return text(e.r.Host), e.r.Host != ""
	case "HTTP_TRANSFER_ENCODING": // the server has taken it out of the headers
		return strings.Join(e.r.TransferEncoding, ", "), len(e.r.TransferEncoding) > 0
	case "HTTP_COOKIE":
		return e.header("Cookie", "; ") // RFC 9113, 8.2.3
	}
	if name, ok := strings.CutPrefix(key, "HTTP_"); ok {
		if name, ok = headerName(name); ok {
			return e.header(name, ", ") // RFC 9110, 5.3
		}
	}
	return "", false
}

func (e *environ) header(name, separator string) (string, bool) {
	switch values := e.r.Header[name]; len(values) {
	case 0:
		return "", false
	case 1:
		return text(values[0]), true
	default:
		return text(strings.Join(values, separator)), true
	}
}

// headerKey returns the key for a header: upper case, "-" to "_". A name with "_" has none: it
// would be taken for the one with "-", and a client could slip it past whoever checks that one.
// Nor has Proxy, which CGI programs take for the variable http_proxy (CVE-2016-5385).
func headerKey(name string) (key string, ok bool) {
	switch name {
	case "Content-Type", "Content-Length", "Proxy", "Host":
		return "", false
	}
	if strings.Contains(name, "_") {
		return "", false
	}
	return "HTTP_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")), true
}

// headerName is the inverse of headerKey, without the prefix.
func headerName(key string) (name string, ok bool) {
	if name, ok := commonHeaders[key]; ok {
		return name, true
	}
	if strings.ContainsFunc(key, func(c rune) bool { return c == '-' || 'a' <= c && c <= 'z' }) {
		return "", false
	}
	name = textproto.CanonicalMIMEHeaderKey(strings.ReplaceAll(key, "_", "-"))
	_, ok = headerKey(name)
	return name, ok
}

// commonHeaders spares the headers that most pages read the conversion.
var commonHeaders = map[string]string{
	"ACCEPT": "Accept", "ACCEPT_LANGUAGE": "Accept-Language", "ACCEPT_ENCODING": "Accept-Encoding",
	"AUTHORIZATION": "Authorization", "REFERER": "Referer", "USER_AGENT": "User-Agent",
	"X_FORWARDED_FOR": "X-Forwarded-For", "X_REQUESTED_WITH": "X-Requested-With",
}
