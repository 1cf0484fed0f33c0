package http1

import (
	"io"
	"net"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// socket is what a connection is to the kernel.
type socket struct {
	fd  int  // -1: not known
	tcp bool // the kernel knows how much the client has acknowledged
	raw syscall.RawConn
	// try reads what is there; it is made once, for RawConn takes a function.
	try func(fd uintptr) bool
	err error
}

// openSocket finds the socket of a connection, or of the connection that TLS runs over.
func (c *conn) openSocket() {
	c.socket.fd = -1
	nc, plain := transport(c.nc)
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) { c.socket.fd = int(fd) })
	_, c.socket.tcp = nc.(*net.TCPConn)
	if plain {
		c.socket.raw, c.socket.try = raw, c.tryRead
	}
}

// wait waits for the next octets. On a plain socket it holds no buffer while there are none.
func (c *conn) wait() error {
	if c.socket.raw == nil {
		return c.waitOne()
	}
	// A client that has just got its answer needs a moment for the next request. Those of others
	// may be there by now: answering them first spares a read(2) that finds nothing, and an
	// epoll_wait(2) for one connection only.
	runtime.Gosched()
	if err := c.socket.raw.Read(c.socket.try); err != nil {
		return err
	}
	return c.socket.err
}

// waiting reads what has come, without waiting, and reports whether anything has.
func (c *conn) waiting() (some bool) {
	if c.socket.raw == nil {
		return false
	}
	_ = c.socket.raw.Control(func(fd uintptr) { some = c.tryRead(fd) && c.socket.err == nil })
	return some
}

// tryRead reads if there is something to read, and tells the runtime's poller to wait if not.
func (c *conn) tryRead(fd uintptr) bool {
	c.in.acquire()
	n, err := unix.Read(int(fd), c.in.buf[c.in.w:])
	for err == unix.EINTR {
		n, err = unix.Read(int(fd), c.in.buf[c.in.w:])
	}
	if err == unix.EAGAIN {
		c.in.release()
		return false
	}
	if err == nil && n == 0 {
		err = io.EOF
	}
	c.in.w += max(n, 0)
	c.socket.err = err
	return true
}
