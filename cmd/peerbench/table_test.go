//go:build linux

package main

import (
	"math"
	"strings"
	"testing"
)

// roundsOf makes samples of which only the CPU time and the rate were measured.
func roundsOf(pairs ...[2]float64) []*sample {
	var list []*sample
	for _, p := range pairs {
		nan := math.NaN()
		list = append(list, &sample{figures: [figures]float64{cpuTime: p[0], rate: p[1], p50: nan, p99: nan, memoryUse: nan}})
	}
	return list
}

func TestTableShowsMedianSpreadAndRatio(t *testing.T) {
	base := roundsOf([2]float64{20, 50000}, [2]float64{40, 25000}, [2]float64{20, 50000})
	other := &row{samples: roundsOf([2]float64{10, 90000}, [2]float64{20, 50000}, [2]float64{11, 80000})}
	for _, s := range other.samples {
		s.fresh, s.busy = 1, 0.95
	}
	r := report{Machine: "a machine", Setting: "3 rounds", Works: []*reportWork{{
		Name: "hello", About: "a page",
		Rows: []*reportRow{
			(&row{samples: base}).report("wizgy", base), other.report("other", base),
			(&row{void: "answer 1: status 500"}).report("broken", base), (&row{lacks: "has no pages"}).report("files", base),
			(&row{lacks: "needs a restart"}).report("old", base), (&row{lacks: "has no pages"}).report("more", base),
		},
	}}, Servers: []reportPeer{{Name: "other", About: "another", Version: "1.2"}, {Name: "gone", About: "a third", Missing: "not found: gone", From: "Debian: gone"}}}
	var out strings.Builder
	if err := r.writeTable(&out); err != nil {
		t.Fatal(err)
	}
	want := `a machine
3 rounds
Each figure: median of the rounds, ± half of the distance between their quartiles, × ratio to wizgy in the same round.

hello: a page
server   CPU µs/request        requests/s
wizgy   20.0 ±25%        50000 ±12%
other   11.0 ±23% ×0.50  80000 ±12% ×1.80  a connection for each request, limited by the load generator
broken     –                 –             void: answer 1: status 500
not measured: files, more (has no pages); old (needs a restart)

server  what
other   another: 1.2
gone    a third: not found: gone; install Debian: gone
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSummarizeComparesRoundByRound(t *testing.T) {
	base := roundsOf([2]float64{10}, [2]float64{100}, [2]float64{20}) // noise fell on the second round
	got, ok := summarize(cpuTime, roundsOf([2]float64{5}, [2]float64{50}, [2]float64{10}), base)
	if !ok || got.Median != 10 || got.Min != 5 || got.Max != 50 || got.Spread != 11.25 || got.Ratio == nil || *got.Ratio != 0.5 {
		t.Errorf("%+v, %v", got, ok)
	}
	if got, ok := summarize(cpuTime, roundsOf([2]float64{5}), nil); !ok || got.Ratio != nil {
		t.Errorf("with nothing to compare: %+v, %v", got, ok)
	}
	if got, ok := summarize(p50, base, nil); ok {
		t.Errorf("a figure that was not measured: %+v", got)
	}
	if got, ok := summarize(cpuTime, nil, base); ok {
		t.Errorf("a row without rounds: %+v", got)
	}
}

func TestQuantile(t *testing.T) {
	values := []float64{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{0: 1, 0.25: 2, 0.5: 3, 0.75: 4, 0.875: 4.5, 1: 5} {
		if got := quantile(values, q); got != want {
			t.Errorf("quantile %v of %v is %v, want %v", q, values, got, want)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{3, 1}, 2}, {[]float64{9, 1, 2}, 2}} {
		if got := median(tt.values); got != tt.want {
			t.Errorf("median(%v) = %v, want %v", tt.values, got, tt.want)
		}
	}
}

func TestSignificantDigits(t *testing.T) {
	for x, want := range map[float64]string{0.012345: "0.012", 0.12345: "0.12", 1.2345: "1.23", 12.345: "12.3", 123.45: "123", 12345.6: "12346"} {
		if got := significant(x); got != want {
			t.Errorf("%v is written %s, want %s", x, got, want)
		}
	}
}

// A script that compares two runs must not take one in which everything failed for a good one.
func TestRunThatMeasuresNothingFails(t *testing.T) {
	base := roundsOf([2]float64{20, 50000})
	void, lacks := (&row{void: "status 500"}).report("wizgy", nil), (&row{lacks: "has no pages"}).report("nginx", nil)
	r := &report{Works: []*reportWork{{Name: "hello", Rows: []*reportRow{lacks, void}}, {Name: "json", Rows: []*reportRow{lacks}}}}
	if err := r.err(); err == nil || err.Error() != "nothing was measured: hello of wizgy: status 500" {
		t.Errorf("got %v", err)
	}
	r.Works[1].Rows = append(r.Works[1].Rows, (&row{samples: base}).report("wizgy", base))
	if err := r.err(); err != nil {
		t.Errorf("one row was measured: %v", err)
	}
}
