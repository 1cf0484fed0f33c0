//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// writeTable writes the report for people: a table for each workload.
func (r *report) writeTable(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", r.Machine, r.Setting)
	b.WriteString("Each figure: median of the rounds, ± half of the distance between their quartiles, × ratio to wizgy in the same round.\n")
	for _, work := range r.Works {
		fmt.Fprintf(&b, "\n%s: %s\n%s", work.Name, work.About, align(work.cells()))
		if lacking := work.lacking(); lacking != "" {
			fmt.Fprintf(&b, "not measured: %s\n", lacking)
		}
	}
	fmt.Fprintf(&b, "\n%s", align(peerCells(r.Servers)))
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// cells is the table of a workload, without the rows that there was nothing to measure for, and
// without the figures that were not measured.
func (w *reportWork) cells() [][]string {
	rows := slices.DeleteFunc(slices.Clone(w.Rows), func(r *reportRow) bool { return r.Lacks != "" })
	names, notes := []string{"server"}, []string{""}
	for _, row := range rows {
		names, notes = append(names, row.Server), append(notes, row.note())
	}
	columns := [][]string{names}
	for _, name := range figureNames {
		if slices.ContainsFunc(rows, func(r *reportRow) bool { _, ok := r.Figures[name.key]; return ok }) {
			columns = append(columns, append([]string{name.column}, figureColumn(name.key, rows)...))
		}
	}
	return transpose(append(columns, notes))
}

// figureColumn writes a figure of each row as 12.3 ±4% ×0.82, with all parts of a kind below one
// another.
func figureColumn(key string, rows []*reportRow) []string {
	var parts [3][]string
	for _, row := range rows {
		median, spread, ratio := "–", "", ""
		if s, ok := row.Figures[key]; ok {
			median = significant(s.Median)
			if s.Max > s.Min {
				spread = fmt.Sprintf("±%.0f%%", 100*s.Spread/s.Median)
			}
			if s.Ratio != nil && row.Server != baseline {
				ratio = "×" + significant(*s.Ratio)
			}
		}
		parts[0], parts[1], parts[2] = append(parts[0], median), append(parts[1], spread), append(parts[2], ratio)
	}
	column := make([]string, len(rows))
	for _, part := range parts {
		for i, text := range padded(part) {
			if strings.TrimSpace(strings.Join(part, "")) != "" {
				column[i] = strings.TrimPrefix(column[i]+" "+text, " ")
			}
		}
	}
	return column
}

func (r *reportRow) note() string {
	if r.Void != "" {
		return "void: " + r.Void
	}
	return strings.Join(r.Notes, ", ")
}

// lacking says who was not measured, by reason.
func (w *reportWork) lacking() string {
	var reasons []string
	servers := map[string][]string{}
	for _, row := range w.Rows {
		if row.Lacks == "" {
			continue
		}
		if servers[row.Lacks] == nil {
			reasons = append(reasons, row.Lacks)
		}
		servers[row.Lacks] = append(servers[row.Lacks], row.Server)
	}
	for i, reason := range reasons {
		reasons[i] = strings.Join(servers[reason], ", ") + " (" + reason + ")"
	}
	return strings.Join(reasons, "; ")
}

// significant writes a number with about three digits.
func significant(x float64) string {
	switch {
	case x < 0.1:
		return fmt.Sprintf("%.3f", x)
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// peerCells is the table of what was found, and of what to install for the rest.
func peerCells(list []reportPeer) [][]string {
	cells := [][]string{{"server", "what"}}
	for _, p := range list {
		state := p.Version
		if p.Missing != "" {
			state = p.Missing + "; install " + p.From
		}
		cells = append(cells, []string{p.Name, p.About + ": " + state})
	}
	return cells
}

func transpose(columns [][]string) [][]string {
	rows := make([][]string, len(columns[0]))
	for i := range rows {
		for _, column := range columns {
			rows[i] = append(rows[i], column[i])
		}
	}
	return rows
}

// align writes cells as lines: the first and the last column begin, the others end, at the same
// place in each.
func align(cells [][]string) string {
	columns := transpose(cells)
	for i := range columns {
		switch last := i == len(columns)-1; {
		case i > 0 && !last:
			columns[i] = padded(columns[i])
		case !last:
			width := widest(columns[i])
			for j, cell := range columns[i] {
				columns[i][j] = cell + strings.Repeat(" ", width-utf8.RuneCountInString(cell))
			}
		}
	}
	var b strings.Builder
	for _, row := range transpose(columns) {
		b.WriteString(strings.TrimRight(strings.Join(row, "  "), " ") + "\n")
	}
	return b.String()
}

// padded returns the cells made as wide as the widest, by spaces before them.
func padded(cells []string) []string {
	width := widest(cells)
	var list []string
	for _, cell := range cells {
		list = append(list, strings.Repeat(" ", width-utf8.RuneCountInString(cell))+cell)
	}
	return list
}

func widest(cells []string) int {
	width := 0
	for _, cell := range cells {
		width = max(width, utf8.RuneCountInString(cell))
	}
	return width
}
