//go:build !linux

package http1

// socket is what a connection is to the kernel: on this system, nothing is known.
type socket struct {
	tcp bool
}

func (c *conn) openSocket() {}

func (c *conn) wait() error { return c.waitOne() }

// waiting reports whether something has come, which is not known here.
func (c *conn) waiting() bool { return false }

// progress is nothing here: a write makes progress when a piece of it has been taken.
type progress struct{}

func (c *conn) writeProgress(since, now int64) int64 { return now - since }

type pollFd struct{}

// findGone does nothing here: that a client has left is noticed when reading or writing.
func (s *Server) findGone([]*conn) {}

func (c *conn) writeMore(p []byte) error { return c.write(p) }
