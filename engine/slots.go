package engine

import (
	"math/bits"
	"reflect"
	goruntime "runtime"
	"sync/atomic"
)

// Go samples what is allocated, by the calls that led there, and knows of each sample whether it
// is still in use. That tells which page has the memory if the calls of each page differ: so a
// page runs inside three nested calls whose functions spell a number.

// slots gives out those numbers. 0 is for the pages that find none.
type slots struct{ taken atomic.Uint64 }

// take returns a number from 1 to 63, or 0.
func (s *slots) take() int {
	for {
		taken := s.taken.Load() | 1
		n := bits.TrailingZeros64(^taken)
		if n == 64 {
			return 0
		}
		if s.taken.CompareAndSwap(taken&^1, taken&^1|1<<n) {
			return n
		}
	}
}

func (s *slots) leave(n int) { s.taken.And(^(1 << n)) }

// slotDigits is how many digits, to the base of four, a number has.
const slotDigits = 3

// inSlot runs f inside the calls that spell n.
func inSlot(n, digits int, f func() error) error {
	if digits == 0 {
		return f()
	}
	switch n & 3 {
	case 0:
		return digit0(n>>2, digits-1, f)
	case 1:
		return digit1(n>>2, digits-1, f)
	case 2:
		return digit2(n>>2, digits-1, f)
	}
	return digit3(n>>2, digits-1, f)
}

//go:noinline
func digit0(n, digits int, f func() error) error { return inSlot(n, digits, f) }

//go:noinline
func digit1(n, digits int, f func() error) error { return inSlot(n, digits, f) }

//go:noinline
func digit2(n, digits int, f func() error) error { return inSlot(n, digits, f) }

//go:noinline
func digit3(n, digits int, f func() error) error { return inSlot(n, digits, f) }

// inUse returns how many bytes are in use that were allocated in each slot, as of the last
// collection of garbage, and how large the largest thing is that is one.
func inUse() (bytes, largest [64]int64) {
	digits := map[uintptr]int{}
	for i, f := range []any{digit0, digit1, digit2, digit3} {
		digits[reflect.ValueOf(f).Pointer()] = i
	}
	n, _ := goruntime.MemProfile(nil, false)
	records := make([]goruntime.MemProfileRecord, n+200)
	n, ok := goruntime.MemProfile(records, false)
	if !ok {
		return bytes, largest
	}
	digit := map[uintptr]int{} // of a return address; -1 for other functions
	for i := range records[:n] {
		slot, found := 0, 0
		for _, pc := range records[i].Stack() {
			d, known := digit[pc]
			if !known {
				d = -1
				if f := goruntime.FuncForPC(pc - 1); f != nil {
					if v, ok := digits[f.Entry()]; ok {
						d = v
					}
				}
				digit[pc] = d
			}
			if d >= 0 { // the innermost comes first, and is the highest digit
				slot = slot<<2 | d
				found++
			}
		}
		if found == slotDigits {
			bytes[slot] += scaled(&records[i])
			largest[slot] = max(largest[slot], records[i].InUseBytes()/max(records[i].InUseObjects(), 1))
		}
	}
	return bytes, largest
}

// scaled returns what the samples of a record stand for: one is taken every MemProfileRate bytes,
// and so from larger objects with more certainty.
func scaled(r *goruntime.MemProfileRecord) int64 {
	count, size := r.InUseObjects(), r.InUseBytes()
	if count <= 0 {
		return 0
	}
	if average := size / count; average < int64(goruntime.MemProfileRate) {
		return count * int64(goruntime.MemProfileRate)
	}
	return size
}
