package server

import (
	"strconv"
	"sync/atomic"
	"time"
)

// secondClock formats times down to the second, which stays the same for many lines.
type secondClock struct {
	layout string
	last   atomic.Pointer[secondText]
}

type secondText struct {
	second int64
	place  *time.Location
	text   string
	zone   string // as JSON has it: Z or ±hh:mm
}

func (c *secondClock) append(b []byte, t time.Time) []byte {
	return append(b, c.at(t).text...)
}

// at returns what is the same for all times of the second that t is in.
func (c *secondClock) at(t time.Time) *secondText {
	last, second, place := c.last.Load(), t.Unix(), t.Location()
	if last == nil || last.second != second || last.place != place {
		last = &secondText{second, place, t.Format(c.layout), t.Format("Z07:00")}
		c.last.Store(last)
	}
	return last
}

// appendFraction appends nanoseconds as decimals of a second, as short as they are.
func appendFraction(b []byte, ns int) []byte {
	if ns == 0 {
		return b
	}
	b = append(b, '.')
	for unit := 100_000_000; ns > 0; unit /= 10 {
		b = append(b, '0'+byte(ns/unit))
		ns %= unit
	}
	return b
}

// appendMillis appends nanoseconds as three decimals of a second.
func appendMillis(b []byte, ns int) []byte {
	ms := ns / 1_000_000
	return append(b, '.', '0'+byte(ms/100), '0'+byte(ms/10%10), '0'+byte(ms%10))
}

// appendDuration appends what d.String returns.
func appendDuration(b []byte, d time.Duration) []byte {
	unit, name := time.Millisecond, "ms"
	switch {
	case d <= 0 || d >= time.Second:
		return append(b, d.String()...)
	case d < time.Microsecond:
		unit, name = time.Nanosecond, "ns"
	case d < time.Millisecond:
		unit, name = time.Microsecond, "µs"
	}
	b = strconv.AppendInt(b, int64(d/unit), 10)
	if rest := d % unit; rest > 0 {
		b = append(b, '.')
		for rest > 0 {
			unit /= 10
			b = append(b, '0'+byte(rest/unit))
			rest %= unit
		}
	}
	return append(b, name...)
}
