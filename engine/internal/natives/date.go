package natives

import (
	"math"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// An hour that comes twice, when clocks are set back, is the first of the two, and one that does not come
// goes forward (ECMA-262, UTC(t)). The interpreter leaves that to the library of Go, where it depends on
// the zone. So what is local time becomes universal time here.

// universal returns the instant of a local time, both in ms since 1970.
func universal(local float64) float64 {
	if math.IsNaN(local) || math.Abs(local) > maxTime+day {
		return math.NaN()
	}
	before := local - offsetAt(local-day)
	after := local - offsetAt(local+day)
	if offsetAt(before) != local-before && offsetAt(after) == local-after {
		return after
	}
	return before
}

const (
	day     = 24 * 60 * 60 * 1000
	maxTime = 8.64e15 // of a Date
)

func offsetAt(utc float64) float64 {
	_, seconds := time.UnixMilli(int64(utc)).Zone()
	return float64(seconds) * 1000
}

// datePart is a part of a local time.
type datePart int

const (
	year datePart = iota
	month
	date
	hour
	minute
	second
	milli
	fields
)

// setters are the methods of Date that set fields, from one on, so many at most.
var setters = map[string]struct {
	from datePart
	most int
}{
	"setFullYear": {year, 3}, "setMonth": {month, 2}, "setDate": {date, 1}, "setHours": {hour, 4},
	"setMinutes": {minute, 3}, "setSeconds": {second, 2}, "setMilliseconds": {milli, 1},
}

func dates() table {
	t := table{}
	for name, s := range setters {
		t[name] = either(func(c *Checks, call goja.FunctionCall) goja.Value {
			return c.setDate(call, s.from, s.most)
		}, nil)
	}
	return t
}

// setDate sets fields of a Date, or returns nil where the method itself does so.
func (c *Checks) setDate(call goja.FunctionCall, from datePart, most int) goja.Value {
	o, ok := call.This.(*goja.Object)
	if !ok || o.ClassName() != "Date" || time.Local == time.UTC {
		return nil
	}
	t, ok := o.Export().(time.Time)
	set, callable := goja.AssertFunction(o.Get("setTime"))
	if !ok || !callable || len(call.Arguments) == 0 {
		return nil
	}
	t = t.Local()
	at := [fields]float64{float64(t.Year()), float64(t.Month() - 1), float64(t.Day()), float64(t.Hour()), float64(t.Minute()),
		float64(t.Second()), float64(t.Nanosecond() / 1e6)}
	for i, v := range call.Arguments[:min(most, len(call.Arguments))] {
		at[int(from)+i] = v.ToFloat()
	}
	v, err := set(o, c.vm.ToValue(universal(localTime(at))))
	if err != nil {
		panic(err)
	}
	return v
}

// localTime puts fields together, of which any may be too large (MakeDay, MakeTime).
func localTime(at [fields]float64) float64 {
	for i, v := range at {
		if math.IsNaN(v) || math.Abs(v) > maxTime {
			return math.NaN()
		}
		at[i] = math.Trunc(v)
	}
	years := at[year] + math.Floor(at[month]/12)
	if math.Abs(years) > 400_000 {
		return math.NaN()
	}
	first := time.Date(int(years), time.Month(1+int(at[month]-12*math.Floor(at[month]/12))), 1, 0, 0, 0, 0, time.UTC)
	return float64(first.UnixMilli()) + (at[date]-1)*day + at[hour]*3600e3 + at[minute]*60e3 + at[second]*1e3 + at[milli]
}

// newDate is for new Date(year, month, …) and for new Date(text).
func newDate(c *Checks, args []goja.Value) []goja.Value {
	if len(args) == 0 || time.Local == time.UTC {
		return args
	}
	if len(args) == 1 {
		if s, ok := args[0].(goja.String); ok {
			return []goja.Value{c.localDate(s)}
		}
		return args
	}
	at := [fields]float64{date: 1}
	for i, v := range args[:min(len(args), int(fields))] {
		at[i] = v.ToFloat()
	}
	if y := math.Trunc(at[year]); y >= 0 && y <= 99 {
		at[year] = 1900 + y
	}
	return []goja.Value{c.vm.ToValue(universal(localTime(at)))}
}

// localDate returns what a Date is to be made of in place of a text: its time, if the text has a time of
// day and no zone.
func (c *Checks) localDate(s goja.String) goja.Value {
	text := s.String()
	if !strings.Contains(text, ":") || len(text) > 64 || c.parseDate == nil {
		return s
	}
	is := c.parse(text)
	for _, zone := range []string{"Z", " GMT+0000", " +0000"} {
		local := c.parse(text + zone)
		if math.IsNaN(is) || math.IsNaN(local) {
			continue
		}
		// Where the text has a zone already, adding one makes no sense, or no difference.
		should, offset := universal(local), local-is
		isLocal := offset == offsetAt(is-day) || offset == offsetAt(is+day)
		if isLocal && should != is {
			return c.vm.ToValue(should)
		}
	}
	return s
}

// parse is Date.parse.
func (c *Checks) parse(text string) float64 {
	return c.parseDate(goja.FunctionCall{Arguments: []goja.Value{c.vm.ToValue(text)}}).ToFloat()
}

// dateClass is for Date itself.
func dateClass(c *Checks, made goja.Value) {
	o, ok := made.(*goja.Object)
	if !ok {
		return
	}
	if parse, ok := o.Get("parse").(*goja.Object); ok {
		if f, _ := inside.function(parse); f != nil && *f != nil {
			c.parseDate = *f
			*f = func(call goja.FunctionCall) goja.Value {
				if s, ok := call.Argument(0).(goja.String); ok {
					if v := c.localDate(s); v != goja.Value(s) {
						return v
					}
				}
				return c.parseDate(call)
			}
			c.countCalls(parse, false)
		}
	}
	constructor(newDate, nil)(c, made)
}
