//go:build unix

package supervisor

import (
	"fmt"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"golang.org/x/sys/unix"
)

// manager is the service manager that has started the supervisor, as sd_notify(3) has it. Without
// one, nothing happens here. What it cannot be told is no reason to do anything else.
type manager struct {
	every time.Duration // in which it wants to hear something; 0: it does not
	last  time.Time     // when it heard something
}

func newManager() manager {
	every, _ := daemon.SdWatchdogEnabled(false)
	return manager{every: every}
}

// ready tells that it is served, by which worker.
func (m *manager) ready(pid int) {
	_, _ = daemon.SdNotify(false, fmt.Sprintf("READY=1\nSTATUS=serving, by process %d", pid))
}

// reloading tells that the worker is being replaced; ready is to follow.
func (m *manager) reloading() {
	_, _ = daemon.SdNotify(false, fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d\nSTATUS=replacing the worker", monotonic()))
}

func (m *manager) stopping() {
	_, _ = daemon.SdNotify(false, "STOPPING=1\nSTATUS=answering what has begun")
}

// waiting tells that nobody serves.
func (m *manager) waiting(delay time.Duration) {
	_, _ = daemon.SdNotify(false, fmt.Sprintf("STATUS=workers die too often, the next one is started in %v", delay))
}

// alive tells that the supervisor lives, twice as often as is asked for.
func (m *manager) alive() {
	if m.every > 0 && time.Since(m.last) >= m.every/2-time.Second/2 {
		m.last = time.Now()
		_, _ = daemon.SdNotify(false, daemon.SdNotifyWatchdog)
	}
}

// monotonic is the time as systemd wants to have it.
func monotonic() int64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return 0
	}
	return now.Nano() / 1000
}
