package main

import (
	"fmt"
	"net"
	"testing"
)

func TestEveryAddressOfBothKindsAtOnePort(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "[::]:0")
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	_ = free.Close()
	for _, addrs := range [][]string{{"[::]:%d"}, {"0.0.0.0:%d", "[::]:%d"}, {"[::]:%d", "127.0.0.1:%d"}, {"[::1]:%d", "127.0.0.1:%d"}} {
		var o options
		for _, a := range addrs {
			o.Addr = append(o.Addr, address(fmt.Sprintf(a, port)))
		}
		listeners, _, err := o.listenAll(t.Context())
		if err != nil {
			t.Errorf("%q: %v", o.Addr, err)
			continue
		}
		for _, host := range []string{"127.0.0.1", "::1"} {
			conn, err := net.Dial("tcp", net.JoinHostPort(host, fmt.Sprint(port)))
			if err != nil {
				t.Errorf("%q: %v", o.Addr, err)
				continue
			}
			_ = conn.Close()
		}
		closeAll(listeners)
	}
}
