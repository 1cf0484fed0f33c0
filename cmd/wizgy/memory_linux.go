package main

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// memoryThere returns what memory the container has, if it has a limit, or the machine.
func memoryThere() int64 {
	var all int64
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) == nil {
		all = int64(info.Totalram) * int64(info.Unit)
	}
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 && (all == 0 || n < all) {
			all = n
		}
	}
	return all
}
