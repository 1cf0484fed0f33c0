// Package spool takes in what clients send, at their pace, and keeps it until somebody has use for
// it: the beginning of each body in memory, and the rest of all of them in one file.
//
// What is kept has limits, of all bodies and of those of one client. Where there is no room left,
// bodies that are late give way to others: a client that takes its time does so at its own risk.
package spool

import (
	"log/slog"
	"net/netip"
	"time"
)

// Limits say how much is kept. All of them are to be above 0.
type Limits struct {
	// Memory is how much of one body is kept in memory, in bytes.
	Memory int64

	// AllMemory is how much of all bodies is. Those of one client have a quarter of it. What is above
	// goes into the file.
	AllMemory int64

	// Disk is how large the file may be.
	Disk int64

	// Share is how much of it the bodies of one client may take.
	Share int64

	// Late is how long a body may take before it gives way.
	Late time.Duration
}

// Spool keeps bodies. Make it with New.
type Spool struct {
	limits Limits
	ledger ledger
	file   file
}

// New makes a spool. Its file is made when it is first needed, in folder, or where the system has
// such files if that is empty; log is told when that fails.
func New(l Limits, folder string, log *slog.Logger) *Spool {
	l.Share = min(l.Share, l.Disk)
	return &Spool{
		limits: l,
		ledger: ledger{limits: l, clients: map[netip.Addr]amount{}},
		file:   file{folder: folder, log: log},
	}
}

// Close lets go of the file. Bodies that are in it can be read no more.
func (s *Spool) Close() error { return s.file.close() }
