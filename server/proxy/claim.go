package proxy

import (
	"cmp"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// Error is a request that a trusted proxy tells something about which cannot be. The answer is 400.
type Error struct{ text string }

func (e *Error) Error() string { return e.text }

// HTTPStatus is the status of the answer.
func (e *Error) HTTPStatus() int { return http.StatusBadRequest }

func errorf(format string, args ...any) error { return &Error{fmt.Sprintf(format, args...)} }

// claim is what trusted proxies say about a request. What is empty they do not say.
type claim struct {
	addr     netip.Addr // of the client, or of the proxy that does not tell who its client is
	addrPort string
	scheme   string // http or https
	host     string // with a port, or without
	port     string // that the client has connected to
	prefix   string // of the path, which a proxy has taken away
}

// claimOf reads what is said about r, whose peer is trusted.
func (t *Trust) claimOf(r *http.Request) (claim, error) {
	elements, ok := fromForwarded(r.Header)
	if !ok {
		return claim{}, errorf("the field Forwarded is none: RFC 7239 has it as for=192.0.2.1;proto=https, got %q", r.Header["Forwarded"])
	}
	standard, err := t.read(elements)
	if err != nil {
		return claim{}, err
	}
	usual, err := t.read(fromX(r.Header))
	if err != nil {
		return claim{}, err
	}
	return merge(standard, usual)
}

// read returns what is said of the client: by the proxy that has met it, and, about what that one
// does not mention, by those behind.
func (t *Trust) read(elements []element) (c claim, err error) {
	client := len(elements)
	for known := true; known && client > 0; {
		client--
		addr, port, err := parseNode(elements[client].node)
		if err != nil {
			return claim{}, err
		}
		if addr.IsValid() {
			c.addr, c.addrPort = addr, port
		}
		known = t.has(addr)
	}
	for _, e := range elements[client:] {
		c.scheme = cmp.Or(c.scheme, e.scheme)
		c.host = cmp.Or(c.host, e.host)
		c.port = cmp.Or(c.port, e.port)
		c.prefix = cmp.Or(c.prefix, e.prefix)
	}
	return c, c.check()
}

// check says what is wrong with the values, and brings them into one form.
func (c *claim) check() error {
	switch strings.ToLower(c.scheme) {
	case "":
	case "http", "ws":
		c.scheme = "http"
	case "https", "wss":
		c.scheme = "https"
	default:
		return errorf("a trusted proxy says that the scheme is %q, which is neither http nor https", c.scheme)
	}
	if c.host != "" && !isHost(c.host) {
		return errorf("a trusted proxy says that the host is %q, which is none", c.host)
	}
	if c.port != "" && !isPort(c.port) {
		return errorf("a trusted proxy says that the port is %q, which is none", c.port)
	}
	if c.prefix = strings.TrimRight(c.prefix, "/"); !isPrefix(c.prefix) {
		return errorf("a trusted proxy says that the path begins with %q, which no path does", c.prefix)
	}
	return nil
}

// merge puts together what Forwarded and the X-Forwarded fields say. A proxy writes one kind, and a
// client may have sent the other, which the proxy has let through: so where they differ, neither
// can be believed.
func merge(a, b claim) (claim, error) {
	if a.addr.IsValid() && b.addr.IsValid() && a.addr != b.addr {
		return claim{}, contradiction("client", a.addr, b.addr)
	}
	if differ(a.scheme, b.scheme) {
		return claim{}, contradiction("scheme", a.scheme, b.scheme)
	}
	if differ(a.host, b.host) {
		return claim{}, contradiction("host", a.host, b.host)
	}
	a.scheme, a.host = cmp.Or(a.scheme, b.scheme), cmp.Or(a.host, b.host)
	if !a.addr.IsValid() {
		a.addr = b.addr
	}
	a.addrPort = cmp.Or(a.addrPort, b.addrPort)
	a.port, a.prefix = b.port, b.prefix
	return a, nil
}

func differ(a, b string) bool { return a != "" && b != "" && !strings.EqualFold(a, b) }

func contradiction(what string, a, b any) error {
	return errorf("Forwarded and X-Forwarded do not say the same about the %s, %v and %v: let the proxy remove the one that it does not write", what, a, b)
}
