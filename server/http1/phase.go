package http1

import "sync/atomic"

// Phases of one direction of a connection. In all but the first, a goroutine is waiting for the
// client, and the sweeper cuts it when it waits too long.
const (
	phaseNone   = iota // nobody waits
	phaseFirst         // for the first octets of a new connection
	phaseIdle          // for the first octets of another request
	phaseHead          // for the rest of a head
	phaseBody          // for a body
	phaseDrain         // for what nobody will read
	phaseSettle        // the same, before an answer
	phaseWrite         // for the client to take an answer
	phaseMask   = 7
	phaseCut    = 8 // the sweeper has cut the connection in this phase
	phaseShift  = 4 // above it: when the phase began, by the server's clock
)

// A phase is a kind, whether the sweeper has cut it, and when it began, in one word, so that the
// connection's goroutine and the sweeper agree without a lock.
type phase struct{ word atomic.Uint64 }

// enter begins a phase and returns the one that it ends.
func (p *phase) enter(kind uint64, now int64) (ended phaseWord) {
	return phaseWord(p.word.Swap(uint64(now)<<phaseShift | kind))
}

func (p *phase) load() phaseWord { return phaseWord(p.word.Load()) }

// cut marks the phase w as cut, if it has not ended meanwhile.
func (p *phase) cut(w phaseWord) bool {
	return p.word.CompareAndSwap(uint64(w), uint64(w)|phaseCut)
}

type phaseWord uint64

func (w phaseWord) kind() int    { return int(w & phaseMask) }
func (w phaseWord) wasCut() bool { return w&phaseCut != 0 }
func (w phaseWord) since() int64 { return int64(w >> phaseShift) }
