//go:build linux

package main

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// ask begins a request.
func (g *generator) ask(c *client) error {
	c.since = time.Now()
	g.open++
	return g.begin(c)
}

// begin sends the request, over a new connection if there is none.
func (g *generator) begin(c *client) error {
	c.answer.reset()
	c.unsent = g.job.Request
	if c.fd < 0 {
		return g.connect(c)
	}
	_, err := g.send(c)
	return err
}

// connect begins a connection; the request follows when it is there.
func (g *generator) connect(c *client) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("make a socket: %w", err)
	}
	c.fd, c.used = fd, false
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return fmt.Errorf("set TCP_NODELAY: %w", err)
	}
	if err := unix.Connect(fd, &g.addr); err != nil && !errors.Is(err, unix.EINPROGRESS) {
		return fmt.Errorf("connect: %w", err)
	}
	return g.poll(c, unix.EPOLL_CTL_ADD, unix.EPOLLIN|unix.EPOLLOUT)
}

// send sends what it can of the request. again means that the server had closed the connection,
// and that the request has been begun anew.
func (g *generator) send(c *client) (again bool, err error) {
	n, err := unix.Write(c.fd, c.unsent)
	switch {
	case errors.Is(err, unix.EAGAIN):
		n = 0
	case errors.Is(err, unix.EPIPE), errors.Is(err, unix.ECONNRESET):
		return true, g.again(c)
	case err != nil:
		return false, fmt.Errorf("send the request: %w", err)
	}
	c.unsent = c.unsent[n:]
	events := uint32(unix.EPOLLIN)
	if len(c.unsent) > 0 {
		events |= unix.EPOLLOUT
	}
	if events == c.polling {
		return false, nil
	}
	return false, g.poll(c, unix.EPOLL_CTL_MOD, events)
}

// again repeats the request after the server has closed the connection without an answer, as it
// may where it has answered on the connection before. RFC 9112, 9.3.1
func (g *generator) again(c *client) error {
	if !c.used {
		return errors.New("the connection was closed without an answer")
	}
	g.hangUp(c)
	return g.begin(c)
}

// hangUp closes a connection that the server has closed, or is about to.
func (g *generator) hangUp(c *client) {
	_ = unix.Close(c.fd) // which also ends its polling
	c.fd = -1
	g.reconnect++
}

// poll has epoll report events under the client's index.
func (g *generator) poll(c *client, operation int, events uint32) error {
	c.polling = events
	err := unix.EpollCtl(g.epoll, operation, c.fd, &unix.EpollEvent{Events: events, Fd: c.index})
	if err != nil {
		return fmt.Errorf("poll a connection: %w", err)
	}
	return nil
}
