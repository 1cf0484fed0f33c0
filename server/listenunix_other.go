//go:build !unix

package server

import (
	"io/fs"
	"syscall"
)

func lockFolder(string) (unlock func()) { return func() {} }

func withMode(fs.FileMode) func(network, address string, c syscall.RawConn) error { return nil }
