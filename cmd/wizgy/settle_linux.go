package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// letGoOfProgram takes the pages of the program's file out of this process's memory that were needed
// to get here: code that has run once, tables that were read once. What is needed again comes back by
// itself, from the system's cache of files, where it is for the worker's sake anyway.
func letGoOfProgram() error {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return err
	}
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		return err
	}
	defer file.Close()
	var from, to uint64 // of the part of the program that the lines are about, if it may go
	for lines := bufio.NewScanner(file); lines.Scan(); {
		switch words := bytes.Fields(lines.Bytes()); {
		case len(words) >= 5 && !bytes.HasSuffix(words[0], []byte(":")):
			from, to = 0, 0
			if len(words) == 6 && string(words[5]) == self && words[1][1] == '-' { // nobody writes there
				from, to = addresses(words[0])
			}
		case len(words) == 3 && string(words[0]) == "Anonymous:" && string(words[1]) == "0" && to > from:
			// Nobody ever has: what the file says is all there is to lose.
			if _, _, errno := unix.Syscall(unix.SYS_MADVISE, uintptr(from), uintptr(to-from), unix.MADV_DONTNEED); errno != 0 {
				err = errors.Join(err, os.NewSyscallError("madvise", errno))
			}
		}
	}
	return err
}

// addresses reads a range of them, such as 00400000-00ed7000.
func addresses(text []byte) (from, to uint64) {
	first, last, _ := bytes.Cut(text, []byte("-"))
	from, err := strconv.ParseUint(string(first), 16, 64)
	to, err2 := strconv.ParseUint(string(last), 16, 64)
	if err != nil || err2 != nil {
		return 0, 0
	}
	return from, to
}
