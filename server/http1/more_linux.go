package http1

import "golang.org/x/sys/unix"

// writeMore is write for what is followed by a file: the kernel waits for more before it sends a
// packet that is not full.
func (c *conn) writeMore(p []byte) error {
	if c.socket.raw == nil {
		return c.write(p)
	}
	sent := 0
	c.socket.raw.Write(func(fd uintptr) bool {
		n, err := unix.SendmsgN(int(fd), p, nil, nil, unix.MSG_MORE|unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
		if err == nil {
			sent = n
		}
		return true
	})
	if sent == len(p) {
		return nil
	}
	return c.write(p[sent:]) // which waits, or has the error
}
