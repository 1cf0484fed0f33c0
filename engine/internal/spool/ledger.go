package spool

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// ErrFull says that there is no room for a body at the moment.
var ErrFull = errors.New("there is no room for the body of the request")

// ErrLate says that a body has given way to others, because it came so slowly.
var ErrLate = errors.New("the body of the request came too slowly, and its room was needed")

// TooLargeError says that there will never be room for a body.
type TooLargeError struct{ Limit int64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the body of the request is larger than the %d bytes that there is room for", e.Limit)
}

// amount is what is held, in bytes.
type amount struct{ memory, disk int64 }

func (a amount) plus(b amount) amount  { return amount{a.memory + b.memory, a.disk + b.disk} }
func (a amount) minus(b amount) amount { return amount{a.memory - b.memory, a.disk - b.disk} }

// ledger knows who holds how much.
type ledger struct {
	limits Limits

	mu      sync.Mutex
	used    amount
	clients map[netip.Addr]amount
	coming  *Body // those that are being taken in, as a list
}

// takeMemory reports whether b may hold n bytes more in memory.
func (l *ledger) takeMemory(b *Body, n int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	full := l.used.memory+n > l.limits.AllMemory
	tooMuch := b.client.IsValid() && l.clients[b.client].memory+n > l.limits.AllMemory/4
	if b.late || full || tooMuch {
		return false
	}
	l.add(b, amount{memory: n})
	return true
}

// takeDisk makes room for n bytes more of b in the file, if need be at the cost of bodies that are
// late.
func (l *ledger) takeDisk(b *Body, n int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case b.late:
		return ErrLate
	case b.held.disk+n > l.limits.Share:
		return &TooLargeError{l.limits.Memory + l.limits.Share}
	}
	for b.client.IsValid() && l.clients[b.client].disk+n > l.limits.Share {
		if !l.cutSlowest(b, func(o *Body) bool { return o.client == b.client }) {
			return ErrFull
		}
	}
	for l.used.disk+n > l.limits.Disk {
		if !l.cutSlowest(b, func(*Body) bool { return true }) {
			return ErrFull
		}
	}
	l.add(b, amount{disk: n})
	return nil
}

// add notes that b holds more. The caller holds mu.
func (l *ledger) add(b *Body, a amount) {
	b.held = b.held.plus(a)
	l.used = l.used.plus(a)
	l.clients[b.client] = l.clients[b.client].plus(a)
}

// free notes that b holds nothing any more. The caller holds mu.
func (l *ledger) free(b *Body) {
	l.used = l.used.minus(b.held)
	if rest := l.clients[b.client].minus(b.held); rest != (amount{}) {
		l.clients[b.client] = rest
	} else {
		delete(l.clients, b.client)
	}
	b.held = amount{}
	l.unlink(b)
}

// comes notes that b is being taken in, and takes its time.
func (l *ledger) comes(b *Body) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.began, b.listed = time.Now(), true
	if b.next = l.coming; b.next != nil {
		b.next.previous = b
	}
	l.coming = b
}

// arrived notes that all of b is there. It is too late for that if b has given way.
func (l *ledger) arrived(b *Body) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unlink(b)
	if b.late {
		return ErrLate
	}
	return nil
}

// unlink takes b out of the list of those that are coming. The caller holds mu.
func (l *ledger) unlink(b *Body) {
	if !b.listed {
		return
	}
	if b.next != nil {
		b.next.previous = b.previous
	}
	if b.previous != nil {
		b.previous.next = b.next
	} else {
		l.coming = b.next
	}
	b.next, b.previous, b.listed = nil, nil, false
}

// cutSlowest ends the slowest body that is late, and holds room in the file. What it holds counts as
// free at once; it will be soon. The caller holds mu.
func (l *ledger) cutSlowest(except *Body, mayBe func(*Body) bool) bool {
	var slowest *Body
	least, now := 0.0, time.Now()
	for b := l.coming; b != nil; b = b.next {
		age := now.Sub(b.began)
		if b == except || b.held.disk == 0 || age < l.limits.Late || !mayBe(b) {
			continue
		}
		if rate := float64(b.held.disk) / age.Seconds(); slowest == nil || rate < least {
			slowest, least = b, rate
		}
	}
	if slowest == nil {
		return false
	}
	slowest.late = true
	l.free(slowest)
	slowest.cut() // its Take cannot return meanwhile
	return true
}

// isLate reports whether b has given way.
func (l *ledger) isLate(b *Body) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return b.late
}

// Usage returns how many bodies are being taken in that have not come at once, and how much room all
// bodies have.
func (s *Spool) Usage() (coming int, memory, disk int64) {
	l := &s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	for b := l.coming; b != nil; b = b.next {
		coming++
	}
	return coming, l.used.memory, l.used.disk
}
