package main

import (
	"fmt"
	"net"
	"testing"
)

func TestEveryAddressOfBothKindsAtOnePort(t *testing.T) {
	t.Parallel()
	for _, addrs := range [][]string{{"[::]:%d"}, {"0.0.0.0:%d", "[::]:%d"}, {"[::]:%d", "127.0.0.1:%d"}, {"[::1]:%d", "127.0.0.1:%d"}} {
		listeners, port := listenAtFreePort(t, addrs)
		for _, host := range []string{"127.0.0.1", "::1"} {
			conn, err := net.Dial("tcp", net.JoinHostPort(host, fmt.Sprint(port)))
			if err != nil {
				t.Errorf("%q: %v", addrs, err)
				continue
			}
			_ = conn.Close()
		}
		closeAll(listeners)
	}
}

// listenAtFreePort listens at addresses with one port. Another program may take a port that was free, so it
// tries several.
func listenAtFreePort(t *testing.T, addrs []string) (listeners []net.Listener, port int) {
	t.Helper()
	var last error
	for range 10 {
		free, err := net.Listen("tcp", "[::]:0")
		if err != nil {
			t.Skipf("no IPv6 here: %v", err)
		}
		port = free.Addr().(*net.TCPAddr).Port
		_ = free.Close()
		var o options
		for _, a := range addrs {
			o.Addr = append(o.Addr, address(fmt.Sprintf(a, port)))
		}
		if listeners, _, last = o.listenAll(t.Context()); last == nil {
			return listeners, port
		}
	}
	t.Fatalf("%q: %v", addrs, last)
	return nil, 0
}
