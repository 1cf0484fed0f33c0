//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// report is what a run has found out.
type report struct {
	Machine string        `json:"machine"`
	Setting string        `json:"setting"`
	Servers []reportPeer  `json:"servers"`
	Works   []*reportWork `json:"workloads"`
}

type reportPeer struct {
	Name    string `json:"name"`
	About   string `json:"about"`
	Version string `json:"version,omitempty"`
	Missing string `json:"missing,omitempty"` // what was not found
	From    string `json:"install,omitempty"` // and what to install
}

type reportWork struct {
	Name  string       `json:"name"`
	About string       `json:"about"`
	Rows  []*reportRow `json:"rows"`
}

type reportRow struct {
	Server  string             `json:"server"`
	Figures map[string]summary `json:"figures,omitempty"`
	Void    string             `json:"void,omitempty"`
	Lacks   string             `json:"not_measured,omitempty"`
	Notes   []string           `json:"notes,omitempty"`
}

// report sums the run up.
func (b *bench) report(servers []reportPeer) *report {
	r := &report{
		Machine: machine(),
		Setting: fmt.Sprintf("rounds: %d, of %v, %d connections, %v", b.rounds, b.duration, b.connections, b.cores),
		Servers: servers,
	}
	for _, w := range b.works {
		one := &reportWork{Name: w.name, About: w.about}
		var base []*sample
		for _, s := range b.servers {
			if s.peer.name == baseline {
				base = s.rows[w.name].samples
			}
		}
		for _, s := range b.servers {
			one.Rows = append(one.Rows, s.rows[w.name].report(s.peer.name, base))
		}
		r.Works = append(r.Works, one)
	}
	return r
}

func (r *row) report(server string, base []*sample) *reportRow {
	out := &reportRow{Server: server, Void: r.void, Lacks: r.lacks, Figures: map[string]summary{}}
	for f := range figures {
		if s, ok := summarize(f, r.samples, base); ok {
			out.Figures[figureNames[f].key] = s
		}
	}
	if r.median(func(s *sample) float64 { return s.fresh }) > 0.5 {
		out.Notes = append(out.Notes, "a connection for each request")
	}
	if r.median(func(s *sample) float64 { return s.busy }) > 0.9 {
		out.Notes = append(out.Notes, "limited by the load generator")
	}
	return out
}

func (r *row) median(of func(*sample) float64) float64 {
	var values []float64
	for _, s := range r.samples {
		values = append(values, of(s))
	}
	if len(values) == 0 {
		return 0
	}
	return median(values)
}

// machine describes where this runs.
func machine() string {
	model := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	system := "Linux"
	var name unix.Utsname
	if err := unix.Uname(&name); err == nil {
		system += " " + unix.ByteSliceToString(name.Release[:])
	}
	return fmt.Sprintf("%s, %d cores, %s, %s", model, runtime.NumCPU(), system, runtime.Version())
}

// writeJSON writes the report for programs.
func (r *report) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// err tells what the program's exit status is to say: that no server did any of the work.
func (r *report) err() error {
	void := ""
	for _, w := range r.Works {
		for _, row := range w.Rows {
			switch {
			case len(row.Figures) > 0:
				return nil
			case void == "" && row.Void != "":
				void = fmt.Sprintf(": %s of %s: %s", w.Name, row.Server, row.Void)
			}
		}
	}
	return fmt.Errorf("nothing was measured%s", void)
}
