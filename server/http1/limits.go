package http1

import (
	"math"
	"time"
)

// Defaults of the fields of [Server].
const (
	DefaultHeaderTimeout   = 20 * time.Second
	DefaultIdleTimeout     = 75 * time.Second
	DefaultBodyTimeout     = 30 * time.Second
	DefaultBodyRate        = 500
	DefaultWriteTimeout    = 60 * time.Second
	DefaultMaxHeaderBytes  = 32 << 10
	DefaultMaxHeaderFields = 100
	DefaultMaxURI          = 8 << 10
	DefaultDrainLimit      = 256 << 10
	DefaultDrainTimeout    = 5 * time.Second
)

// limits are the limits of a running server: defaults filled in, times in milliseconds, and what
// is unlimited is the largest number.
type limits struct {
	header, idle, body, write, drain int64

	bodyRate     int64 // bytes a second; 0: any
	drainBytes   int64
	headerBytes  int
	headerFields int
	uri          int
}

func newLimits(s *Server) limits {
	return limits{
		header:       millis(s.HeaderTimeout, DefaultHeaderTimeout),
		idle:         millis(s.IdleTimeout, DefaultIdleTimeout),
		body:         millis(s.BodyTimeout, DefaultBodyTimeout),
		write:        millis(s.WriteTimeout, DefaultWriteTimeout),
		drain:        millis(s.DrainTimeout, DefaultDrainTimeout),
		bodyRate:     bodyRate(s.BodyRate),
		drainBytes:   drainBytes(s.DrainLimit),
		headerBytes:  size(s.MaxHeaderBytes, DefaultMaxHeaderBytes),
		headerFields: size(s.MaxHeaderFields, DefaultMaxHeaderFields),
		uri:          size(s.MaxURI, DefaultMaxURI),
	}
}

// tick is how often the sweeper looks: often enough for the shortest timeout, and for a client
// that leaves to be noticed within a second.
func (l *limits) tick() time.Duration {
	shortest := min(l.header, l.idle, l.body, l.write, l.drain)
	return min(max(time.Duration(shortest)*time.Millisecond/8, 5*time.Millisecond), 250*time.Millisecond)
}

// never is a timeout that does not come.
const never = math.MaxInt64

func millis(d, ifZero time.Duration) int64 {
	switch {
	case d == 0:
		d = ifZero
	case d < 0:
		return never
	}
	return max(d.Milliseconds(), 1)
}

func size(n, ifZero int) int {
	switch {
	case n == 0:
		return ifZero
	case n < 0:
		return math.MaxInt32
	}
	return n
}

func bodyRate(n int) int64 {
	switch {
	case n == 0:
		return DefaultBodyRate
	case n < 0:
		return 0
	}
	return int64(n)
}

// drainBytes differs from the other sizes: a negative limit is zero, for "nothing is drained".
func drainBytes(n int64) int64 {
	if n == 0 {
		return DefaultDrainLimit
	}
	return max(n, 0)
}
