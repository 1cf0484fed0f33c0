//go:build linux

package main

import (
	"math"
	"slices"
	"time"
)

// figure is one of the things that are measured.
type figure int

const (
	cpuTime figure = iota
	rate
	p50
	p99
	memoryUse
	figures // how many there are
)

// figureNames are the columns of the table, and the keys of the JSON form.
var figureNames = [figures]struct{ column, key string }{
	cpuTime:   {"CPU µs/request", "cpu_microseconds_per_request"},
	rate:      {"requests/s", "requests_per_second"},
	p50:       {"p50 ms", "p50_milliseconds"},
	p99:       {"p99 ms", "p99_milliseconds"},
	memoryUse: {"memory MB", "memory_megabytes"},
}

// sample is what one round gave. A figure that was not measured is NaN.
type sample struct {
	figures [figures]float64
	busy    float64 // the part of the time in which the load generator was at work
	fresh   float64 // connections for each request
}

func newSample(r loadResult, cpu time.Duration, memory int64) *sample {
	n := float64(r.Requests)
	return &sample{
		figures: [figures]float64{
			cpuTime: float64(cpu) / float64(time.Microsecond) / n, rate: n / r.Elapsed.Seconds(),
			p50: milliseconds(r.P50), p99: milliseconds(r.P99), memoryUse: float64(memory) / (1 << 20),
		},
		busy: r.CPU.Seconds() / r.Elapsed.Seconds(), fresh: float64(r.Reconnect) / n,
	}
}

func editSample(r editResult) *sample {
	nan := math.NaN()
	return &sample{figures: [figures]float64{cpuTime: nan, rate: nan, p50: milliseconds(r.P50), p99: milliseconds(r.P99), memoryUse: nan}}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// summary is a figure over all rounds.
type summary struct {
	Median float64  `json:"median"`
	Spread float64  `json:"spread"` // half of the distance between the quartiles
	Min    float64  `json:"min"`
	Max    float64  `json:"max"`
	Ratio  *float64 `json:"ratio_to_wizgy,omitempty"` // the median of the rounds' ratios
}

// summarize sums a figure up; base are the rounds of the server that it is compared with, if any.
// It reports false if the figure was not measured.
func summarize(f figure, rounds, base []*sample) (summary, bool) {
	var values, ratios []float64
	for i, one := range rounds {
		values = append(values, one.figures[f])
		if i < len(base) {
			ratios = append(ratios, one.figures[f]/base[i].figures[f])
		}
	}
	if len(values) == 0 || slices.ContainsFunc(values, math.IsNaN) {
		return summary{}, false
	}
	s := summary{Median: median(values), Min: slices.Min(values), Max: slices.Max(values)}
	s.Spread = (quantile(values, 0.75) - quantile(values, 0.25)) / 2
	if len(ratios) > 0 {
		if r := median(ratios); !math.IsNaN(r) && !math.IsInf(r, 0) {
			s.Ratio = &r
		}
	}
	return s, true
}

// median returns the value in the middle, or between the two that are.
func median(values []float64) float64 { return quantile(values, 0.5) }

// quantile returns the value below which the part q of the values is, between two of them if need
// be.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	place := q * float64(len(sorted)-1)
	low := int(place)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (place-float64(low))*(sorted[high]-sorted[low])
}
