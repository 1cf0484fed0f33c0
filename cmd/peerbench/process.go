//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// How long a server may take.
const (
	startTimeout = 20 * time.Second // to listen
	stopTimeout  = 2 * time.Second  // to end when it is asked to; then it is killed
)

// command is a program that a server consists of.
type command struct {
	path    string
	args    []string
	env     []string // in addition to what peerbench has
	listens string   // where it accepts connections when it is ready: host:port, or a socket's path
	log     string   // where its output goes: a file
}

// process is a command that runs, as the leader of a session.
type process struct {
	cmd  *exec.Cmd
	name string
	log  string
	done chan struct{} // closed when it has ended
}

// startProcess starts c on a core, and waits until it listens.
func startProcess(ctx context.Context, c command, core int) (*process, error) {
	log, err := os.OpenFile(c.log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", c.path, err)
	}
	defer log.Close()
	cmd := exec.Command(c.path, c.args...)
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Dir = filepath.Dir(c.log)
	cmd.Stdout, cmd.Stderr = log, log
	// Servers with workers end these at SIGTERM, which a death signal of SIGKILL would not.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	if err := startOn(core, cmd.Start); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.path, err)
	}
	p := &process{cmd: cmd, name: filepath.Base(c.path), log: c.log, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(p.done)
	}()
	if err := p.ready(ctx, c.listens); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// ready waits until addr accepts connections.
func (p *process) ready(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	network := "tcp"
	if strings.HasPrefix(addr, "/") {
		network = "unix"
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := (&net.Dialer{}).DialContext(ctx, network, addr); err == nil {
			return conn.Close()
		}
		select {
		case <-tick.C:
		case <-p.done:
			return fmt.Errorf("%s did not start (%v): %s", p.name, p.cmd.ProcessState, lastLines(p.log))
		case <-ctx.Done():
			return fmt.Errorf("%s does not listen at %s: %w: %s", p.name, addr, context.Cause(ctx), lastLines(p.log))
		}
	}
}

// stop ends the process and all that it started.
func (p *process) stop() {
	pid := p.cmd.Process.Pid
	family, _ := tree([]int{pid})
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	timeout := time.NewTimer(stopTimeout)
	defer timeout.Stop()
	select {
	case <-p.done:
	case <-timeout.C:
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	for _, member := range family {
		// A number may have gone to somebody else since; a session has not.
		if now, err := readStat(member.pid); err == nil && now.session == member.session {
			_ = syscall.Kill(member.pid, syscall.SIGKILL)
		}
	}
}

// lastLines returns the end of a log, on one line.
func lastLines(file string) string {
	text, err := os.ReadFile(file)
	if err != nil || len(text) == 0 {
		return "it said nothing"
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " | ")
}
