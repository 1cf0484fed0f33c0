//go:build linux

package main

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// cores says where servers and load run.
type cores struct {
	server, load int
	apart        bool // false where there is but one core, which both share
}

// findCores picks two of the cores that this process may use.
func findCores() (cores, error) {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return cores{}, fmt.Errorf("ask which cores may be used: %w", err)
	}
	var list []int
	for core := 0; len(list) < 2 && core < len(allowed)*64; core++ {
		if allowed.IsSet(core) {
			list = append(list, core)
		}
	}
	switch len(list) {
	case 0:
		return cores{}, fmt.Errorf("ask which cores may be used: none of the first %d", len(allowed)*64)
	case 1:
		return cores{server: list[0], load: list[0]}, nil
	}
	return cores{server: list[0], load: list[1], apart: true}, nil
}

func (c cores) String() string {
	if !c.apart {
		return fmt.Sprintf("one core (%d), which server and load share: compare CPU per request only", c.server)
	}
	return fmt.Sprintf("server on core %d, load on core %d", c.server, c.load)
}

// startOn calls start on a thread that may use only the given core. A process that start begins
// inherits that, with all its threads and children.
func startOn(core int, start func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return fmt.Errorf("pin to core %d: %w", core, err)
	}
	only.Set(core)
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		return fmt.Errorf("pin to core %d: %w", core, err)
	}
	err := start()
	if undo := unix.SchedSetaffinity(0, &before); undo != nil && err == nil {
		err = fmt.Errorf("unpin from core %d: %w", core, undo)
	}
	return err
}
