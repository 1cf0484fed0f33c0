// Package proxy finds out whom a request comes from, and what was asked for, where proxies stand in
// front of the server.
//
// A proxy tells it in header fields: Forwarded (RFC 7239), or X-Forwarded-For, -Proto, -Host, -Port
// and -Prefix. Anybody can send those, so they count only from a peer that is trusted: without, they
// stay what they are, fields of a request. What a trusted peer says about the one before it is
// believed, and so on, from the right to the left, up to the first address that is not trusted: that
// is the client. What stands to its left the client has written itself.
//
//	trust, err := proxy.Parse([]string{"127.0.0.1", "10.0.0.0/8"})
//	…
//	r, err = trust.Apply(r) // RemoteAddr, Host and TLS are the client's now
package proxy
