package http1

import "golang.org/x/sys/unix"

type pollFd = unix.PollFd

// findGone ends the requests whose clients have left. The kernel knows that the other side has
// closed even while there is something unread, and all connections are asked about in one call.
//
// A client that has only closed its sending side counts as gone, as it does for net/http, for it
// looks the same. Its quick requests are answered: only those that last are asked about.
//
// A connection may be closed, and its descriptor be another's, by the time of the call. That does
// no harm: the answer is then used for a request that has ended.
func (s *Server) findGone(waiting []*conn) {
	s.polled = s.polled[:0]
	for _, c := range waiting {
		s.polled = append(s.polled, unix.PollFd{Fd: int32(c.socket.fd), Events: unix.POLLRDHUP})
	}
	n, err := unix.Poll(s.polled, 0)
	if err != nil || n == 0 {
		return
	}
	for i := range s.polled {
		if s.polled[i].Revents&(unix.POLLRDHUP|unix.POLLHUP|unix.POLLERR) != 0 {
			waiting[i].gone()
		}
	}
}

// progress is what the sweeper remembers of a write that lasts.
type progress struct {
	since int64  // when the write began that this is about
	acked uint64 // octets that the client had acknowledged,
	at    int64  // when that was last seen to change
}

// writeProgress returns for how long the client has taken nothing of a write that began at since.
func (c *conn) writeProgress(since, now int64) int64 {
	if !c.socket.tcp {
		return now - since
	}
	info, err := unix.GetsockoptTCPInfo(c.socket.fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return now - since
	}
	p := &c.progress
	if p.since != since {
		*p = progress{since: since, acked: info.Bytes_acked, at: since}
	} else if p.acked != info.Bytes_acked {
		p.acked, p.at = info.Bytes_acked, now
	}
	return now - p.at
}
