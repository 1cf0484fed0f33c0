package main

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"wizgy/server/supervisor"
)

// memoryLimit is how much memory the server may take. It is written as a size is, or as auto.
type memoryLimit int64

const (
	autoMemory memoryLimit = -1
	minMemory  memoryLimit = 64 << 20 // the program itself takes 25 MiB
)

// UnmarshalText reads a limit. kong calls it.
func (m *memoryLimit) UnmarshalText(text []byte) error {
	if string(text) == "auto" {
		*m = autoMemory
		return nil
	}
	var size byteSize
	if size.UnmarshalText(text) != nil {
		return fmt.Errorf("must be auto, or a size such as 512MiB, got %q", text)
	}
	*m = memoryLimit(size)
	return nil
}

func (m memoryLimit) String() string {
	if m == autoMemory {
		return "auto"
	}
	return byteSize(m).String()
}

// valid reports whether a server can live with the limit.
func (m memoryLimit) valid() bool { return m == autoMemory || m == 0 || m >= minMemory }

// of returns, for so much memory that there is, the limit in bytes, and where a worker is so far
// beyond it that it is ended at once; 0 is none. What there is may be unknown, which is 0.
func (m memoryLimit) of(total int64) (limit, most int64) {
	limit = int64(m)
	if m == autoMemory {
		limit = total / 4 * 3
	}
	if most = limit / 2 * 3; total > 0 {
		most = min(most, max(total/100*95, limit)) // before the kernel chooses somebody to kill
	}
	return limit, most
}

// totalMemory is what the container or the machine has, or 0.
func totalMemory() int64 {
	total, err := memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)()
	if err != nil || total > 1<<60 {
		return 0
	}
	return int64(total)
}

// limitMemory has Go's collector work harder before the limit is reached, unless GOMEMLIMIT says
// when, and returns what the supervisor is to know.
func (o *options) limitMemory() supervisor.Limits {
	limit, most := o.MaxMemory.of(totalMemory())
	if limit > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit / 100 * 85) // the program itself is not counted there
	}
	return supervisor.Limits{Stop: o.StopTimeout, Memory: limit, MaxMemory: most}
}

// autoHeap is how large the heap may become where nobody has said how much memory there may be.
// Pages that need more are rare, and on a machine with much memory one that runs away would be
// stopped too late: neither copying a string of gigabytes nor collecting so much garbage is quick.
const autoHeap = 2 << 30

// heapBudget is how large the heap may become before pages are stopped, in bytes, where total is
// the memory that there is: four fifths of the limit that Go's collector has, if it has one, and
// otherwise half of the memory; no more than autoHeap unless somebody has set a limit, or none.
// 0 is no limit.
func (m memoryLimit) heapBudget(total int64) int64 {
	budget := total / 2
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		budget = limit / 5 * 4
	}
	if m != autoMemory || os.Getenv("GOMEMLIMIT") != "" {
		return budget
	}
	if budget == 0 {
		return autoHeap
	}
	return min(budget, autoHeap)
}
