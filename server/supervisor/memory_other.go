//go:build unix && !linux

package supervisor

import (
	"errors"
	"os"
	"runtime/metrics"
)

// memoryFile is not possible everywhere.
func memoryFile() (*os.File, error) { return nil, errors.ErrUnsupported }

// inMemory is never so here.
func inMemory(*os.File) bool { return false }

// residentMemory is not known here: the worker tells what it uses.
func residentMemory(int) int64 { return 0 }

// ownMemory returns how many bytes of memory Go uses in this process.
func ownMemory() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() - s[1].Value.Uint64())
}

func expectToBeKilled() {}

func takeName() {}
