//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// procStat is what /proc/PID/stat tells of a process. proc_pid_stat(5)
type procStat struct {
	pid, parent, session int
	own                  time.Duration // user and system time of the process, all threads
	reaped               time.Duration // that of children that ended and were waited for
}

// ticksPerSecond is the unit of times in /proc/PID/stat: USER_HZ, which is the same on every
// architecture that Go knows.
const ticksPerSecond = 100

// errNoProcess means that the root of a tree is gone.
var errNoProcess = errors.New("the server has ended")

// treeCPU returns the user and system time that the trees of processes below roots have used so
// far. Every root leads a session of its own, so that a worker is found also when the process
// between it and the root has ended.
func treeCPU(roots ...int) (time.Duration, error) {
	for tries := 1; ; tries++ {
		before, err := tree(roots)
		if err != nil {
			return 0, err
		}
		total := time.Duration(0)
		for _, p := range before {
			total += max(p.own, exactCPU(p.pid)) + p.reaped
		}
		// A process that ended between the two readings would be counted twice or not at all.
		after, err := tree(roots)
		if err != nil {
			return 0, err
		}
		same := slices.EqualFunc(before, after, func(a, b procStat) bool { return a.pid == b.pid && a.reaped == b.reaped })
		if same || tries == 20 {
			return total, nil
		}
	}
}

// exactCPU returns what the process's CPU clock says, to the nanosecond where /proc has hundredths
// of a second; 0 if it has no clock any more.
func exactCPU(pid int) time.Duration {
	var t unix.Timespec
	clock := int32(^pid<<3 | 2) // clock_getcpuclockid(3)
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// tree lists the processes that are roots, descend from them, or are of their sessions, by pid.
func tree(roots []int) ([]procStat, error) {
	names, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	all := map[int]procStat{}
	for _, name := range names {
		if pid, err := strconv.Atoi(name.Name()); err == nil {
			if p, err := readStat(pid); err == nil { // else it has just ended
				all[pid] = p
			}
		}
	}
	for _, root := range roots {
		if _, ok := all[root]; !ok {
			return nil, fmt.Errorf("process %d: %w", root, errNoProcess)
		}
	}
	belongs := func(p procStat) bool {
		for ok := true; ok; p, ok = all[p.parent] {
			if slices.Contains(roots, p.pid) || slices.Contains(roots, p.session) {
				return true
			}
		}
		return false
	}
	var list []procStat
	for _, p := range all {
		if belongs(p) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b procStat) int { return a.pid - b.pid })
	return list, nil
}

// readStat reads /proc/PID/stat.
func readStat(pid int) (procStat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return procStat{}, err
	}
	return parseStat(pid, text)
}

// parseStat reads the fields after the command's name, which may have spaces and parentheses.
func parseStat(pid int, text []byte) (procStat, error) {
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 15 {
		return procStat{}, fmt.Errorf("/proc/%d/stat has %d fields after the name, want 15 or more", pid, len(fields))
	}
	number := func(field int) int { // numbered as in proc_pid_stat(5), where the state is 3
		n, _ := strconv.Atoi(string(fields[field-3]))
		return n
	}
	ticks := func(n int) time.Duration { return time.Duration(n) * (time.Second / ticksPerSecond) }
	return procStat{
		pid: pid, parent: number(4), session: number(6),
		own: ticks(number(14) + number(15)), reaped: ticks(number(16) + number(17)),
	}, nil
}

// treeMemory returns the resident memory of the trees below roots, in bytes: what processes share
// counts once (PSS), or, where the kernel does not tell, once for each (RSS).
func treeMemory(roots ...int) (int64, error) {
	list, err := tree(roots)
	if err != nil {
		return 0, err
	}
	total := int64(0)
	for _, p := range list {
		total += memory(p.pid)
	}
	return total, nil
}

func memory(pid int) int64 {
	for _, place := range []struct{ file, key string }{{"smaps_rollup", "Pss:"}, {"status", "VmRSS:"}} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, place.file))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if words := strings.Fields(line); len(words) > 1 && words[0] == place.key {
				kilobytes, _ := strconv.ParseInt(words[1], 10, 64)
				return kilobytes << 10
			}
		}
	}
	return 0
}
