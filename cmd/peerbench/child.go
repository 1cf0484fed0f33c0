//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// roleVariable makes this program another one: a server that is a floor, or a client that must
// run apart from everything else. Its value is a key of roles.
const roleVariable = "PEERBENCH_ROLE"

// roles are what this program can be besides itself.
func roles() map[string]func() error {
	return map[string]func() error{"files": serveFiles, "pages": servePages, "load": generate, "edit": editAndAsk}
}

// runRole is main for whoever has a role. It reports false for whoever has none.
func runRole() bool {
	role, ok := roles()[os.Getenv(roleVariable)]
	if !ok {
		return false
	}
	if err := role(); err != nil {
		fmt.Fprintln(os.Stderr, "peerbench:", err)
		os.Exit(1)
	}
	return true
}

// generate is what the role load does: read a job, warm the server up, say so, wait for the word
// to go, and tell the result.
func generate() error {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	var j job
	if err := in.Decode(&j); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	g, err := newGenerator(j)
	if err != nil {
		return err
	}
	defer g.close()
	if err := out.Encode(g.run(j.Warmup)); err != nil {
		return fmt.Errorf("tell that it is warm: %w", err)
	}
	var word string
	if err := in.Decode(&word); err != nil {
		return fmt.Errorf("wait for the word: %w", err)
	}
	if err := out.Encode(g.run(j.Duration)); err != nil {
		return fmt.Errorf("tell the result: %w", err)
	}
	_ = in.Decode(&word) // the connections stay open until the server's memory has been taken
	return nil
}

// child is this program in a role.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

// startChild starts a role on a core. It is killed when ctx ends.
func startChild(ctx context.Context, role string, core int) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", role, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", role, err)
	}
	if err := startOn(core, cmd.Start); err != nil {
		return nil, fmt.Errorf("start %s: %w", role, err)
	}
	return &child{cmd: cmd, in: in, out: json.NewDecoder(bufio.NewReader(out))}, nil
}

// exchange sends one value and waits for the next one.
func (c *child) exchange(ctx context.Context, send, receive any, limit time.Duration) error {
	late := time.AfterFunc(limit, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	if err := json.NewEncoder(c.in).Encode(send); err != nil {
		return fmt.Errorf("tell the load generator what to do: %w", err)
	}
	if err := c.out.Decode(receive); err != nil {
		return fmt.Errorf("no result from the load generator within %v: %w", limit, errors.Join(context.Cause(ctx), err))
	}
	return nil
}

// close ends the child.
func (c *child) close() {
	_ = c.in.Close()
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}
