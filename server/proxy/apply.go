package proxy

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
)

// Apply returns r as it was when the client sent it: RemoteAddr is the client's address, with its
// port only where that is known, Host is what the client asked for, TLS is not nil if that was https
// (its fields say nothing where it ended at a proxy), and the local address of its context has the
// port that the client has connected to. What no trusted proxy says stays as it is. prefix is what a
// proxy has taken off the path, or empty.
//
// What cannot be is an *[Error]. The peer of a Unix socket, trusted or not, is called [Unix].
func (t *Trust) Apply(r *http.Request) (next *http.Request, prefix string, err error) {
	next = r
	if len(r.RemoteAddr) < len("::") && overUnix(r) {
		unnamed := *r
		unnamed.RemoteAddr, next = Unix, &unnamed
	}
	if t.Nobody() || !t.hasPeer(r) {
		return next, "", nil
	}
	c, err := t.claimOf(r)
	if err != nil || c == (claim{}) {
		return next, "", err
	}
	return c.apply(next), c.prefix, nil
}

// viaProxy is the state of connections whose TLS ends at a proxy.
var viaProxy = &tls.ConnectionState{HandshakeComplete: true}

// apply returns a copy of r that is as c says.
func (c *claim) apply(r *http.Request) *http.Request {
	next := *r
	if c.addr.IsValid() {
		next.RemoteAddr = c.addr.String()
		if c.addrPort != "" {
			next.RemoteAddr = net.JoinHostPort(next.RemoteAddr, c.addrPort)
		}
	}
	switch {
	case c.scheme == "http":
		next.TLS = nil
	case c.scheme == "https" && r.TLS == nil:
		next.TLS = viaProxy
	}
	if c.scheme == "" && c.host == "" && c.port == "" {
		return &next
	}
	usual := "80"
	if next.TLS != nil {
		usual = "443"
	}
	next.Host = cmp.Or(c.host, r.Host)
	name, port := split(next.Host)
	if port == "" && c.port != "" && c.port != usual && name != "" {
		next.Host += ":" + c.port
	}
	local := &address{name, cmp.Or(port, c.port, usual)}
	return next.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, local))
}

// split returns the parts of a host, as the field Host has it.
func split(host string) (name, port string) {
	if name, port, err := net.SplitHostPort(host); err == nil {
		return name, port
	}
	return strings.Trim(host, "[]"), ""
}

// address is where a client has connected to. It implements [net.Addr].
type address struct{ host, port string }

func (a *address) Network() string { return "tcp" }
func (a *address) String() string  { return net.JoinHostPort(a.host, a.port) }
