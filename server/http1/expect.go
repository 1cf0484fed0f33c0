package http1

// Whether the client waits for an interim answer before it sends its body: RFC 9110, 10.1.1.
const (
	expectWaits = iota // it has not got one
	expectSent         // it has
	expectOver         // it has got the final answer, or will
)

// sendContinue tells the client to send its body, if it waits for that.
func (w *response) sendContinue() error {
	if !w.expects {
		return nil
	}
	w.expect.Lock()
	defer w.expect.Unlock()
	if w.expectMode != expectWaits {
		return nil
	}
	w.expectMode = expectSent
	return w.conn.write([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
}

// endExpect leaves no chance for an interim answer any more. It reports whether the client still
// waits for one, so that nobody knows whether it will send its body.
func (w *response) endExpect(mode uint8) (waits bool) {
	if !w.expects {
		return false
	}
	w.expect.Lock()
	defer w.expect.Unlock()
	waits = w.expectMode == expectWaits
	w.expectMode = mode
	return waits
}
