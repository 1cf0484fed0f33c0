//go:build unix && !linux

package supervisor

import "syscall"

// holdSignals is not possible here: a signal that comes while the supervisor becomes another
// program may end it.
func holdSignals(...syscall.Signal) (release func()) { return func() {} }
