package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"wizgy/server"
)

// address is where to listen: HOST:PORT, or unix:PATH.
type address string

// UnmarshalText takes an address as it is. What may be wrong with it problem tells.
func (a *address) UnmarshalText(text []byte) error {
	*a = address(text)
	return nil
}

// problem is what is wrong with an address, or empty.
func (a address) problem() string {
	path, isSocket := a.socket()
	_, port, err := net.SplitHostPort(string(a))
	switch {
	case isSocket && (path == "" || path[0] == '@' || strings.HasSuffix(path, "/")):
		return fmt.Sprintf("must be unix: and the path of a file, such as unix:/run/wizgy.sock, got %q", string(a))
	case isSocket || err == nil && isPort(port):
		return ""
	case strings.HasPrefix(string(a), "/"):
		return fmt.Sprintf("must be unix:%s, if a Unix socket is meant, or HOST:PORT, got %q", string(a), string(a))
	}
	return fmt.Sprintf("must be HOST:PORT, such as %s, got %q", server.DefaultAddr, string(a))
}

// socket returns the path of a Unix socket, if a is one.
func (a address) socket() (path string, ok bool) {
	return strings.CutPrefix(string(a), server.UnixScheme)
}

// relativeTo makes a path one below a folder, as in wizgy.toml.
func (a *address) relativeTo(folder string) {
	if path, ok := a.socket(); ok && path != "" && !filepath.IsAbs(path) {
		*a = address(server.UnixScheme + filepath.Join(folder, path))
	}
}

// listenFlags are flags of the commands that listen, for people.
type listenFlags struct {
	Port []string `short:"p" env:"-" placeholder:"PORT" help:"Listen at this port of 127.0.0.1; --addr says more. May be repeated."`
	Open bool     `env:"-" help:"Open the site in a browser."`
}

// portGiven has -p count as the address, unless both are there. Given more than once, it is all of them.
func portGiven(command *kong.Context) error {
	var port *kong.Flag
	addr := false
	for _, path := range command.Path {
		switch {
		case path.Flag == nil:
		case path.Flag.Name == "port":
			port = path.Flag
		case path.Flag.Name == "addr":
			addr = true
		}
	}
	if port == nil {
		return nil
	}
	if addr {
		return errors.New("--port and --addr both say where to listen: leave one out")
	}
	o := command.Selected().Target.Addr().Interface().(configured).settings()
	numbers := port.Target.Interface().([]string)
	if len(numbers) == 0 { // -p ''
		numbers = []string{""}
	}
	o.Addr = nil
	for _, number := range numbers {
		number = strings.TrimPrefix(number, ":")
		a := address("127.0.0.1:" + number)
		switch _, err := strconv.ParseUint(number, 10, 16); {
		case err != nil:
			return fmt.Errorf("--port must be a number from 0 to 65535, such as 8080, got %q", number)
		case o.hasAddress(a):
			return fmt.Errorf("--port must have each port once, got %s twice", number)
		}
		o.Addr = append(o.Addr, a)
	}
	return nil
}

// hasAddress reports whether a is one of those where to listen. Port 0 is another one each time.
func (o *options) hasAddress(a address) bool {
	return slices.Contains(o.Addr, a) && !strings.HasSuffix(string(a), ":0")
}

// socketMode is who may connect to a Unix socket, as chmod takes it.
type socketMode fs.FileMode

// UnmarshalText reads a mode.
func (m *socketMode) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 8, 32)
	if err != nil || n > 0o777 {
		return fmt.Errorf("must be the mode of a file in octal digits, such as 660 or 0666, got %q", text)
	}
	*m = socketMode(n)
	return nil
}

func (m socketMode) String() string { return fmt.Sprintf("%o", fs.FileMode(m)) }

// listenAll listens at all addresses, or at none. sockets are the files that were made for it.
func (o *options) listenAll(ctx context.Context) (listeners []net.Listener, sockets []string, err error) {
	for _, a := range o.Addr {
		var l net.Listener
		if path, ok := a.socket(); ok {
			if path, err = filepath.Abs(path); err == nil {
				l, err = server.ListenUnix(ctx, path, fs.FileMode(o.SocketMode))
				sockets = append(sockets, path)
			}
		} else {
			l, err = server.ListenTCP(ctx, o.network(a), string(a))
		}
		if err != nil {
			closeAll(listeners)
			return nil, nil, err
		}
		listeners = append(listeners, l)
	}
	return listeners, sockets, nil
}

// network returns what to listen on at a. [::] and 0.0.0.0 are every address, of IPv6 and IPv4, unless
// an address of the other kind has the same port: then each keeps to its own.
func (o *options) network(a address) string {
	kind, port := a.kind()
	for _, other := range o.Addr {
		otherKind, otherPort := other.kind()
		if otherKind != kind && otherKind != "" && otherPort == port && port != "0" {
			return "tcp" + kind
		}
	}
	return "tcp"
}

// kind returns the version of IP that an address is of, or nothing for a name, and its port.
func (a address) kind() (version, port string) {
	host, port, _ := net.SplitHostPort(string(a))
	addr, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return "", port
	case addr.Unmap().Is4():
		return "4", port
	}
	return "6", port
}

// urlOf returns the URL of what is served at addr, as a browser on this machine may use it.
func (o *options) urlOf(addr net.Addr) string {
	scheme := "http"
	if o.TLSCert != "" {
		scheme = "https"
	}
	switch a := addr.(type) {
	case *net.UnixAddr:
		return server.UnixScheme + a.Name
	case *net.TCPAddr:
		if a.IP.IsUnspecified() {
			return scheme + "://" + net.JoinHostPort("localhost", strconv.Itoa(a.Port)) + "/"
		}
	}
	return scheme + "://" + addr.String() + "/"
}

// urls returns where the site is, for people.
func (o *options) urls(listeners []net.Listener) string {
	var urls []string
	for _, l := range listeners {
		urls = append(urls, o.urlOf(l.Addr()))
	}
	return strings.Join(urls, " and ")
}
