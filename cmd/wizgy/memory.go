package main

import (
	"math"
	"runtime/debug"
)

// heapBudget is how large the heap may become before pages are stopped, in bytes: four fifths of
// GOMEMLIMIT, if that is set, and otherwise half of the memory that the machine or the container
// has. 0 is no limit.
func heapBudget() int64 {
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		return limit / 5 * 4
	}
	return memoryThere() / 2
}
