package http1

import (
	"net/http"
	"time"
)

// The sweeper is the one goroutine that a server has for itself, while it has a listener or a
// connection. A few times a second it sets the clock that everything here is timed by, and looks
// at every connection. So a request pays for its timeouts with a few stores, and they come late by
// up to two ticks, never early.

// clock is the time, as requests need it.
type clock struct {
	date   string // header line
	second int64
}

// startSweeper begins the sweeper's life. The server's mutex is held.
func (s *Server) startSweeper() {
	s.setClock(time.Now())
	s.stopSweep, s.sweepDone = make(chan struct{}), make(chan struct{})
	go s.sweepLoop(s.stopSweep, s.sweepDone)
}

func (s *Server) sweepLoop(stop, done chan struct{}) {
	defer close(done)
	ticker := time.NewTicker(s.lim.tick())
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-ticker.C:
			s.setClock(now)
			s.sweep()
		}
	}
}

// setClock sets the milliseconds that phases are counted in, and the Date header, which is made
// once a second: RFC 9110, 6.6.1.
func (s *Server) setClock(now time.Time) {
	s.now.Store(max(now.Sub(s.epoch).Milliseconds(), 0))
	if old := s.clock.Load(); old == nil || old.second != now.Unix() {
		date := "Date: " + now.UTC().Format(http.TimeFormat) + "\r\n"
		s.clock.Store(&clock{date: date, second: now.Unix()})
	}
}

// date returns the header line.
func (s *Server) date() string { return s.clock.Load().date }

// sweep looks at every connection once.
func (s *Server) sweep() {
	now, tick := s.now.Load(), s.lim.tick().Milliseconds()
	s.lasting = s.lasting[:0]
	s.mu.Lock()
	for c := range s.conns {
		c.sweepReading(now, tick)
		c.sweepWriting(now, tick)
		if ctx := c.current.Load(); ctx != nil && now-ctx.started.Load() >= tick {
			s.lasting = append(s.lasting, c)
		}
	}
	s.mu.Unlock()
	if len(s.lasting) > 0 {
		s.findGone(s.lasting)
	}
	clear(s.lasting)
}

// sweepReading cuts a connection whose client sends too slowly. The clock of a phase may be a tick
// behind, which is added.
func (c *conn) sweepReading(now, tick int64) {
	w := c.reading.load()
	if kind := w.kind(); kind == phaseNone || w.wasCut() || now-w.since()-tick < c.patience(kind, w.since()) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reading.cut(w) {
		c.nc.SetReadDeadline(pastDeadline)
	}
}

// patience returns how long a phase of reading that began at since may last.
func (c *conn) patience(kind int, since int64) int64 {
	const newcomer = 1000 // the request of a new connection may be on its way
	closing := c.srv.closing.Load()
	switch kind {
	case phaseFirst:
		if closing {
			return min(newcomer, c.lim.header)
		}
		return c.lim.header
	case phaseIdle:
		if closing {
			return min(c.srv.idleUntil(since)-since-c.srv.lim.tick().Milliseconds(), c.lim.idle)
		}
		return c.lim.idle
	case phaseHead:
		return c.lim.header
	case phaseBody:
		return c.credit.Load()
	case phaseDrain:
		return c.lim.drain
	case phaseSettle:
		const second = 1000 // the answer waits for this
		return min(second, c.lim.drain)
	}
	return never
}

// sweepWriting cuts a connection whose client takes nothing of its answer.
func (c *conn) sweepWriting(now, tick int64) {
	w := c.writing.load()
	if w.kind() != phaseWrite || w.wasCut() || now-w.since() < 2*tick {
		return
	}
	if c.writeProgress(w.since(), now)-tick < c.lim.write {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writing.cut(w) {
		c.nc.SetWriteDeadline(pastDeadline)
	}
}
