package module

import (
	"github.com/dop251/goja"
	"github.com/nlnwa/whatwg-url/url"
)

// urlObject is what lies behind a URL (URL Standard, 4 "URLs" and 6 "API").
type urlObject struct {
	opaque
	u *url.Url

	// Made when the page first asks for searchParams:
	params       *searchParams
	paramsObject *goja.Object
}

// parseURL parses ref, relative to base unless that is undefined.
func parseURL(rt *goja.Runtime, ref, base goja.Value) (*urlObject, error) {
	var u *url.Url
	var err error
	if relative := text(rt, ref); goja.IsUndefined(base) {
		u, err = url.Parse(relative)
	} else {
		u, err = url.ParseRef(text(rt, base), relative)
	}
	if err != nil {
		return nil, err
	}
	return &urlObject{u: u}, nil
}

// setQuery sets the query as its searchParams write it; "" means none.
func (o *urlObject) setQuery(query string) {
	o.u.SetSearch(query)
}

// queryChanged makes searchParams follow the query.
func (o *urlObject) queryChanged() {
	if o.params != nil {
		o.params.pairs = formDecode(o.u.Query())
	}
}

// origin is the origin's text, "null" for those that have none to compare (URL Standard, 4.7).
func origin(u *url.Url) string {
	switch u.Scheme() {
	case "http", "https", "ws", "wss", "ftp":
		return u.Protocol() + "//" + u.Host()
	case "blob":
		inner, err := url.Parse(u.Pathname())
		if err == nil && (inner.Scheme() == "http" || inner.Scheme() == "https") {
			return origin(inner)
		}
	}
	return "null"
}

// inspect describes a URL.
func (o *urlObject) inspect(name string) string {
	return name + " { href: " + quote(cut(o.u.Href(false), maxInspectString/2), 0) + " }"
}
