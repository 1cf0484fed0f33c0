package module

import (
	"github.com/dop251/goja"
	"github.com/nlnwa/whatwg-url/url"
)

// urlClass is the class URL of one runtime.
type urlClass struct {
	*class[*urlObject]
	params *paramsClass
}

// loadURL makes the class URL.
func loadURL(host Host) (goja.Value, error) {
	rt := host.Runtime()
	params, err := paramsOf(host)
	if err != nil {
		return nil, err
	}
	c := &urlClass{params: params}
	c.class, err = newClass(rt, "URL", 1, func(ref, base goja.Value) *urlObject {
		o, err := parseURL(rt, ref, base)
		if err != nil {
			throwInvalidURL(rt, ref, base)
		}
		return o
	})
	if err != nil {
		return nil, err
	}
	c.addParts()
	c.addFunctions()
	return c.constructor, nil
}

// throwInvalidURL throws what the constructor throws.
func throwInvalidURL(rt *goja.Runtime, ref, base goja.Value) {
	if goja.IsUndefined(base) {
		throw(rt, "Invalid URL: %s", quote(cut(text(rt, ref), maxName), 0))
	}
	throw(rt, "Invalid URL: %s with the base %s", quote(cut(text(rt, ref), maxName), 0), quote(cut(text(rt, base), maxName), 0))
}

// addParts adds the parts of a URL, most of which can be set.
func (c *urlClass) addParts() {
	for _, part := range []struct {
		name string
		get  func(*url.Url) string
		set  func(*url.Url, string)
	}{
		{"origin", origin, nil},
		{"protocol", (*url.Url).Protocol, (*url.Url).SetProtocol},
		{"username", (*url.Url).Username, (*url.Url).SetUsername},
		{"password", (*url.Url).Password, (*url.Url).SetPassword},
		{"host", (*url.Url).Host, (*url.Url).SetHost},
		{"hostname", (*url.Url).Hostname, (*url.Url).SetHostname},
		{"port", (*url.Url).Port, (*url.Url).SetPort},
		{"pathname", (*url.Url).Pathname, (*url.Url).SetPathname},
		{"hash", (*url.Url).Hash, (*url.Url).SetHash},
	} {
		var set func(*urlObject, goja.Value)
		if part.set != nil {
			set = func(o *urlObject, v goja.Value) { part.set(o.u, text(c.rt, v)) }
		}
		c.accessor(part.name, func(o *urlObject) goja.Value { return c.rt.ToValue(part.get(o.u)) }, set)
	}
	c.accessor("search",
		func(o *urlObject) goja.Value { return c.rt.ToValue(o.u.Search()) },
		func(o *urlObject, v goja.Value) {
			o.u.SetSearch(text(c.rt, v))
			o.queryChanged()
		})
	c.accessor("href",
		func(o *urlObject) goja.Value { return c.rt.ToValue(o.u.Href(false)) },
		func(o *urlObject, v goja.Value) {
			to, err := parseURL(c.rt, v, goja.Undefined())
			if err != nil {
				throwInvalidURL(c.rt, v, goja.Undefined())
			}
			o.u = to.u
			o.queryChanged()
		})
	c.accessor("searchParams", c.searchParams, nil)
}

// searchParams returns the URLSearchParams that is bound to o, always the same one.
func (c *urlClass) searchParams(o *urlObject) goja.Value {
	if o.params == nil {
		o.params = &searchParams{url: o}
		o.queryChanged()
		o.paramsObject = c.params.wrap(o.params)
	}
	return o.paramsObject
}

// addFunctions adds the methods, and the functions of the class itself.
func (c *urlClass) addFunctions() {
	href := func(o *urlObject, _ goja.FunctionCall) goja.Value { return c.rt.ToValue(o.u.Href(false)) }
	c.method("toString", 0, href)
	c.method("toJSON", 0, href)
	c.static("parse", 1, func(call goja.FunctionCall) goja.Value {
		o, err := parseURL(c.rt, call.Argument(0), call.Argument(1))
		if err != nil {
			return goja.Null()
		}
		return c.wrap(o)
	})
	c.static("canParse", 1, func(call goja.FunctionCall) goja.Value {
		_, err := parseURL(c.rt, call.Argument(0), call.Argument(1))
		return c.rt.ToValue(err == nil)
	})
}
