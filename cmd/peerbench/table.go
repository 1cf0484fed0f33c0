//go:build linux

package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// writeTable writes the report for people: a table for each workload.
func (r *report) writeTable(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", r.Machine, r.Setting)
	b.WriteString("Each figure: median of the rounds, ± half of its range, × ratio to wizgy in the same round.\n")
	for _, work := range r.Works {
		fmt.Fprintf(&b, "\n%s: %s\n", work.Name, work.About)
		for _, line := range align(work.cells()) {
			b.WriteString(line)
			b.WriteString("\n")
		}
	}
	b.WriteString("\n")
	for _, line := range align(peerCells(r.Servers)) {
		b.WriteString(line)
		b.WriteString("\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// cells is the table of a workload. Columns in which nothing was measured are left out.
func (w *reportWork) cells() [][]string {
	columns := [][]string{{"server"}}
	for _, row := range w.Rows {
		columns[0] = append(columns[0], row.Server)
	}
	for _, name := range figureNames {
		column, any := []string{name.column}, false
		for _, row := range w.Rows {
			s, ok := row.Figures[name.key]
			text := "–"
			if any = any || ok; ok {
				text = s.String(row.Server != baseline)
			}
			column = append(column, text)
		}
		if any {
			columns = append(columns, column)
		}
	}
	notes := []string{""}
	for _, row := range w.Rows {
		notes = append(notes, row.note())
	}
	return transpose(append(columns, notes))
}

func (r *reportRow) note() string {
	notes := r.Notes
	if r.Void != "" {
		notes = append([]string{"void: " + r.Void}, notes...)
	}
	if r.Lacks != "" {
		notes = append([]string{r.Lacks}, notes...)
	}
	return strings.Join(notes, ", ")
}

// String writes a figure as 12.3 ±4% ×0.82.
func (s summary) String(compare bool) string {
	text := significant(s.Median)
	if s.Max > s.Min {
		text += fmt.Sprintf(" ±%.0f%%", 100*s.spread())
	}
	if compare && s.Ratio != nil {
		text += " ×" + significant(*s.Ratio)
	}
	return text
}

// significant writes a number with about three digits.
func significant(x float64) string {
	switch {
	case x < 1:
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
			state = p.Missing + "; install " + cmp.Or(p.From, "nothing: this is a fault of peerbench")
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

// align pads cells: the first and the last column to the left, what is between them to the right.
func align(cells [][]string) []string {
	widths := make([]int, len(cells[0]))
	for _, row := range cells {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var lines []string
	for _, row := range cells {
		var b strings.Builder
		for i, cell := range row {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			switch i {
			case 0:
				b.WriteString(cell + gap)
			case len(row) - 1:
				b.WriteString("  " + cell)
			default:
				b.WriteString("  " + gap + cell)
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}
