package http1

import (
	"errors"
	"io"
	"os"
)

// readBody reads some of a body into p, or into the buffer when p is nil, in a phase that began at
// begin. The time that the client keeps us waiting is taken from its credit, and what it sends adds
// to that.
func (c *conn) readBody(p []byte, kind uint64, begin int64) (n int, err error) {
	c.reading.enter(kind, begin)
	if p == nil {
		before := len(c.in.buffered())
		err = c.in.fill(c.nc)
		n = len(c.in.buffered()) - before
	} else {
		n, err = c.nc.Read(p)
	}
	if n > 0 {
		c.endWait()
		c.earn(n, c.srv.now.Load()-begin)
		return n, nil
	}
	cut := c.reading.enter(phaseNone, 0).wasCut()
	switch {
	case err == nil:
		return 0, nil
	case cut:
		return 0, errBodyTimeout
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, err // the handler's own
	}
	c.gone()
	if err == io.EOF {
		err = errBodyShort
	}
	return 0, err
}

// earn updates the credit of a body after n octets for which we waited.
func (c *conn) earn(n int, waited int64) {
	credit := c.credit.Load()
	if credit == never || c.lim.bodyRate == 0 {
		return
	}
	c.credit.Store(min(c.lim.body, credit-waited+int64(n)*1000/c.lim.bodyRate))
}
