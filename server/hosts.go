package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// hosts are the names that a server answers for; nil are all. A web page elsewhere can have a name of
// its own lead to this machine (DNS rebinding), and would read then what the server tells whoever
// works on the site. It cannot do so with an address, or with a name that always means the visitor's
// machine: RFC 6761, 6.3.
type hosts map[string]bool

func newHosts(names []string) hosts {
	if names == nil {
		return nil
	}
	h := hosts{}
	for _, name := range names {
		h[canonicalHost(name)] = true
	}
	return h
}

// check refuses a request for another name. HTTP/1.0 may name none, which no browser does.
func (h hosts) check(r *http.Request) error {
	if h == nil || r.Host == "" || h.knows(canonicalHost(withoutPort(r.Host))) {
		return nil
	}
	return &misdirected{name: withoutPort(r.Host)}
}

func (h hosts) knows(name string) bool {
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || h[name] {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil
}

// withoutPort takes the port off a host, which is a valid one.
func withoutPort(host string) string {
	if end := strings.LastIndexByte(host, ']'); end >= 0 {
		return host[:end+1]
	}
	name, _, _ := strings.Cut(host, ":")
	return name
}

// canonicalHost makes one spelling of a name: case does not matter, nor does the dot that ends names.
func canonicalHost(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// misdirected is a request for a name that is not known: RFC 9110, 15.5.20.
type misdirected struct{ name string }

func (*misdirected) HTTPStatus() int { return http.StatusMisdirectedRequest }

func (e *misdirected) Error() string {
	return fmt.Sprintf("%s is no name that wizgy dev answers for\n"+
		"if it is a name of this machine, write wizgy dev --host %s, or host = %q in wizgy.toml; "+
		"localhost, IP addresses and the names of --addr need none of that", e.name, e.name, e.name)
}
