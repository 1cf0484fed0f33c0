//go:build unix

package server

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// backlogTimeout is how long a stop may take to accept the connections that wait for it.
const backlogTimeout = 500 * time.Millisecond

// awaitEmpty waits until whoever accepts connections from ln has them all: a client that was connected
// before the listener is closed, and was not accepted yet, would be told that nobody is there.
func awaitEmpty(ln net.Listener) {
	sc, ok := ln.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return
	}
	for start := time.Now(); time.Since(start) < backlogTimeout; time.Sleep(time.Millisecond) {
		waiting := false
		err := raw.Control(func(fd uintptr) {
			poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			n, _ := unix.Poll(poll, 0)
			waiting = n > 0
		})
		if err != nil || !waiting {
			return
		}
	}
}
