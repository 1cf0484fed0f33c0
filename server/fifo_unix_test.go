//go:build unix

package server

import (
	"syscall"
	"testing"
)

// fifo makes a named pipe.
func fifo(t testing.TB, name string) {
	t.Helper()
	must(t, syscall.Mkfifo(name, 0o644))
}
