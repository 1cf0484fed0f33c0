package http1

// waitOne waits for the next octets of a connection that is not a plain socket. One octet needs
// no buffer; what came with it is there to be read at once.
func (c *conn) waitOne() error {
	c.in.release()
	for {
		n, err := c.nc.Read(c.one[:])
		if n == 1 {
			c.in.acquire()
			c.in.buf[0], c.in.w = c.one[0], 1
			return nil
		}
		if err != nil {
			return err
		}
	}
}
