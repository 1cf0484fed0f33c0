package main

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"wizgy/server/strict"
)

// hostName is a name by which a browser asks for the site.
type hostName string

// UnmarshalText reads a name. Whoever comes from other servers may mean where to listen.
func (h *hostName) UnmarshalText(text []byte) error {
	name := string(text)
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	switch {
	case err == nil:
		return fmt.Errorf("must be a name, as addresses are answered for anyway, got %q: --addr says where to listen", name)
	case strings.ContainsAny(name, ":[]") || !strict.IsHostPort(name):
		return fmt.Errorf("must be a name without a port, such as laptop.local, got %q", name)
	}
	*h = hostName(name)
	return nil
}

// hosts are the names that dev answers for: those that are given, and those of the addresses.
func (o *options) hosts() []string {
	names := append([]string{}, texts(o.Host)...)
	for _, addr := range o.Addr {
		if _, isSocket := addr.socket(); isSocket {
			continue
		}
		if host, _, err := net.SplitHostPort(string(addr)); err == nil && host != "" {
			names = append(names, host)
		}
	}
	return names
}
