package proxy

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Unix is how the peers of Unix sockets are called, which have no address: in a list of whom to
// trust, and as the RemoteAddr of their requests.
const Unix = "unix"

// Trust are the peers whose word counts. The zero value, and nil, trust nobody.
type Trust struct {
	prefixes []netip.Prefix
	unix     bool
}

// Parse reads a list of addresses, such as 127.0.0.1 or ::1, of networks, such as 10.0.0.0/8, and of
// [Unix], for everybody who may connect to a Unix socket.
func Parse(list []string) (*Trust, error) {
	t := &Trust{}
	for _, entry := range list {
		if entry == Unix {
			t.unix = true
			continue
		}
		p, err := ParseEntry(entry)
		if err != nil {
			return nil, err
		}
		t.prefixes = append(t.prefixes, p)
	}
	return t, nil
}

// ParseEntry reads one entry of such a list. For Unix, it is no prefix.
func ParseEntry(entry string) (netip.Prefix, error) {
	if entry == Unix {
		return netip.Prefix{}, nil
	}
	text := strings.Trim(entry, "[]")
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if p, err := netip.ParsePrefix(text); err == nil && !p.Addr().Is4In6() {
		return p.Masked(), nil
	}
	return netip.Prefix{}, fmt.Errorf("must be an address such as 127.0.0.1 or ::1, a network such as 10.0.0.0/8, or %s for the peers of Unix sockets, got %q", Unix, entry)
}

// Nobody reports whether t trusts nobody, so that there is nothing to apply.
func (t *Trust) Nobody() bool { return t == nil || len(t.prefixes) == 0 && !t.unix }

// has reports whether the proxy at addr is trusted.
func (t *Trust) has(addr netip.Addr) bool {
	for _, p := range t.prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// hasPeer reports whether whoever has sent r over its connection is trusted.
func (t *Trust) hasPeer(r *http.Request) bool {
	if overUnix(r) {
		return t.unix
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && t.has(peer.Addr().Unmap().WithZone(""))
}

// overUnix reports whether r came over a Unix socket.
func overUnix(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && local.Network() == "unix"
}
