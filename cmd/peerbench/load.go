//go:build linux

package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// job is what a load generator is to do.
type job struct {
	Addr        string
	Request     []byte // the bytes of one request
	Status      int    // of the answer that is right
	Want        []byte // its body
	Connections int
	Warmup      time.Duration // before the generator is ready; nothing of it counts
	Duration    time.Duration
}

// loadResult is what it has seen.
type loadResult struct {
	Requests  int
	Elapsed   time.Duration
	P50, P99  time.Duration
	Reconnect int           // connections that were opened because the server had closed one
	CPU       time.Duration // of the generator
	Wrong     string        // about the first wrong answer, after which nothing was asked any more
}

// noAnswer is how long the generator waits when nothing comes at all.
const noAnswer = 10 * time.Second

// generator keeps connections busy, each with one request at a time, from a single thread: an
// epoll loop like wrk's, which costs a server's neighbour less than goroutines would.
type generator struct {
	job     job
	addr    unix.SockaddrInet4
	epoll   int
	clients []*client
	buffer  []byte

	until     time.Time
	open      int // requests without an answer
	latencies []time.Duration
	reconnect int
}

// client is one connection.
type client struct {
	index   int32 // among the clients
	fd      int
	unsent  []byte
	since   time.Time // when the request was begun
	used    bool      // for an earlier request
	answer  answer
	polling uint32 // the events that epoll reports
}

func newGenerator(j job) (*generator, error) {
	addr, err := net.ResolveTCPAddr("tcp4", j.Addr)
	if err != nil {
		return nil, fmt.Errorf("find the server: %w", err)
	}
	g := &generator{job: j, buffer: make([]byte, 256<<10), addr: unix.SockaddrInet4{Port: addr.Port, Addr: [4]byte(addr.IP.To4())}}
	if g.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("make an epoll: %w", err)
	}
	for i := range j.Connections {
		g.clients = append(g.clients, &client{index: int32(i), fd: -1, answer: answer{status: j.Status, want: j.Want}})
	}
	return g, nil
}

func (g *generator) close() {
	for _, c := range g.clients {
		if c.fd >= 0 {
			_ = unix.Close(c.fd)
		}
	}
	_ = unix.Close(g.epoll)
}

// run asks for d, and until the last answer is there.
func (g *generator) run(d time.Duration) loadResult {
	g.latencies, g.reconnect, g.open = g.latencies[:0], 0, 0
	cpu := ownCPU()
	begin := time.Now()
	g.until = begin.Add(d)
	err := g.loop()
	r := loadResult{Requests: len(g.latencies), Elapsed: time.Since(begin), Reconnect: g.reconnect, CPU: ownCPU() - cpu}
	if err != nil {
		r.Wrong = fmt.Sprintf("answer %d: %v", len(g.latencies)+1, err)
	}
	if slices.Sort(g.latencies); r.Requests > 0 {
		r.P50, r.P99 = g.latencies[r.Requests/2], g.latencies[r.Requests*99/100]
	}
	return r
}

func (g *generator) loop() error {
	for _, c := range g.clients {
		if err := g.ask(c); err != nil {
			return err
		}
	}
	events := make([]unix.EpollEvent, 256)
	for g.open > 0 {
		n, err := unix.EpollWait(g.epoll, events, int(noAnswer.Milliseconds()))
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("wait for answers: %w", err)
		case n == 0:
			return fmt.Errorf("none within %v, with %d requests open", noAnswer, g.open)
		}
		for _, e := range events[:n] {
			if err := g.event(g.clients[e.Fd], e.Events); err != nil {
				return err
			}
		}
	}
	return nil
}

// event goes on with a connection.
func (g *generator) event(c *client, events uint32) error {
	if len(c.unsent) > 0 && events&unix.EPOLLOUT != 0 {
		if again, err := g.send(c); again || err != nil {
			return err
		}
	}
	if events&(unix.EPOLLIN|unix.EPOLLHUP|unix.EPOLLERR|unix.EPOLLRDHUP) == 0 {
		return nil
	}
	n, err := unix.Read(c.fd, g.buffer)
	switch {
	case errors.Is(err, unix.EAGAIN):
		return nil
	case (n == 0 || errors.Is(err, unix.ECONNRESET)) && c.answer.state == complete: // with nothing open
		g.hangUp(c)
		return nil
	case (n == 0 || errors.Is(err, unix.ECONNRESET)) && !c.answer.begun():
		return g.again(c)
	case err != nil:
		return fmt.Errorf("read it: %w", err)
	case n == 0:
		err = c.answer.ended()
	default:
		err = c.answer.feed(g.buffer[:n])
	}
	if err != nil || c.answer.state != complete {
		return err
	}
	now := time.Now()
	g.latencies = append(g.latencies, now.Sub(c.since))
	g.open--
	c.used = true
	if c.answer.close {
		g.hangUp(c)
	}
	if now.After(g.until) {
		return nil
	}
	return g.ask(c)
}

// ownCPU is the user and system time of this process.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
