//go:build !unix

package supervisor

import (
	"context"
	"errors"
	"net"
	"os"
)

// Supported reports whether a supervisor can run here.
const Supported = false

var errUnsupported = errors.New("a supervisor needs a system that has fork: run without one")

// Run is not possible here.
func Run(context.Context, Config) error { return errUnsupported }

// Inherited returns the sockets that this process was given: none, here.
func Inherited() ([]net.Listener, error) { return nil, nil }

// Left returns what a supervisor has left: nothing, here.
func Left(int) ([]byte, error) { return nil, nil }

// IgnoresHangups is of no use here.
func IgnoresHangups() bool { return true }

func inherited(int, string) (*os.File, error)     { return nil, errUnsupported }
func inheritedListener(int) (net.Listener, error) { return nil, errUnsupported }
func inheritKept(int) ([]*os.File, error)         { return nil, nil }
func inMemory(*os.File) bool                      { return false }
func lock(*os.File) (bool, error)                 { return false, errUnsupported }
func unlock(*os.File)                             {}
func expectToBeKilled()                           {}
func ownMemory() int64                            { return 0 }
func takeName()                                   {}
