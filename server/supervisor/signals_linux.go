package supervisor

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// holdSignals keeps signals from this thread, and from the program that it executes, where they
// wait until that takes them.
func holdSignals(signals ...syscall.Signal) (release func()) {
	var set, before unix.Sigset_t
	bits := 1024 / len(set.Val) // of a word
	for _, sig := range signals {
		n := int(sig) - 1
		set.Val[n/bits] |= 1 << (n % bits)
	}
	if unix.PthreadSigmask(unix.SIG_BLOCK, &set, &before) != nil {
		return func() {}
	}
	return func() { _ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil) }
}
