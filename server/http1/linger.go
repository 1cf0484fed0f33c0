package http1

import (
	"net"
	"time"
)

// refuse answers a request that will not be run, and ends the connection.
func (c *conn) refuse(e *Error, isHead bool) {
	c.srv.logger().Debug("http1: request refused", "remote", c.remote, "status", e.Status, "reason", e.Reason)
	if c.write(appendRefusal(nil, e, c.srv.date(), isHead)) == nil {
		c.linger()
	}
}

// linger ends the sending side and reads until the client has closed its own, for a limited time:
// closing while there is something unread would reset the connection, and the client might lose
// the answer. RFC 9112, 9.6.
func (c *conn) linger() {
	if !closeWrite(c.nc) {
		return
	}
	if below, plain := transport(c.nc); !plain { // not all clients take the end of TLS for the end
		closeWrite(below)
	}
	c.mu.Lock()
	c.nc.SetReadDeadline(time.Time{}) // it is in the past where the client was too slow
	c.reading.enter(phaseDrain, c.srv.now.Load())
	c.mu.Unlock()
	for {
		c.in.discard(len(c.in.buffered()))
		if c.in.fill(c.nc) != nil {
			return
		}
	}
}

func closeWrite(nc net.Conn) bool {
	half, ok := nc.(interface{ CloseWrite() error })
	return ok && half.CloseWrite() == nil
}
