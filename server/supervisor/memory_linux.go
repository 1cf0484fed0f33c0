package supervisor

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// memoryFile returns a file that no file system has.
func memoryFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("kept", unix.MFD_CLOEXEC|unix.MFD_NOEXEC_SEAL)
	if err == unix.EINVAL { // a kernel before 6.3
		fd, err = unix.MemfdCreate("kept", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "kept"), nil
}

// inMemory reports whether a file is one that no disk has.
func inMemory(f *os.File) bool {
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	var other error
	if err := raw.Control(func(fd uintptr) { _, other = unix.FcntlInt(fd, unix.F_GET_SEALS, 0) }); err != nil {
		return false
	}
	return other == nil // all other files have no seals
}

// residentMemory returns how many bytes of memory a process has resident, or 0 if it has ended.
func residentMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize())
}

// ownMemory is not needed where others can see it.
func ownMemory() int64 { return 0 }

// takeName gives the process the name of the program again: it was started by way of
// /proc/self/exe, and would be "exe" in lists of processes.
func takeName() {
	_ = os.WriteFile("/proc/self/comm", []byte(filepath.Base(os.Args[0])), 0)
}

// expectToBeKilled makes the worker what the kernel kills first when there is no memory left, and
// not the supervisor, which would take the worker with it, nor somebody else.
func expectToBeKilled() {
	const more, most = 200, 1000
	const file = "/proc/self/oom_score_adj"
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	if now, err := strconv.Atoi(string(bytes.TrimSpace(text))); err == nil {
		_ = os.WriteFile(file, []byte(strconv.Itoa(min(now+more, most))), 0)
	}
}
